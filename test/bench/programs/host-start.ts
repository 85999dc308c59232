import { join } from 'node:path';
import { Host } from '../../../electron/host/host.ts';
import { cpuMs, report, residentMB, threadMs, withFolder } from '../measure.ts';

// The whole host on an empty folder: workspace, certificates, cluster, listeners; until all Nodes are Ready.

const root = process.env['LEME_ROOT'] ?? process.cwd();
await withFolder(async (dataDir) => {
  const loaded = performance.now();
  const cpuBefore = cpuMs();
  const threadBefore = threadMs();
  const host = new Host({
    dataDir,
    labsRoot: join(root, 'labs'),
    shell: { command: process.execPath, args: [join(root, 'dist/shell/shell.mjs')] },
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
  const wall = performance.now() - loaded;
  const session = host.cluster;
  if (session === undefined) throw new Error('the host did not start');
  report({
    wallMs: wall,
    cpuMs: cpuMs() - cpuBefore,
    threadMs: threadMs() - threadBefore,
    virtualMs: session.simulation.now - session.spec.startTime,
    recordsCount: session.simulation.log.nextId - 1,
    residentMB: residentMB(),
  });
  await host.stop();
});
