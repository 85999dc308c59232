import { join } from 'node:path';
import { Host } from '../../../electron/host/host.ts';
import type { PtySession } from '../../../electron/pty/interface.ts';
import { NodePtyHost } from '../../../electron/pty/pty-host.ts';
import { percentile, report, withFolder } from '../measure.ts';

// Keys typed into the lab shell on its terminal, each until it is shown; beside a program that the kernel echoes for.

const KEYS = 200;
const root = process.env['LEME_ROOT'] ?? process.cwd();

/** Milliseconds from each key to the first output after it. */
async function type(session: PtySession, keys: number): Promise<number[]> {
  let shown: (() => void) | undefined;
  const stop = session.onData((bytes) => {
    session.ack(bytes.length);
    if (Buffer.from(bytes).includes('x')) shown?.();
  });
  const times: number[] = [];
  for (let index = 0; index < keys; index += 1) {
    const begin = performance.now();
    const echo = new Promise<void>((resolve) => (shown = resolve));
    session.write('x');
    await echo;
    times.push(performance.now() - begin);
    shown = undefined;
    // A fresh line now and then: nobody types 200 letters in one word.
    if (index % 40 === 39) session.write('\x15');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  stop();
  return times;
}

function firstOutput(session: PtySession): Promise<void> {
  return new Promise((resolve) => {
    const stop = session.onData((bytes) => {
      session.ack(bytes.length);
      stop();
      resolve();
    });
  });
}

await withFolder(async (dataDir) => {
  const shell = { command: process.execPath, args: [join(root, 'dist/shell/shell.mjs')] };
  const host = new Host({
    dataDir,
    labsRoot: join(root, 'labs'),
    shell,
    appVersion: 'bench',
    topology: 'kubeadm-1-2',
    seed: 'bench',
    speed: 1,
    apiPort: 0,
    etcdPort: 0,
    etcdPlain: false,
    locale: 'en',
    log: () => undefined,
  });
  await host.start();
  const terminals = new NodePtyHost();
  const common = { cols: 120, rows: 30, cwd: dataDir };
  const begin = performance.now();
  const lab = terminals.create({
    ...common,
    id: 'lab',
    profile: 'lab',
    ...shell,
    env: host.consoleVariables(),
  });
  await firstOutput(lab);
  const prompt = performance.now() - begin;
  await new Promise((resolve) => setTimeout(resolve, 500));
  const times = await type(lab, KEYS);
  const cat = terminals.create({
    ...common,
    id: 'cat',
    profile: 'bench',
    command: '/bin/cat',
    args: [],
    env: {},
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
  const bare = await type(cat, KEYS);
  report({
    promptMs: prompt,
    echoP50Ms: percentile(times, 0.5),
    echoP99Ms: percentile(times, 0.99),
    bareEchoP50Ms: percentile(bare, 0.5),
    bareEchoP99Ms: percentile(bare, 0.99),
  });
  await terminals.close();
  await host.stop();
});
