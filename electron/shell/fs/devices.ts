import type { ByteSource, FileStat } from '../interface.ts';
import { emptySource, IterableSource } from '../streams/sources.ts';

/** Devices that are simulated. */
export const devices: ReadonlySet<string> = new Set([
  '/dev/null',
  '/dev/zero',
  '/dev/tty',
  '/dev/stdin',
  '/dev/stdout',
  '/dev/stderr',
  '/dev/random',
  '/dev/urandom',
]);

export const device: FileStat = { kind: 'device', size: 0, mode: 0o666, mtimeMs: 0 };

/** What a device gives. */
export function readDevice(path: string): ByteSource {
  if (path === '/dev/zero') return new IterableSource(zeros);
  if (path === '/dev/random' || path === '/dev/urandom') return new IterableSource(randoms);
  return emptySource();
}

async function* zeros(): AsyncGenerator<Uint8Array> {
  for (;;) yield await Promise.resolve(new Uint8Array(4096));
}

async function* randoms(): AsyncGenerator<Uint8Array> {
  for (;;) yield await Promise.resolve(crypto.getRandomValues(new Uint8Array(4096)));
}
