/** One line of etcdutl's log: time, level, place, message and fields, separated by tabs (zap's console form). */
export function zapLine(caller: string, message: string, fields: Readonly<Record<string, unknown>>): string {
  const time = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const json = Object.entries(fields)
    .map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`)
    .join(', ');
  return `${time}\tinfo\t${caller}\t${message}\t{${json}}\n`;
}
