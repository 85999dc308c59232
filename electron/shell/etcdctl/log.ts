/** One line of etcd's log as zap writes it: level, time, the rest in order. */
export function logLine(
  fields: Readonly<Record<string, string | number>> & { readonly level: string },
): string {
  const { level, ...rest } = fields;
  const ts = new Date().toISOString().replace('Z', '000Z');
  return `${JSON.stringify({ level, ts, ...rest })}\n`;
}
