import { SeededRand } from '../../../../base/rand.ts';
import type { Rand } from '../../../../base/rand.ts';
import { sha256 } from '@noble/hashes/sha2.js';

/** RSA with 2048 bits and e = 65537, in whole numbers: nothing here asks the machine it runs on. */
export interface RsaPublicKey {
  readonly modulus: bigint;
}

export interface RsaKey extends RsaPublicKey {
  readonly p: bigint;
  readonly q: bigint;
}

export const PUBLIC_EXPONENT = 65_537n;
const BYTES = 256;
const WITNESSES = 8;
/** Candidates behind a random start before another one is drawn. */
const SPAN = 8_192;

/** `DigestInfo` of SHA-256 as PKCS #1 v1.5 puts it before the digest. */
const SHA256_PREFIX = [
  0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
]; // prettier-ignore

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [older, newer, a, b] = [modulus, value % modulus, 0n, 1n];
  while (newer > 0n) {
    const quotient = older / newer;
    [older, newer] = [newer, older - quotient * newer];
    [a, b] = [b, a - quotient * b];
  }
  return a < 0n ? a + modulus : a;
}

const SMALL_PRIMES: readonly number[] = smallPrimes(SPAN);

function smallPrimes(below: number): number[] {
  const found: number[] = [];
  for (let candidate = 3; candidate < below; candidate += 2) {
    if (found.every((prime) => prime * prime > candidate || candidate % prime !== 0)) found.push(candidate);
  }
  return found;
}

function isPrime(candidate: bigint, rand: Rand): boolean {
  const last = candidate - 1n;
  let odd = last;
  let twos = 0;
  for (; (odd & 1n) === 0n; odd >>= 1n) twos += 1;
  for (let round = 0; round < WITNESSES; round += 1) {
    let x = power(BigInt(rand.int(0xffff_fffe)) + 2n, odd, candidate);
    if (x === 1n || x === last) continue;
    let composite = true;
    for (let step = 1; step < twos && composite; step += 1) {
      x = (x * x) % candidate;
      composite = x !== last;
    }
    if (composite) return false;
  }
  return true;
}

function prime(rand: Rand): bigint {
  for (;;) {
    // Both highest bits set, so that the product of two has all its 2048 bits.
    const text = `${'cdef'[rand.int(4)] ?? 'c'}${rand.string(BYTES - 1, '0123456789abcdef')}`;
    const start = BigInt(`0x${text}`) | 1n;
    const remainders = SMALL_PRIMES.map((small) => Number(start % BigInt(small)));
    for (let step = 0; step < SPAN; step += 2) {
      if (SMALL_PRIMES.some((small, index) => ((remainders[index] as number) + step) % small === 0)) continue;
      const candidate = start + BigInt(step);
      if (candidate % PUBLIC_EXPONENT !== 1n && isPrime(candidate, rand)) return candidate;
    }
  }
}

/** The key that belongs to a seed, always the same one. Takes about a second. */
export function rsaKeyOf(seed: string): RsaKey {
  const rand = new SeededRand(seed);
  const p = prime(rand);
  let q = prime(rand);
  while (q === p) q = prime(rand);
  return { p, q, modulus: p * q };
}

function padded(message: Uint8Array): bigint {
  const digest = sha256(message);
  const tail = [...SHA256_PREFIX, ...digest];
  const filler = new Array<number>(BYTES - tail.length - 3).fill(0xff);
  return fromBytes(Uint8Array.from([0, 1, ...filler, 0, ...tail]));
}

/** RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, 8.2.1): the same message always gives the same signature. */
export function rsaSign(key: RsaKey, message: Uint8Array): Uint8Array {
  const { p, q } = key;
  const d = inverse(PUBLIC_EXPONENT, (p - 1n) * (q - 1n));
  const number = padded(message);
  const atP = power(number, d % (p - 1n), p);
  const atQ = power(number, d % (q - 1n), q);
  const h = (inverse(q, p) * (((atP - atQ) % p) + p)) % p;
  return toBytes(atQ + h * q, BYTES);
}

export function rsaVerify(key: RsaPublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== BYTES) return false;
  const number = fromBytes(signature);
  return number < key.modulus && power(number, PUBLIC_EXPONENT, key.modulus) === padded(message);
}

function fromBytes(bytes: Uint8Array): bigint {
  let text = '0x';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return BigInt(text);
}

/** Big-endian, filled with zeros in front up to `length`. */
export function toBytes(value: bigint, length: number): Uint8Array<ArrayBuffer> {
  const text = value.toString(16).padStart(length * 2, '0');
  return Uint8Array.from({ length }, (_, index) => Number.parseInt(text.slice(index * 2, index * 2 + 2), 16));
}
