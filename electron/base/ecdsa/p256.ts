import { toBigInt } from '../der/read-der.ts';
import { fromBigInt } from '../der/write-der.ts';
import { hmacSha256 } from '../digest/hmac.ts';

/** The curve P-256 (FIPS 186-5, D.1.2.3): y² = x³ - 3x + b over p, with a base point of order n. */
const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const G: Point = {
  x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
  z: 1n,
};
const BYTES = 32;

/** Jacobian coordinates; z = 0 is the point at infinity. */
interface Point {
  readonly x: bigint;
  readonly y: bigint;
  readonly z: bigint;
}

const INFINITY: Point = { x: 1n, y: 1n, z: 0n };

export interface Signature {
  readonly r: bigint;
  readonly s: bigint;
}

const mod = (value: bigint, modulus: bigint): bigint => {
  const rest = value % modulus;
  return rest < 0n ? rest + modulus : rest;
};

function inverse(value: bigint, modulus: bigint): bigint {
  let [older, newer, a, b] = [modulus, mod(value, modulus), 0n, 1n];
  while (newer > 0n) {
    const quotient = older / newer;
    [older, newer] = [newer, older - quotient * newer];
    [a, b] = [b, a - quotient * b];
  }
  return mod(a, modulus);
}

function double({ x, y, z }: Point): Point {
  if (z === 0n || y === 0n) return INFINITY;
  const zz = (z * z) % P;
  const m = (3n * (x - zz) * (x + zz)) % P;
  const yy = (y * y) % P;
  const s = (4n * x * yy) % P;
  const x3 = mod(m * m - 2n * s, P);
  return { x: x3, y: mod(m * (s - x3) - 8n * yy * yy, P), z: mod(2n * y * z, P) };
}

function add(one: Point, other: Point): Point {
  if (one.z === 0n) return other;
  if (other.z === 0n) return one;
  const z1z1 = (one.z * one.z) % P;
  const z2z2 = (other.z * other.z) % P;
  const u1 = (one.x * z2z2) % P;
  const u2 = (other.x * z1z1) % P;
  const s1 = (one.y * z2z2 * other.z) % P;
  const s2 = (other.y * z1z1 * one.z) % P;
  if (mod(u1 - u2, P) === 0n) return mod(s1 - s2, P) === 0n ? double(one) : INFINITY;
  const h = mod(u2 - u1, P);
  const r = mod(s2 - s1, P);
  const hh = (h * h) % P;
  const hhh = (h * hh) % P;
  const v = (u1 * hh) % P;
  const x3 = mod(r * r - hhh - 2n * v, P);
  return { x: x3, y: mod(r * (v - x3) - s1 * hhh, P), z: (h * one.z * other.z) % P };
}

function multiply(factor: bigint, point: Point): Point {
  let result = INFINITY;
  for (let bit = BigInt(factor.toString(2).length) - 1n; bit >= 0n; bit -= 1n) {
    result = double(result);
    if (((factor >> bit) & 1n) === 1n) result = add(result, point);
  }
  return result;
}

/** The x coordinate of a point that is not at infinity. */
function affineX({ x, z }: Point): bigint {
  const inverted = inverse(z, P);
  return (x * inverted * inverted) % P;
}

/** The nonce of RFC 6979: from key and digest alone, so that the same signing gives the same bytes. */
function* nonces(key: bigint, digest: Uint8Array): Generator<bigint> {
  const seed = new Uint8Array([...fromBigInt(key, BYTES), ...fromBigInt(mod(toBigInt(digest), N), BYTES)]);
  let k = new Uint8Array(BYTES);
  let v = new Uint8Array(BYTES).fill(1);
  for (const mark of [0, 1]) {
    k = hmacSha256(k, new Uint8Array([...v, mark, ...seed]));
    v = hmacSha256(k, v);
  }
  for (;;) {
    v = hmacSha256(k, v);
    const candidate = toBigInt(v);
    if (candidate > 0n && candidate < N) yield candidate;
    k = hmacSha256(k, new Uint8Array([...v, 0]));
    v = hmacSha256(k, v);
  }
}

/** Signs a SHA-256 digest. Deterministic (RFC 6979). */
export function signDigest(key: bigint, digest: Uint8Array): Signature {
  const z = toBigInt(digest);
  for (const k of nonces(key, digest)) {
    const r = mod(affineX(multiply(k, G)), N);
    if (r === 0n) continue;
    const s = mod(inverse(k, N) * (z + r * key), N);
    if (s !== 0n) return { r, s };
  }
  throw new Error('unreachable: nonces never end');
}

/** Whether a signature of a SHA-256 digest is that of a public key (`04 x y`). */
export function verifyDigest(publicKey: Uint8Array, digest: Uint8Array, { r, s }: Signature): boolean {
  if (publicKey.length !== 1 + 2 * BYTES || publicKey[0] !== 4) return false;
  const x = toBigInt(publicKey.subarray(1, 1 + BYTES));
  const y = toBigInt(publicKey.subarray(1 + BYTES));
  const onCurve = mod(y * y - x * x * x + 3n * x - B, P) === 0n;
  if (!onCurve || r <= 0n || r >= N || s <= 0n || s >= N) return false;
  const w = inverse(s, N);
  const point = add(multiply(mod(toBigInt(digest) * w, N), G), multiply(mod(r * w, N), { x, y, z: 1n }));
  return point.z !== 0n && mod(affineX(point), N) === r;
}

/** The public key (`04 x y`) of a private one. */
export function publicKeyOf(key: bigint): Uint8Array {
  const { x, y, z } = multiply(key, G);
  const inverted = inverse(z, P);
  const square = (inverted * inverted) % P;
  return new Uint8Array([
    4,
    ...fromBigInt((x * square) % P, BYTES),
    ...fromBigInt((y * square * inverted) % P, BYTES),
  ]);
}
