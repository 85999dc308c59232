import { sha256 } from '@noble/hashes/sha2.js';
import { encodeBase64Url } from './base64url.ts';
import type { RsaKey } from './rsa.ts';
import { PUBLIC_EXPONENT, rsaKeyOf, toBytes } from './rsa.ts';

/** The key of service account tokens. Worked out of its seed when it is first needed. */
export class SigningKey {
  readonly #seed: string;
  #key: RsaKey | undefined;
  #id: string | undefined;

  constructor(seed: string) {
    this.#seed = seed;
  }

  get key(): RsaKey {
    this.#key ??= rsaKeyOf(this.#seed);
    return this.#key;
  }

  /** Digest of the public key, as upstream names keys. Models keyIDFromPublicKey (pkg/serviceaccount, v1.34). */
  get id(): string {
    this.#id ??= encodeBase64Url(sha256(subjectPublicKeyInfo(this.key.modulus)));
    return this.#id;
  }

  /** The public key as a JSON Web Key (RFC 7517). */
  get jwk(): Readonly<Record<string, string>> {
    return {
      use: 'sig',
      kty: 'RSA',
      kid: this.id,
      alg: 'RS256',
      n: encodeBase64Url(toBytes(this.key.modulus, 256)),
      e: encodeBase64Url(toBytes(PUBLIC_EXPONENT, 3)),
    };
  }
}

/** DER of an RSA public key (RFC 5280, 4.1.2.7). */
function subjectPublicKeyInfo(modulus: bigint): Uint8Array {
  const integer = (bytes: Uint8Array): number[] =>
    tagged(0x02, [...((bytes[0] ?? 0) > 0x7f ? [0] : []), ...bytes]);
  const key = tagged(0x30, [...integer(toBytes(modulus, 256)), ...integer(toBytes(PUBLIC_EXPONENT, 3))]);
  // rsaEncryption, no parameters.
  const algorithm = [
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
  ]; // prettier-ignore
  return Uint8Array.from(tagged(0x30, [...algorithm, ...tagged(0x03, [0, ...key])]));
}

function tagged(tag: number, content: readonly number[]): number[] {
  const { length } = content;
  if (length < 0x80) return [tag, length, ...content];
  if (length < 0x100) return [tag, 0x81, length, ...content];
  return [tag, 0x82, length >> 8, length & 0xff, ...content];
}
