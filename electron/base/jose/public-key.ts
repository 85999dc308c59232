import { sha256 } from '@noble/hashes/sha2.js';
import { children, readBits, readInteger, readOne } from '../der/read-der.ts';
import { fromBigInt } from '../der/write-der.ts';
import { pemBlocks, toPem } from '../x509/pem.ts';
import { encodeBase64Url } from './base64url.ts';
import type { RsaSignatures } from './interface.ts';

/** An RSA key that checks signatures. */
export class PublicKey {
  readonly #rsa: RsaSignatures;
  readonly #der: Uint8Array;
  /** Digest of the key, as upstream names keys. Models keyIDFromPublicKey (pkg/serviceaccount/jwt.go, v1.34). */
  readonly id: string;

  /** @param der SubjectPublicKeyInfo */
  constructor(rsa: RsaSignatures, der: Uint8Array) {
    this.#rsa = rsa;
    this.#der = der;
    this.id = encodeBase64Url(sha256(der));
  }

  /** Those in a PEM text, in its order; of a private key the public half. Models ParsePublicKeysPEM (client-go/util/keyutil, v1.34). */
  static read(rsa: RsaSignatures, pem: string): PublicKey[] {
    return pemBlocks(pem).flatMap(({ type, bytes }) => {
      const der = rsa.publicKeyOf(toPem(type, bytes));
      return der === undefined ? [] : [new PublicKey(rsa, der)];
    });
  }

  /** As a JSON Web Key (RFC 7517). @throws DerError */
  get jwk(): Readonly<Record<string, string>> {
    const [, key] = children(readOne(this.#der));
    const [modulus, exponent] = children(readOne(readBits(key))).map(readInteger);
    return {
      use: 'sig',
      kty: 'RSA',
      kid: this.id,
      alg: 'RS256',
      n: encodeBase64Url(fromBigInt(modulus ?? 0n)),
      e: encodeBase64Url(fromBigInt(exponent ?? 0n)),
    };
  }

  verifies(message: Uint8Array, signature: Uint8Array): boolean {
    return this.#rsa.verify(this.#der, message, signature);
  }
}
