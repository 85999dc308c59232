import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from './json.ts';
import { runKubectl } from './kubectl.ts';
import { forgetDiscovery } from './session.ts';
import { FakeApi } from './testing/fake-api.testing.ts';
import { pathOf, settled } from './testing/paths.testing.ts';
import { kubeconfigFor, MemoryFs, testIo } from './testing/test-io.testing.ts';
import { closeConnections } from './agents.ts';

interface Recorded {
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function load<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./testing/${name}`, import.meta.url), 'utf8')) as T;
}

let api: FakeApi;
let url: string;

beforeEach(async () => {
  api = new FakeApi();
  for (const object of load<JsonObject[]>('objects.json')) api.put(pathOf(object), object);
  url = await api.start();
  forgetDiscovery();
});

afterEach(async () => {
  closeConnections();
  await api.stop();
});

// What kubectl answered on the same objects; see README.md for versions and how it was recorded.
test.each(
  [...load<Recorded[]>('recorded.json'), ...load<Recorded[]>('recorded-create.json')].map(
    (each) =>
      [
        each.args.join(' ') + (each.stdin === undefined ? '' : ` < ${JSON.stringify(each.stdin)}`),
        each,
      ] as const,
  ),
)('kubectl %s', async (_name, each) => {
  const fs = new MemoryFs();
  fs.files.set('/home/u/config', kubeconfigFor(url));
  const io = testIo(['kubectl', ...each.args], fs, {
    env: { KUBECONFIG: '/home/u/config' },
    ...(each.stdin === undefined ? {} : { stdin: each.stdin }),
  });
  const code = await runKubectl(io);
  expect({ stdout: settled(io.out.join(''), url), stderr: settled(io.errors.join(''), url), code }).toEqual({
    stdout: each.stdout,
    stderr: each.stderr,
    code: each.code,
  });
});
