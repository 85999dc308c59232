import type { ProcessContext } from '../machine/interface.ts';

/** A line as logrus writes it, which all these runtimes use: `time="…" level=info msg="…" version=1`. */
export function logLine(
  process: ProcessContext,
  level: 'info' | 'warning' | 'error' | 'fatal',
  msg: string,
  fields: Readonly<Record<string, string>> = {},
): void {
  const time = new Date(process.clock.now()).toISOString();
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${value}`);
  process.stderr(`time="${time}" level=${level} msg=${JSON.stringify(msg)}${rest.join('')}`);
}
