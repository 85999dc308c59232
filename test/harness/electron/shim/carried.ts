/** Text of what the shim carries between processes and pages: JSON and bytes. @throws Error on anything else. */
export function encodeCarried(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, written: unknown) {
    // A Buffer has been turned into an object before it gets here.
    const original = this[key];
    const item = original instanceof Uint8Array ? original : written;
    if (item instanceof Uint8Array) return { $bytes: Buffer.from(item).toString('base64') };
    const isPlain = item === null || typeof item !== 'object' || Array.isArray(item);
    if (!isPlain && ![Object.prototype, null].includes(Object.getPrototypeOf(item) as null))
      throw new Error(`the shim carries JSON and bytes, not ${(item as object).constructor.name}`);
    return item;
  });
}

export function decodeCarried(text: string): unknown {
  return JSON.parse(text, (_key, item: unknown) => {
    const bytes = (item as { $bytes?: unknown } | null)?.$bytes;
    return typeof bytes === 'string' ? new Uint8Array(Buffer.from(bytes, 'base64')) : item;
  });
}
