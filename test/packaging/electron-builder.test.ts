import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const require = createRequire(import.meta.url);

interface ConfigModule {
  validateConfiguration(config: unknown, logger: { isEnabled: boolean; add(): void }): Promise<void>;
}
const { validateConfiguration } = require(
  join(root, 'node_modules/app-builder-lib/out/util/config/config.js'),
) as ConfigModule;

const config = (): Record<string, unknown> =>
  parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8')) as Record<string, unknown>;
const validate = (value: unknown): Promise<void> =>
  validateConfiguration(value, { isEnabled: false, add: () => undefined });

describe('electron-builder.yml', () => {
  it('is what the packager understands', async () => {
    await expect(validate(config())).resolves.toBeUndefined();
  });

  it('would be refused with a key that the packager does not know', async () => {
    await expect(validate({ ...config(), filez: [] })).rejects.toThrow(/unknown property 'filez'/);
  });

  it('packs an allow-list: never the development server, tests, source maps or a second Node', () => {
    const files = config()['files'] as string[];
    expect(files.filter((pattern) => !pattern.startsWith('!')).sort()).toEqual([
      'dist/app/**',
      'dist/host/utility.mjs',
      'dist/main/**',
      'dist/preload/**',
      'dist/shell/chunks/**',
      'dist/shell/shell.mjs',
      'node_modules/@lydell/node-pty-${platform}-${arch}/**',
      'node_modules/@lydell/node-pty/**',
      'node_modules/better-sqlite3/lib/**',
      'node_modules/better-sqlite3/prebuilds/${platform}-${arch}.node',
      'node_modules/better-sqlite3/{package.json,LICENSE}',
      'package.json',
    ]);
    expect(files).toContain('!**/*.map');
    // Before the exceptions: the last pattern that fits decides.
    expect(files.indexOf('!node_modules/**')).toBeLessThan(
      files.findIndex((pattern) => pattern.startsWith('node_modules/')),
    );
  });

  it('keeps programs in the archive, where they find their packages; native files lie beside it', () => {
    expect(config()['asarUnpack']).toEqual(['**/*.node', 'node_modules/@lydell/node-pty*/**']);
  });

  it('closes what a release has no use for', () => {
    expect(config()['electronFuses']).toEqual({
      // The lab shell; docs/decisions/0007-run-as-node.md.
      runAsNode: true,
      enableCookieEncryption: true,
      enableEmbeddedAsarIntegrityValidation: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      onlyLoadAppFromAsar: true,
      grantFileProtocolExtraPrivileges: false,
    });
  });
});
