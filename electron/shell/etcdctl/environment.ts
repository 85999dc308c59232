import type { FlagSet } from '../kubectl/flags.ts';
import { ExitError, exitCode } from './errors.ts';
import type { Program } from './interface.ts';
import type { Version } from './print/interface.ts';
import { logLine } from './log.ts';

/**
 * What the environment says about global flags that the command line did not give: `ETCDCTL_ENDPOINTS` is `--endpoints`.
 * A variable for a flag that was given is an error, as upstream. Models pkg/flags/flag.go. Answers words to parse before
 * the typed ones, and lines for stderr. @throws ExitError
 */
export function environmentWords(
  program: Program,
  typed: FlagSet,
  env: Readonly<Record<string, string>>,
  version: Version,
): { readonly words: readonly string[]; readonly warnings: readonly string[] } {
  const { envPrefix } = program;
  if (envPrefix === undefined) return { words: [], warnings: [] };
  const words: string[] = [];
  const known = new Set([`${envPrefix}_WATCH_KEY`, `${envPrefix}_WATCH_RANGE_END`]);
  // Until 3.5 this one chooses between the API versions.
  if (version === '3.4') known.add(`${envPrefix}_API`);
  for (const { name } of program.globalFlags) {
    const variable = `${envPrefix}_${name.toUpperCase().replaceAll('-', '_')}`;
    const value = env[variable];
    if (value === undefined || value === '') continue;
    known.add(variable);
    if (typed.changed(name)) throw new ExitError(exitCode.error, conflict(variable, version));
    words.push(`--${name}=${value}`);
  }
  const warnings = Object.keys(env)
    .filter((name) => name.startsWith(`${envPrefix}_`) && !known.has(name))
    .sort()
    .map((name) =>
      version === '3.4'
        ? ''
        : logLine({
            level: 'warn',
            caller: 'flags/flag.go:94',
            msg: 'unrecognized environment variable',
            'environment-variable': `${name}=${env[name] ?? ''}`,
          }),
    )
    .filter((line) => line !== '');
  return { words, warnings };
}

function conflict(variable: string, version: Version): string {
  const text =
    'is shadowed by corresponding command-line flag (either unset environment variable or disable flag)';
  if (version === '3.4') return `conflicting environment variable "${variable}" ${text}`;
  return logLine({
    level: 'fatal',
    caller: 'flags/flag.go:85',
    msg: `conflicting environment variable ${text}`,
    'environment-variable': variable,
  }).trimEnd();
}
