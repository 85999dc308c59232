/** `Mon 2026-11-23 22:55:03 UTC`, as systemd writes times. */
export function systemdTime(ms: number): string {
  const date = new Date(ms);
  const iso = date.toISOString();
  return `${date.toUTCString().slice(0, 3)} ${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** `Nov 23 22:55:03`, as journalctl does. */
export function journalTime(ms: number): string {
  const [, day = '', month = ''] = new Date(ms).toUTCString().split(' ');
  return `${month} ${day} ${new Date(ms).toISOString().slice(11, 19)}`;
}

/** `3min ago`, `1h 2min ago`: systemd's relative times. */
export function systemdAgo(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return `${Math.floor(ms)}ms ago`;
  if (seconds < 60) return `${seconds}s ago`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return minutes < 10 ? `${minutes}min ${seconds % 60}s ago` : `${minutes}min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h ${minutes % 60}min ago`;
  return `${Math.floor(hours / 24)} days ago`;
}

/** `About a minute`, `2 hours`: docker's units.HumanDuration, which crictl uses. */
export function humanDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.floor(minutes / 60 + 0.5);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 14) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 60) return `${Math.floor(hours / 24 / 7)} weeks`;
  return `${Math.floor(hours / 24 / 30)} months`;
}

/** `72.9MB`: three digits, powers of 1000. */
export function humanSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${Number(value.toPrecision(3))}${units[unit] ?? ''}`;
}

/** Left-aligned columns; each at least `minimum` wide and followed by `gap` blanks, but for the last. */
export function columns(rows: readonly (readonly string[])[], minimum: number, gap: number): string {
  const widths = (rows[0] ?? []).map((_cell, column) =>
    Math.max(minimum, ...rows.map((row) => (row[column]?.length ?? 0) + gap)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join(''),
    )
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}
