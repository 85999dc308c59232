/** Text of a `--write-out` format; names that it does not know go to `unknown`. Models curl's tool_writeout.c (7.88). */
export function writeOut(
  format: string,
  values: Readonly<Record<string, string>>,
  unknown: (name: string) => void,
): string {
  return format.replace(
    /%%|%\{([^}]*)\}|\\(.)/gs,
    (whole: string, name: string | undefined, escaped: string | undefined) => {
      if (whole === '%%') return '%';
      if (escaped !== undefined) return { n: '\n', r: '\r', t: '\t' }[escaped] ?? whole;
      const value = values[name ?? ''];
      if (value === undefined) unknown(name ?? '');
      return value ?? '';
    },
  );
}
