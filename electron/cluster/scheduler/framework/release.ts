/** What the program is when nothing else is said. */
export const defaultRelease = 'v1.34.9';

/** Whether a version of kube-scheduler, e.g. `v1.33.5`, is of this minor release or a newer one. */
export function isAtLeast(release: string, minor: number): boolean {
  return Number(release.split('.')[1]) >= minor;
}
