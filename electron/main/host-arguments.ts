/** Flags of Node for the host's process, as scripts/node-binary.mjs has them for `npm run serve`. */
export const HOST_EXEC_ARGV = ['--enable-source-maps', '--max-semi-space-size=16'];

/** Flags that Electron and Chromium take for themselves and leave among the arguments. */
const PLATFORM_FLAGS = new Set([
  'disable-features',
  'disable-gpu',
  'disable-setuid-sandbox',
  'enable-features',
  'enable-logging',
  'force-device-scale-factor',
  'inspect',
  'inspect-brk',
  'js-flags',
  'lang',
  'no-sandbox',
  'ozone-platform',
  'ozone-platform-hint',
  'remote-debugging-pipe',
  'remote-debugging-port',
  'user-data-dir',
]);

/**
 * What of the command line is for the host: `electron [platform flags] FOLDER [flags]`, or `leme [flags]` when packaged.
 * Flags nobody knows are left in, so that the host can say so.
 */
export function hostArguments(argv: readonly string[], packaged: boolean): readonly string[] {
  const own = argv.slice(1);
  // The first word that is no flag names the app; values of platform flags are joined to them by `=`.
  const folder = packaged ? -1 : own.findIndex((word) => !word.startsWith('-'));
  return own.filter((word, index) => {
    if (index === folder) return false;
    const name = /^--([^=]+)/.exec(word)?.[1];
    return name === undefined || !PLATFORM_FLAGS.has(name);
  });
}
