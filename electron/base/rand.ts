/** The four 32-bit words of a generator: what has to be kept to go on where it was. */
export type RandState = readonly [number, number, number, number];

/** A seeded source of chance. Same seed, same sequence, on every machine. */
export interface Rand {
  /** Uniform in [0, 1). */
  float(): number;
  /** Uniform integer in [0, bound); `bound` is at least 1 and at most 2^32. */
  int(bound: number): number;
  /** `length` characters of `alphabet`. */
  string(length: number, alphabet: string): string;
  /** An RFC 4122 version 4 UUID. */
  uuid(): string;
}

const DASH = '-'.charCodeAt(0);
const DIGITS = Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));

/** xoshiro128** (public domain, Blackman and Vigna), seeded by splitmix32 over the text of the seed. */
export class SeededRand implements Rand {
  #a: number;
  #b: number;
  #c: number;
  #d: number;
  /** Of the UUID that is being made. */
  readonly #codes = new Array<number>(36).fill(DASH);

  constructor(seed: number | string | RandState) {
    if (Array.isArray(seed)) {
      [this.#a, this.#b, this.#c, this.#d] = seed as unknown as [number, number, number, number];
      return;
    }
    let hash = 0x811c9dc5;
    for (const char of String(seed)) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    const next = (): number => {
      hash = (hash + 0x9e3779b9) >>> 0;
      let mixed = hash;
      mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
      return (mixed ^ (mixed >>> 16)) >>> 0;
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    this.#d = next() | 1;
  }

  get state(): RandState {
    return [this.#a, this.#b, this.#c, this.#d];
  }

  float(): number {
    return this.#next() / 0x1_0000_0000;
  }

  int(bound: number): number {
    return Math.floor(this.float() * bound);
  }

  string(length: number, alphabet: string): string {
    let text = '';
    for (let index = 0; index < length; index += 1) text += alphabet[this.int(alphabet.length)];
    return text;
  }

  uuid(): string {
    const a = this.#next();
    // Version 4 and the variant take the place of six bits.
    const b = (this.#next() & 0xffff0fff) | 0x4000;
    const c = (this.#next() & 0x3fffffff) | 0x80000000;
    const d = this.#next();
    const codes = this.#codes;
    writeHex(codes, a, 0, 4);
    writeHex(codes, b, 9, 14);
    writeHex(codes, c, 19, 24);
    writeHex(codes, d, 28, 32);
    // One flat string: concatenated from pieces it takes several times the memory and ten times as long.
    return String.fromCharCode.apply(null, codes);
  }

  #next(): number {
    const product = Math.imul(this.#b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    this.#a >>>= 0;
    this.#b >>>= 0;
    this.#c >>>= 0;
    this.#d >>>= 0;
    return result;
  }
}

/** Writes the eight hexadecimal digits of 32 bits: the upper four at one place, the lower four at another. */
function writeHex(codes: number[], value: number, upper: number, lower: number): void {
  for (let digit = 0; digit < 4; digit += 1) {
    codes[upper + digit] = DIGITS[(value >>> (28 - 4 * digit)) & 15] as number;
    codes[lower + digit] = DIGITS[(value >>> (12 - 4 * digit)) & 15] as number;
  }
}
