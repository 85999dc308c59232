import type { FileSystem } from './interface.ts';

/** `NAME=value` lines of an environment file, with or without quotes. Models systemd.exec's EnvironmentFile. */
function variablesOf(files: FileSystem, paths: readonly string[]): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  for (const path of paths) {
    if (!files.exists(path)) continue;
    for (const line of files.read(path).split('\n')) {
      const [, name, value = ''] = /^\s*([A-Za-z_]\w*)=(.*)$/.exec(line) ?? [];
      if (name !== undefined) variables.set(name, value.trim().replace(/^(["'])(.*)\1$/, '$2'));
    }
  }
  return variables;
}

/** `argv` with each argument that is `$NAME` replaced by the words of that variable; none when it is not set. */
export function expandArguments(
  argv: readonly string[],
  files: FileSystem,
  environmentFiles: readonly string[],
): readonly string[] {
  if (!argv.some((argument) => argument.startsWith('$'))) return argv;
  const variables = variablesOf(files, environmentFiles);
  return argv.flatMap((argument) => {
    if (!argument.startsWith('$')) return [argument];
    return (variables.get(argument.slice(1)) ?? '').split(/\s+/).filter((word) => word !== '');
  });
}
