export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** One line of a component's log. `time` is virtual, in milliseconds since the Unix epoch. */
export interface LogLine {
  readonly time: number;
  readonly level: LogLevel;
  readonly actor: string;
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>>;
}

export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

const nothing = (): void => undefined;
const SILENT: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** A logger that hands every line to `sink`, if there is one, stamped with `now()` and the actor. */
export function createLogger(
  actor: string,
  now: () => number,
  sink: ((line: LogLine) => void) | undefined,
): Logger {
  if (sink === undefined) return SILENT;
  const at =
    (level: LogLevel) =>
    (message: string, fields?: Readonly<Record<string, unknown>>): void =>
      sink({ time: now(), level, actor, message, ...(fields === undefined ? {} : { fields }) });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
