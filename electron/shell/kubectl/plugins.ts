import type { CommandIo } from '../interface.ts';

/** Plugins that are commands of the lab shell. They ask the host, so they exist only where there is one. */
const OWN = ['kubectl-explain_controller', 'kubectl-explain_scheduling'];

/** Own plugins by the path where they seem to live. */
export function ownPlugins({ env }: Pick<CommandIo, 'env'>): readonly string[] {
  const folders = (env['PATH'] ?? '').split(':');
  if ((env['LEME_MACHINES_URL'] ?? '') === '' || !folders.includes('/usr/bin')) return [];
  return OWN.map((name) => `/usr/bin/${name}`);
}

/**
 * Runs the plugin that the words before the first flag name, the longest name first: `kubectl foo bar-baz` looks for
 * `kubectl-foo-bar_baz`, then `kubectl-foo`. Answers its exit code; undefined: there is none. Models kubectl's
 * HandlePluginCommand (v1.33).
 */
export async function runPlugin(io: CommandIo, words: readonly string[]): Promise<number | undefined> {
  const end = words.findIndex((word) => word.startsWith('-'));
  const names = words.slice(0, end < 0 ? words.length : end).map((word) => word.replaceAll('-', '_'));
  for (let count = names.length; count > 0; count -= 1) {
    const path = await findPlugin(io, `kubectl-${names.slice(0, count).join('-')}`);
    if (path !== undefined) return io.spawn([path, ...words.slice(count)]);
  }
  return undefined;
}

async function findPlugin(io: CommandIo, name: string): Promise<string | undefined> {
  const own = ownPlugins(io).find((path) => path.endsWith(`/${name}`));
  if (own !== undefined) return own;
  for (const folder of (io.env['PATH'] ?? '').split(':')) {
    if (folder === '') continue;
    const path = `${folder.replace(/\/$/, '')}/${name}`;
    if ((await io.fs.exists(path)) && (await io.fs.stat(path)).kind === 'file') return path;
  }
  return undefined;
}
