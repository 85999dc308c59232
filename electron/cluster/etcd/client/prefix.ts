import type { ByteString } from '../../../base/byte-string.ts';

/** `rangeEnd` that stands for "every key from `key` on". */
export const FROM_KEY_END: ByteString = '\0';

/** The `rangeEnd` of all keys that begin with `prefix`: the first key after them. Models client/v3 GetPrefixRangeEnd. */
export function prefixEnd(prefix: ByteString): ByteString {
  for (let index = prefix.length - 1; index >= 0; index -= 1) {
    const byte = prefix.charCodeAt(index);
    if (byte < 0xff) return prefix.slice(0, index) + String.fromCharCode(byte + 1);
  }
  return FROM_KEY_END;
}
