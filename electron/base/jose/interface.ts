/**
 * RSA over 2048 bits or more, as the host's own library does it: whole numbers of JavaScript would take a hundred times as long.
 * RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, 8.2) gives the same signature for the same message always, so that whose library
 * it is makes no difference to a run.
 */
export interface RsaSignatures {
  /** @param privateKey PEM text of one key (PKCS #1 or #8). @throws Error for a key that is none */
  sign(privateKey: string, message: Uint8Array): Uint8Array;
  /** @param publicKey DER of a SubjectPublicKeyInfo */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
  /**
   * DER of the SubjectPublicKeyInfo that belongs to one PEM block: a private key, a public key or a certificate. Undefined
   * for anything that holds no RSA key.
   */
  publicKeyOf(pem: string): Uint8Array | undefined;
}
