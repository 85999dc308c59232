import type { KeyObject } from 'node:crypto';
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { RsaSignatures } from '../base/jose/interface.ts';

/** RSA as Node's own library does it. Keys are read once: there are few, and they are asked for again and again. */
export class NodeRsaSignatures implements RsaSignatures {
  readonly #private = new Map<string, KeyObject>();
  readonly #public = new WeakMap<Uint8Array, KeyObject>();

  sign(privateKey: string, message: Uint8Array): Uint8Array {
    let key = this.#private.get(privateKey);
    if (key === undefined) {
      key = createPrivateKey(privateKey);
      this.#private.set(privateKey, key);
    }
    return new Uint8Array(sign('sha256', message, key));
  }

  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
    let key = this.#public.get(publicKey);
    if (key === undefined) {
      key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' });
      this.#public.set(publicKey, key);
    }
    return verify('sha256', message, key, signature);
  }

  publicKeyOf(pem: string): Uint8Array | undefined {
    let key: KeyObject;
    try {
      key = createPublicKey(pem);
    } catch {
      // Whoever reads the file says what that means for it.
      return undefined;
    }
    return key.asymmetricKeyType === 'rsa'
      ? new Uint8Array(key.export({ type: 'spki', format: 'der' }))
      : undefined;
  }
}
