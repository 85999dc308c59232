/** Bytes that are no DER, or not the DER that was expected. */
export class DerError extends Error {
  override readonly name = 'DerError';
}

/** One value of ASN.1's distinguished encoding: tag, content, and all its bytes as they are. */
export interface DerValue {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly bytes: Uint8Array;
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Tag of a context-specific value, `[n]`, with others inside. */
export function contextTag(number: number): number {
  return 0xa0 | number;
}
