/** The end of a range that means every key from its beginning on. */
export const NO_END = Buffer.from([0]);

/** The first key that does not begin with `prefix`; every key when there is none. Models clientv3's getPrefix. */
export function prefixEnd(prefix: Uint8Array): Buffer {
  const end = Buffer.from(prefix);
  for (let at = end.length - 1; at >= 0; at -= 1) {
    if ((end[at] as number) < 0xff) {
      end[at] = (end[at] as number) + 1;
      return end.subarray(0, at + 1);
    }
  }
  return NO_END;
}
