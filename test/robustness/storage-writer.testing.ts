import { MemoryBackend } from '../../electron/cluster/etcd/backend/memory.ts';
import { SqliteBackend } from '../../electron/cluster/etcd/backend/sqlite.ts';
import { ServerHarness } from '../../electron/cluster/etcd/server/harness.testing.ts';
import { openWorkspace } from '../../electron/storage/open-workspace.ts';

// A process that is killed in the middle of its work. It acknowledges after the commit, as the host does.
// Arguments: the workspace, and `sqlite`, or `memory` for a member that keeps nothing (which must be caught).
const [path, kind] = process.argv.slice(2) as [string, string];
const outcome = openWorkspace(path, { timestamp: 'test' });
if (outcome.outcome !== 'opened') throw new Error(outcome.message);
const { workspace } = outcome;
const member = new ServerHarness(
  kind === 'memory' ? new MemoryBackend() : new SqliteBackend(workspace.database, 'cp-1'),
);

function batch(): void {
  const acknowledged: string[] = [];
  for (let index = 0; index < 20; index += 1) {
    const key = `/registry/pods/default/web-${Math.floor(Math.random() * 50)}`;
    const value = JSON.stringify({
      padding: 'x'.repeat(Math.floor(Math.random() * 2000)),
      at: Math.random(),
    });
    const revision = member.put(key, value);
    workspace.machineState('cp-1').set('last', revision);
    acknowledged.push(`${revision} ${key} ${value.length}\n`);
  }
  if (member.server.revision % 200 < 20) member.call('Compact', { revision: member.server.revision - 10 });
  workspace.commit();
  process.stdout.write(acknowledged.join(''));
  setImmediate(batch);
}

process.stdout.write(`at ${member.server.revision}\n`);
batch();
