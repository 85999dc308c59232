const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** The second last written and its text: most times that are written are now. */
let lastSecond = Number.NaN;
let lastText = '';

/** `2026-11-23T22:00:00Z`: how metav1.Time is written. Milliseconds are cut. */
export function formatTime(milliseconds: number): string {
  const second = Math.floor(milliseconds / 1000);
  if (second !== lastSecond) {
    lastText = `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
    lastSecond = second;
  }
  return lastText;
}

/** `2026-11-23T22:00:00.123000Z`: how metav1.MicroTime is written. */
export function formatMicroTime(milliseconds: number): string {
  const micros = Math.round((milliseconds - Math.floor(milliseconds)) * 1000);
  return `${new Date(Math.floor(milliseconds)).toISOString().slice(0, 23)}${String(micros % 1000).padStart(3, '0')}Z`;
}

/** Milliseconds since the epoch, or undefined when the text is no RFC 3339 time. Fractions beyond a millisecond are cut. */
export function parseTime(text: string | undefined): number | undefined {
  if (text === lastText && text !== '') return lastSecond * 1000;
  if (text === undefined || !RFC3339.test(text)) return undefined;
  const value = Date.parse(text);
  return Number.isNaN(value) ? undefined : value;
}

/** The canonical metav1.Time of a time text: UTC, whole seconds. Undefined when it is no RFC 3339 time. */
export function canonicalTime(text: string): string | undefined {
  const value = parseTime(text);
  return value === undefined ? undefined : formatTime(Math.floor(value / 1000) * 1000);
}
