import { join } from 'node:path';
import { Host } from '../../../electron/host/host.ts';
import { cpuMs, report, residentMB, threadMs, withFolder } from '../measure.ts';

// What time costs when nobody asks for anything: the whole host on a topology, ready, then virtual minutes at full speed.
// Arguments: TOPOLOGY MINUTES

const topology = process.argv[2] ?? 'kubeadm-3-3';
const minutes = Number(process.argv[3] ?? '2');
const root = process.env['LEME_ROOT'] ?? process.cwd();

await withFolder(async (dataDir) => {
  const host = new Host({
    dataDir,
    labsRoot: join(root, 'labs'),
    shell: { command: process.execPath, args: [join(root, 'dist/shell/shell.mjs')] },
    appVersion: 'bench',
    topology,
    seed: 'bench',
    speed: 1,
    apiPort: 0,
    etcdPort: 0,
    etcdPlain: false,
    locale: 'en',
    log: () => undefined,
  });
  await host.start();
  const session = host.cluster;
  if (session === undefined) throw new Error('the host did not start');
  const { pacer, simulation } = session;
  const pass = (ms: number): Promise<void> => {
    const until = simulation.now + ms;
    return pacer.stepUntil(() => simulation.now >= until, ms);
  };
  await pass(60_000);
  const before = {
    wall: performance.now(),
    cpu: cpuMs(),
    thread: threadMs(),
    records: simulation.log.nextId,
  };
  await pass(minutes * 60_000);
  report({
    wallMsPerMinute: (performance.now() - before.wall) / minutes,
    cpuMsPerMinute: (cpuMs() - before.cpu) / minutes,
    threadMsPerMinute: (threadMs() - before.thread) / minutes,
    recordsPerMinuteCount: (simulation.log.nextId - before.records) / minutes,
    residentMB: residentMB(),
  });
  await host.stop();
});
