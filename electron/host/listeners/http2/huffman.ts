import { ConnectionError, ErrorCode } from './errors.ts';

// Bits of each symbol's code (RFC 7541, appendix B); the last is the end of the string. The code is canonical: shorter
// codes first, equal ones by symbol, so its lengths say everything.
const LENGTHS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28,
  28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7,
  8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19,
  13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13,
  28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21,
  22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23,
  22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25,
  25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];
const END_OF_STRING = 256;

/**
 * A binary tree in one array: at `2 * node + bit` stands the next node, or, below zero, the symbol `-1 - value`.
 */
const TREE = buildTree();

function buildTree(): Int16Array {
  const tree: number[] = [0, 0];
  const order = [...LENGTHS.keys()].sort((a, b) => (LENGTHS[a] as number) - (LENGTHS[b] as number) || a - b);
  let code = 0;
  let length = LENGTHS[order[0] as number] as number;
  for (const symbol of order) {
    const bits = LENGTHS[symbol] as number;
    code *= 2 ** (bits - length);
    length = bits;
    let node = 0;
    for (let shift = bits - 1; shift > 0; shift -= 1) {
      const slot = 2 * node + (Math.floor(code / 2 ** shift) % 2);
      if (tree[slot] === 0) {
        tree[slot] = tree.length / 2;
        tree.push(0, 0);
      }
      node = tree[slot] as number;
    }
    tree[2 * node + (code % 2)] = -1 - symbol;
    code += 1;
  }
  return Int16Array.from(tree);
}

/** The text of a Huffman-coded string literal. @throws ConnectionError when its padding is wrong. */
export function huffmanDecode(bytes: Buffer, from: number, to: number): string {
  const codes: number[] = [];
  let node = 0;
  let sinceSymbol = 0;
  let onlyOnes = true;
  for (let index = from; index < to; index += 1) {
    const byte = bytes[index] as number;
    for (let shift = 7; shift >= 0; shift -= 1) {
      const bit = (byte >> shift) & 1;
      const next = TREE[2 * node + bit] as number;
      if (next >= 0) {
        node = next;
        sinceSymbol += 1;
        if (bit === 0) onlyOnes = false;
        continue;
      }
      if (next === -1 - END_OF_STRING) throw broken();
      codes.push(-1 - next);
      node = 0;
      sinceSymbol = 0;
      onlyOnes = true;
    }
  }
  if (sinceSymbol > 7 || !onlyOnes) throw broken();
  return String.fromCharCode(...codes);
}

function broken(): ConnectionError {
  return new ConnectionError(ErrorCode.compressionError, 'a Huffman-coded string is broken');
}
