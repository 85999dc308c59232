/** The last line of a program that cannot run: klog's header, then the error. Models component-base/cli/run.go (v1.34). */
export function commandFailed(error: string, now: number, pid = 1): string {
  return `${klogHeader('E', now, pid)} run.go:72] "command failed" err=${JSON.stringify(error)}`;
}

/** `W1127 12:00:00.000000       1`: severity, date, time, process. */
export function klogHeader(severity: 'I' | 'W' | 'E', now: number, pid = 1): string {
  const time = new Date(Math.floor(now)).toISOString();
  return `${severity}${time.slice(5, 7)}${time.slice(8, 10)} ${time.slice(11, 23)}000 ${String(pid).padStart(7)}`;
}
