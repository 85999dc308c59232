import type { FileSystem } from './interface.ts';

/** Where a unit is looked for, the strongest first. */
const FOLDERS = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
];

/** A service as its files describe it. */
export interface UnitFile {
  readonly path: string;
  readonly dropIns: readonly string[];
  readonly description: string;
  readonly documentation: readonly string[];
  /** As it is written, variables unexpanded; empty when there is none. */
  readonly execStart: string;
  readonly restart: string;
  readonly restartSeconds: number | undefined;
  readonly environment: readonly string[];
  readonly environmentFiles: readonly string[];
  readonly wantedBy: readonly string[];
  /** All files as they were read, each below its path: what `systemctl cat` shows. */
  readonly texts: readonly (readonly [string, string])[];
}

/** Reads a service and its drop-ins. `masked` for one that leads to /dev/null; undefined when there is none. */
export function readUnitFile(files: FileSystem, name: string): UnitFile | 'masked' | undefined {
  const path = FOLDERS.map((folder) => `${folder}/${name}.service`).find(
    (candidate) => files.lstat(candidate) !== undefined,
  );
  if (path === undefined) return undefined;
  if (files.readLink(path) === '/dev/null') return 'masked';
  const dropIns = dropInsOf(files, name);
  const texts = [path, ...dropIns].map((file) => [file, files.exists(file) ? files.read(file) : ''] as const);
  const settings = new Map<string, string[]>();
  for (const [, text] of texts) collect(text, settings);
  const last = (key: string): string | undefined => settings.get(key)?.at(-1);
  const seconds = /^(\d+)(s|sec|min|ms)?$/.exec(last('RestartSec') ?? '');
  const unit = { min: 60, ms: 0.001 }[seconds?.[2] ?? ''] ?? 1;
  return {
    path,
    dropIns,
    description: last('Description') ?? `${name}.service`,
    documentation: (settings.get('Documentation') ?? []).flatMap((text) => text.split(/\s+/)),
    execStart: last('ExecStart') ?? '',
    restart: last('Restart') ?? 'no',
    restartSeconds: seconds === null ? undefined : Number(seconds[1]) * unit,
    environment: settings.get('Environment') ?? [],
    environmentFiles: settings.get('EnvironmentFile') ?? [],
    wantedBy: (settings.get('WantedBy') ?? []).flatMap((text) => text.split(/\s+/)),
    texts,
  };
}

/** Names of services that have a file of their own, sorted. */
export function unitFileNames(files: FileSystem): readonly string[] {
  const names = FOLDERS.flatMap((folder) => files.list(folder))
    .filter((name) => name.endsWith('.service'))
    .map((name) => name.slice(0, -'.service'.length));
  return [...new Set(names)].sort();
}

function dropInsOf(files: FileSystem, name: string): readonly string[] {
  const byName = new Map<string, string>();
  // A file of the same name in a stronger folder takes the place of the weaker one.
  for (const folder of [...FOLDERS].reverse())
    for (const file of files.list(`${folder}/${name}.service.d`))
      if (file.endsWith('.conf')) byName.set(file, `${folder}/${name}.service.d/${file}`);
  return [...byName.keys()].sort().map((file) => byName.get(file) ?? '');
}

/** `key=value` lines; an empty value forgets what was there, a backslash at the end goes on. */
function collect(text: string, settings: Map<string, string[]>): void {
  for (const line of text.replace(/\\\n/g, ' ').split('\n')) {
    const match = /^\s*([A-Za-z]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (match === null) continue;
    const [, key = '', value = ''] = match;
    settings.set(key, value === '' ? [] : [...(settings.get(key) ?? []), value]);
  }
}

/** Words of a command line with quotes; `$NAME` as a word of its own is split at blanks, `${NAME}` is not. */
export function execWords(line: string, environment: ReadonlyMap<string, string>): readonly string[] {
  return unquotedWords(line.replace(/^[-@:+!]+/, '')).flatMap((word) => {
    const whole = /^\$(\w+)$/.exec(word);
    if (whole !== null) return unquotedWords(environment.get(whole[1] ?? '') ?? '');
    return [
      word
        .replace(/\$\{(\w+)\}/g, (_all, name: string) => environment.get(name) ?? '')
        .replace(/\$(\w+)/g, (_all, name: string) => environment.get(name) ?? ''),
    ];
  });
}

function unquotedWords(text: string): string[] {
  return [...text.matchAll(/(?:"((?:\\.|[^"\\])*)"|'([^']*)'|[^\s"'])+/g)].map(([word]) =>
    word.replace(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_all, double?: string, single?: string) =>
      double !== undefined ? double.replace(/\\(.)/g, '$1') : (single ?? ''),
    ),
  );
}

/** Variables for a service. @throws Error naming a file that must be there and is not */
export function environmentOf(file: UnitFile, files: FileSystem): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  const add = (assignment: string): void => {
    const equals = assignment.indexOf('=');
    if (equals > 0) variables.set(assignment.slice(0, equals), assignment.slice(equals + 1));
  };
  for (const line of file.environment) unquotedWords(line).forEach(add);
  for (const entry of file.environmentFiles) {
    const path = entry.replace(/^-/, '');
    if (!files.exists(path)) {
      if (entry.startsWith('-')) continue;
      throw new Error('Failed to load environment files: No such file or directory');
    }
    for (const line of files.read(path).split('\n'))
      if (!/^\s*([#;]|$)/.test(line)) add(line.trim().replace(/^(\w+)=(["'])(.*)\2$/, '$1=$3'));
  }
  return variables;
}
