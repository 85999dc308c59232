/** Builds by the names that images have in their tags. */
const BUILDS: readonly (readonly [RegExp, number])[] = [
  [/ltsc2019|\b1809\b/, 17_763],
  [/ltsc2022/, 20_348],
  [/ltsc2025/, 26_100],
];
/** From this build on a kernel runs containers of releases before it, back to the long-term release before its own. */
const STABLE = 20_348;

function buildOf(text: string): number | undefined {
  const exact = /\b10\.0\.(\d+)/.exec(text)?.[1];
  if (exact !== undefined) return Number(exact);
  return BUILDS.find(([pattern]) => pattern.test(text))?.[1];
}

/**
 * Whether an image, by its tag, runs in process isolation on a Windows of that version (`10.0.20348`). One whose tag names no release is
 * there for all. Models checkWindowsHostAndContainerCompat (containerd/platforms, platform_windows_compat.go).
 */
export function fitsWindows(reference: string, osVersion: string): boolean {
  const [host, container] = [buildOf(osVersion), buildOf(reference.slice(reference.lastIndexOf('/') + 1))];
  if (host === undefined || container === undefined) return true;
  if (host < STABLE) return host === container;
  return container >= STABLE && container <= host;
}
