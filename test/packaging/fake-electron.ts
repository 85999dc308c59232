import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Marks the place of the fuses in Electron's binary; see @electron/fuses. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const FUSE_NAMES = [
  'runAsNode',
  'enableCookieEncryption',
  'enableNodeOptionsEnvironmentVariable',
  'enableNodeCliInspectArguments',
  'enableEmbeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
] as const;

/** A folder that looks to the packager like Electron's distribution: what a packaging test needs without the download. */
export function writeFakeElectron(folder: string, version: string): void {
  mkdirSync(join(folder, 'locales'), { recursive: true });
  mkdirSync(join(folder, 'resources'));
  // Version 1 of the wire, its length, and one character a fuse: as Electron ships them, the opposite of ours.
  const wire = Buffer.from([1, FUSE_NAMES.length]);
  const states = '10110001';
  writeFileSync(
    join(folder, 'electron'),
    Buffer.concat([Buffer.from(`no program\n${SENTINEL}`), wire, Buffer.from(states)]),
  );
  chmodSync(join(folder, 'electron'), 0o755);
  for (const [name, text] of Object.entries({ version, LICENSE: '', 'LICENSES.chromium.html': '' }))
    writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, 'locales', 'en-US.pak'), '');
}

/** The fuses as they are in a binary. @throws Error when it has none */
export function readFuses(binary: Buffer): Readonly<Record<string, boolean>> {
  const at = binary.indexOf(SENTINEL);
  if (at < 0) throw new Error('the binary has no fuses');
  const start = at + SENTINEL.length + 2;
  return Object.fromEntries(FUSE_NAMES.map((name, index) => [name, binary[start + index] === 0x31]));
}
