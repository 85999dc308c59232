import { posix } from 'node:path';

/** The absolute virtual path of what was typed; `..` is taken literally, as the shell's logical paths are. A trailing `/` is dropped. */
export function resolvePath(cwd: string, typed: string): string {
  return posix.resolve(cwd, typed);
}
