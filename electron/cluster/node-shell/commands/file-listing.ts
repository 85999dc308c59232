import type { FileStat } from '../../machine/interface.ts';

/** ls calls a time recent for half a Gregorian year. */
const HALF_A_YEAR = 15_778_476_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const KINDS: Readonly<Record<FileStat['kind'], string>> = { file: '-', folder: 'd', link: 'l' };

/** `-rw-r--r--` */
export function modeText({ kind, mode }: Pick<FileStat, 'kind' | 'mode'>): string {
  const bits = [6, 3, 0].map((shift) => {
    const three = (mode >> shift) & 7;
    return `${three & 4 ? 'r' : '-'}${three & 2 ? 'w' : '-'}${three & 1 ? 'x' : '-'}`;
  });
  if ((mode & 0o1000) !== 0) bits[2] = (bits[2] ?? '').replace(/x$/, 't').replace(/-$/, 'T');
  return KINDS[kind] + bits.join('');
}

/** `Nov 27 02:34`, or with the year when it is long ago or to come. */
export function listingTime(time: number, now: number): string {
  const date = new Date(time);
  const day = `${MONTHS[date.getUTCMonth()] ?? ''} ${String(date.getUTCDate()).padStart(2)}`;
  const recent = time <= now && now - time < HALF_A_YEAR;
  return `${day} ${recent ? date.toISOString().slice(11, 16) : ` ${date.getUTCFullYear()}`}`;
}

/** `4.0K`, `252G`: as coreutils writes sizes, rounded up, by powers of 1024. */
export function gnuSize(bytes: number): string {
  const units = ['', 'K', 'M', 'G', 'T'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  if (unit === 0) return String(bytes);
  const tenths = Math.ceil(value * 10) / 10;
  return `${tenths < 10 ? tenths.toFixed(1) : String(Math.ceil(value))}${units[unit] ?? ''}`;
}

/** Bytes of `10`, `4K`, `1M`, `2GiB`, `5GB`; undefined for what is none. */
export function parseGnuSize(text: string): number | undefined {
  const match = /^(\d+)(?:([KMGT])(iB|B)?)?$/i.exec(text);
  if (match === null) return undefined;
  const power = ' KMGT'.indexOf((match[2] ?? ' ').toUpperCase());
  return Number(match[1]) * (match[3]?.toUpperCase() === 'B' ? 1000 : 1024) ** power;
}

/** Names in as many columns as fit, filled from the top, as ls shows them at a terminal. */
export function inColumns(names: readonly string[], width: number): string {
  for (let columns = Math.min(names.length, Math.max(1, Math.floor(width / 3))); columns > 0; columns -= 1) {
    const rows = Math.ceil(names.length / columns);
    if (Math.ceil(names.length / rows) !== columns) continue;
    const widths = Array.from({ length: columns }, (_, column) => {
      const own = names.slice(column * rows, (column + 1) * rows).map((name) => name.length);
      return Math.max(...own) + (column === columns - 1 ? 0 : 2);
    });
    if (columns > 1 && widths.reduce((sum, one) => sum + one, 0) >= width) continue;
    return Array.from({ length: rows }, (_, row) =>
      widths
        .map((one, column) => {
          const name = names[column * rows + row] ?? '';
          return (column + 1) * rows + row < names.length ? name.padEnd(one) : name;
        })
        .join(''),
    )
      .map((line) => `${line}\n`)
      .join('');
  }
  return '';
}
