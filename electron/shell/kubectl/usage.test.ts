import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from './json.ts';
import { runKubectl } from './kubectl.ts';
import { forgetDiscovery } from './session.ts';
import { FakeApi } from './testing/fake-api.testing.ts';
import { pathOf, settled } from './testing/paths.testing.ts';
import { kubeconfigFor, MemoryFs, testIo } from './testing/test-io.testing.ts';
import { closeConnections } from './agents.ts';

// Wrong command lines of every command: what the stock client says of them, and with which exit code. None changes anything.

interface Recorded {
  readonly args: readonly string[];
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function load<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`./testing/${name}`, import.meta.url), 'utf8')) as T;
}

/** Files the lines name. */
const files: Readonly<Record<string, string>> = {
  'cm.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata:\n  a: b\n',
  'empty.yaml': '',
  'nokind.yaml': 'a: b\n',
  env: 'A=b\nC=d\n',
  badenv: 'A b=c\n',
  'ca.crt': 'A=b\nC=d\n',
};

const api = new FakeApi();
const objects = load<JsonObject[]>('objects.json');
let url: string;

beforeAll(async () => {
  url = await api.start();
});

beforeEach(() => {
  for (const object of objects) api.put(pathOf(object), object);
  forgetDiscovery();
});

afterAll(async () => {
  closeConnections();
  await api.stop();
});

test.each(load<Recorded[]>('recorded-usage.json').map((each) => [each.args.join(' '), each] as const))(
  'kubectl %s',
  async (_name, each) => {
    const fs = new MemoryFs();
    fs.files.set('/home/u/config', kubeconfigFor(url));
    for (const [name, text] of Object.entries(files)) fs.files.set(`/home/u/${name}`, text);
    const io = testIo(['kubectl', ...each.args], fs, { env: { KUBECONFIG: '/home/u/config' } });
    const code = await runKubectl(io);
    expect({ code, stdout: settled(io.out.join(''), url), stderr: settled(io.errors.join(''), url) }).toEqual(
      {
        code: each.code,
        stdout: each.stdout,
        stderr: each.stderr,
      },
    );
  },
);
