/** A bug: something that must not happen did. Goes to the developer's console, with where it was; nothing is swallowed. */
export function reportBug(where: string, error: unknown): void {
  // eslint-disable-next-line no-console -- the one place that may
  console.error(`${where}:`, error);
}
