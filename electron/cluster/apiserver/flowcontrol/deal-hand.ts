const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;
const BITS = (1n << 64n) - 1n;

/** 64 bits of FNV-1a; upstream takes the first eight bytes of a SHA-256, so the same flow has other queues there. */
function hash(text: string): bigint {
  let value = OFFSET;
  for (let index = 0; index < text.length; index += 1)
    value = ((value ^ BigInt(text.charCodeAt(index))) * PRIME) & BITS;
  return value;
}

/**
 * The queues that a flow may use: `handSize` different ones of `deckSize`, always the same for the same flow.
 * Models util/shufflesharding (v1.34): the hash is read as digits, each of the cards that are left.
 */
export function dealHand(flow: string, deckSize: number, handSize: number): readonly number[] {
  let left = hash(flow);
  const hand: number[] = [];
  for (let dealt = 0; dealt < handSize; dealt += 1) {
    const cards = BigInt(deckSize - dealt);
    let card = Number(left % cards);
    left /= cards;
    // Counts among the cards that are left: those already dealt are skipped.
    for (const before of [...hand].sort((a, b) => a - b)) if (card >= before) card += 1;
    hand.push(card);
  }
  return hand;
}
