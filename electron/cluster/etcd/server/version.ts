/** Whether a version such as `3.6.4` is of this minor release or a newer one. */
export function isAtLeast(version: string, major: number, minor: number): boolean {
  const [own = 0, ownMinor = 0] = version.split('.').map(Number);
  return own > major || (own === major && ownMinor >= minor);
}

/** e.g. `3.6.0` of `3.6.4`: what a cluster and its storage are said to have. */
export function minorRelease(version: string): string {
  return `${version.split('.').slice(0, 2).join('.')}.0`;
}
