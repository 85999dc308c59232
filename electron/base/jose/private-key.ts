import { pemBlocks, toPem } from '../x509/pem.ts';
import type { RsaSignatures } from './interface.ts';
import { PublicKey } from './public-key.ts';

const PRIVATE = new Set(['RSA PRIVATE KEY', 'PRIVATE KEY']);

/** An RSA key that signs. */
export class PrivateKey {
  readonly #rsa: RsaSignatures;
  readonly #pem: string;
  readonly publicKey: PublicKey;

  private constructor(rsa: RsaSignatures, pem: string, publicKey: PublicKey) {
    this.#rsa = rsa;
    this.#pem = pem;
    this.publicKey = publicKey;
  }

  /** The first one in a PEM text; undefined when there is none. Models ParsePrivateKeyPEM (client-go/util/keyutil, v1.34). */
  static read(rsa: RsaSignatures, pem: string): PrivateKey | undefined {
    for (const { type, bytes } of pemBlocks(pem)) {
      if (!PRIVATE.has(type)) continue;
      const block = toPem(type, bytes);
      const der = rsa.publicKeyOf(block);
      if (der !== undefined) return new PrivateKey(rsa, block, new PublicKey(rsa, der));
    }
    return undefined;
  }

  sign(message: Uint8Array): Uint8Array {
    return this.#rsa.sign(this.#pem, message);
  }
}
