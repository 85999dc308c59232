// Speed of etcd's store, by hand: node --experimental-strip-types test/bench/etcd-store.bench.ts
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backend } from '../../electron/cluster/etcd/backend/interface.ts';
import { MemoryBackend } from '../../electron/cluster/etcd/backend/memory.ts';
import { SqliteBackend } from '../../electron/cluster/etcd/backend/sqlite.ts';
import { prefixEnd } from '../../electron/cluster/etcd/client/prefix.ts';
import { ServerHarness } from '../../electron/cluster/etcd/server/harness.testing.ts';
import { openWorkspace } from '../../electron/storage/open-workspace.ts';

const folder = mkdtempSync(join(tmpdir(), 'leme-bench-'));
let files = 0;

function measure(name: string, count: number, work: () => void): void {
  const start = performance.now();
  work();
  const ms = performance.now() - start;
  console.log(
    `${name.padEnd(58)} ${ms.toFixed(1).padStart(8)} ms ${Math.round((count / ms) * 1000)
      .toLocaleString('en')
      .padStart(11)}/s`,
  );
}

const key = (index: number): string => `/registry/pods/default/web-${String(index).padStart(6, '0')}`;

function putsWithWatchers(
  backend: Backend,
  watchers: number,
  puts: number,
  value: string,
  name: string,
): ServerHarness {
  const etcd = new ServerHarness(backend);
  let delivered = 0;
  for (let index = 0; index < watchers; index += 1) {
    etcd.server.watch({ key: '/registry/pods/', rangeEnd: prefixEnd('/registry/pods/') }, ({ events }) => {
      delivered += events.length;
      return true;
    });
  }
  // As many prefixes are watched in a cluster.
  for (let index = 0; index < 40; index += 1) {
    etcd.server.watch(
      { key: `/registry/kind-${index}/`, rangeEnd: prefixEnd(`/registry/kind-${index}/`) },
      () => true,
    );
  }
  measure(name, puts, () => {
    for (let index = 0; index < puts; index += 1) etcd.put(key(index % 10_000), value);
  });
  if (delivered !== puts * watchers) throw new Error(`${delivered} events for ${puts} puts`);
  return etcd;
}

console.log(`node ${process.version}, ${cpus()[0]?.model ?? '?'}, ${cpus().length} cores`);
const value = 'x'.repeat(2048);
for (let round = 0; round < 2; round += 1) {
  putsWithWatchers(
    new MemoryBackend(),
    1,
    200_000,
    'v',
    'memory: put + 1 watcher of the prefix, 10,000 keys',
  );
  putsWithWatchers(new MemoryBackend(), 10, 50_000, 'v', 'memory: put + 10 watchers');
}
const etcd = putsWithWatchers(
  new MemoryBackend(),
  0,
  100_000,
  'v',
  'memory: put, nobody watching the prefix',
);
measure('range of 1,000 keys of 10,000 (limit)', 1000, () => {
  for (let index = 0; index < 1000; index += 1)
    etcd.call('Range', { key: '/registry/pods/', rangeEnd: '/registry/pods0', limit: 1000 });
});
measure('range of exactly 1,000 keys', 1000, () => {
  for (let index = 0; index < 1000; index += 1) etcd.call('Range', { key: key(1000), rangeEnd: key(2000) });
});
measure('list of all 10,000 keys', 100, () => {
  for (let index = 0; index < 100; index += 1)
    etcd.call('Range', { key: '/registry/pods/', rangeEnd: '/registry/pods0' });
});
measure('point read', 100_000, () => {
  for (let index = 0; index < 100_000; index += 1) etcd.call('Range', { key: key(index % 10_000) });
});
measure(
  'compaction of 100,000 revisions to 10,000 (1 op)',
  1,
  () => void etcd.call('Compact', { revision: etcd.server.revision }),
);

for (let round = 0; round < 2; round += 1) {
  const path = join(folder, `${(files += 1)}.leme`);
  const opened = openWorkspace(path, { timestamp: 'bench' });
  if (opened.outcome !== 'opened') throw new Error(opened.message);
  const { workspace } = opened;
  const member = new ServerHarness(new SqliteBackend(workspace.database, 'cp-1'));
  measure('sqlite: 10,000 puts of 2 KiB in one group commit', 10_000, () => {
    for (let index = 0; index < 10_000; index += 1) member.put(key(index), value);
    workspace.commit();
  });
  measure('sqlite: 100 commits of 10 puts of 2 KiB', 1000, () => {
    for (let index = 0; index < 1000; index += 1) {
      member.put(key(index), value);
      if (index % 10 === 9) workspace.commit();
    }
  });
  workspace.dispose();
  measure('sqlite: open and load 11,000 revisions of 2 KiB (1 op)', 1, () => {
    const again = openWorkspace(path, { timestamp: 'bench' });
    if (again.outcome !== 'opened') throw new Error(again.message);
    const loaded = new ServerHarness(new SqliteBackend(again.workspace.database, 'cp-1'));
    if (loaded.server.revision !== 11_001) throw new Error('not everything was loaded');
    again.workspace.dispose();
  });
}
rmSync(folder, { recursive: true });
