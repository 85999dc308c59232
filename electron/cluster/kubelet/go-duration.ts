/** Milliseconds as Go prints a time.Duration: `1.234s`, `850ms`, `1m40s`, `5m0s`. */
export function goDuration(ms: number): string {
  const whole = Math.trunc(ms);
  if (whole < 1000) return `${whole}ms`;
  const hours = Math.floor(whole / 3_600_000);
  const minutes = Math.floor((whole % 3_600_000) / 60_000);
  const seconds = (whole % 60_000) / 1000;
  const text = `${String(Number(seconds.toFixed(3)))}s`;
  if (hours > 0) return `${hours}h${minutes}m${text}`;
  return minutes > 0 ? `${minutes}m${text}` : text;
}
