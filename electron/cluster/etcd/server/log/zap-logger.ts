import type { LogLevel, Logger } from '../../../../base/logger.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * One line as zap writes it for etcd since 3.5: JSON with the time in microseconds, the logger (`raft`) and the place in
 * upstream's source where these are given, the message, then its fields. `time` is virtual, in milliseconds since the Unix epoch.
 */
export function zapLine(level: LogLevel | 'fatal', time: number, msg: string, fields: Fields = {}): string {
  const { logger, caller, ...rest } = fields;
  const whole = Math.floor(time);
  const micros = String(Math.floor((time - whole) * 1000)).padStart(3, '0');
  const ts = `${new Date(whole).toISOString().slice(0, -1)}${micros}Z`;
  return JSON.stringify({ level, ts, logger, caller, msg, ...rest });
}

/** What etcd's parts log, as lines of its standard error. Debug lines are left out, as by default. */
export function zapLogger(now: () => number, write: (line: string) => void): Logger {
  const at =
    (level: LogLevel) =>
    (message: string, fields?: Fields): void =>
      write(zapLine(level, now(), message, fields));
  return { debug: () => undefined, info: at('info'), warn: at('warn'), error: at('error') };
}
