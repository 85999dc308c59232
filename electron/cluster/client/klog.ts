import type { Logger, LogLevel } from '../../base/logger.ts';
import type { ProcessContext, Program } from '../machine/interface.ts';
import { klogHeader } from './command-failed.ts';

type Fields = Readonly<Record<string, unknown>>;
/** klog writes lines of `debug` only with a higher `-v` than components have. */
const SEVERITIES: Readonly<Record<Exclude<LogLevel, 'debug'>, 'I' | 'W' | 'E'>> = {
  info: 'I',
  warn: 'W',
  error: 'E',
};

/** A line as klog writes it: `W1127 12:00:00.000000       1 reflector.go:561] "Failed to watch" err="…"`; `caller` is where from. */
export function klogLine(
  level: Exclude<LogLevel, 'debug'>,
  at: { readonly now: number; readonly pid: number },
  message: string,
  fields: Fields = {},
): string {
  const { caller, ...rest } = fields;
  const pairs = Object.entries(rest).filter(([, value]) => value !== undefined);
  const values = pairs.map(
    ([key, value]) =>
      ` ${key}=${typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value)}`,
  );
  const text = pairs.length === 0 ? message : `${JSON.stringify(message)}${values.join('')}`;
  return `${klogHeader(SEVERITIES[level], at.now, at.pid)}${typeof caller === 'string' ? ` ${caller}]` : ''} ${text}`;
}

/**
 * A program whose log is also what it writes to standard error, as all Kubernetes components do: `kubectl logs` and journalctl
 * show it. `inContainer`: it is process 1 of its container.
 */
export function withKlog(program: Program, inContainer: boolean): Program {
  return (process: ProcessContext) => {
    const { log, clock } = process;
    const pid = inContainer ? 1 : process.pid;
    const at =
      (level: Exclude<LogLevel, 'debug'>) =>
      (message: string, fields?: Fields): void => {
        log[level](message, fields);
        process.stderr(klogLine(level, { now: clock.now(), pid }, message, fields));
      };
    const klog: Logger = {
      debug: (message, fields) => log.debug(message, fields),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
    };
    // The rest, with its getters, is the process's own.
    return program(Object.create(process, { log: { value: klog } }) as ProcessContext);
  };
}
