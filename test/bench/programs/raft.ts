import type { Message } from '../../../electron/cluster/raft/interface.ts';
import { MemoryStorage } from '../../../electron/cluster/raft/memory-storage.ts';
import { RawNode } from '../../../electron/cluster/raft/raw-node.ts';
import { EMPTY_CONFIG } from '../../../electron/cluster/raft/tracker/progress-tracker.ts';

// Proposals through raft alone: logs in memory, messages handed over in the same turn. Arguments: members, proposals.
const [members, proposals] = process.argv.slice(2).map(Number) as [number, number];
const ids = Array.from({ length: members }, (_, index) => `${index + 1}`);
const queue: Message[] = [];

function member(id: string): { readonly node: RawNode; readonly storage: MemoryStorage; applied: number } {
  const storage = new MemoryStorage(() => 100);
  storage.applySnapshot({ metadata: { confState: { ...EMPTY_CONFIG, voters: ids }, index: 0, term: 0 } });
  const node = new RawNode({
    id,
    electionTick: 10,
    heartbeatTick: 1,
    storage,
    applied: 0,
    maxSizePerMsg: 512 * 1024,
    maxCommittedSizePerReady: Infinity,
    maxUncommittedEntriesSize: 0,
    maxInflightMsgs: 512,
    checkQuorum: true,
    preVote: true,
    readOnlyOption: 'Safe',
    disableProposalForwarding: false,
    disableConfChangeValidation: false,
    stepDownOnRemoval: false,
    sizeOf: () => 100,
    randomInt: () => 0,
  });
  return { node, storage, applied: 0 };
}

const all = ids.map(member);
const leader = all[0] as (typeof all)[number];

function settle(): void {
  for (let busy = true; busy;) {
    busy = false;
    for (const each of all)
      while (each.node.hasReady()) {
        busy = true;
        const ready = each.node.ready();
        if (ready.hardState !== undefined) each.storage.setHardState(ready.hardState);
        each.storage.append(ready.entries);
        for (const message of ready.messages) queue.push(message);
        each.applied += ready.committedEntries.length;
        each.node.advance(ready);
      }
    for (const message of queue.splice(0)) all[Number(message.to) - 1]?.node.step(message);
  }
}

/** Each batch is proposed one by one, then handled until nothing is left; the log is compacted now and then. */
function run(count: number, batch: number): { readonly perSecond: number; readonly perCpuSecond: number } {
  const start = performance.now();
  const cpu = process.cpuUsage();
  for (let done = 0; done < count; done += batch) {
    for (let each = 0; each < Math.min(batch, count - done); each += 1)
      leader.node.propose([{ key: 'k', value: done + each }]);
    settle();
    if (done % 10_000 < batch && done > 0)
      for (const { storage, node } of all) {
        const { applied } = node.status();
        if (applied - storage.firstIndex() < 2_000) continue;
        storage.createSnapshot(applied, { ...EMPTY_CONFIG, voters: ids });
        storage.compact(applied - 1_000);
      }
  }
  const { user, system } = process.cpuUsage(cpu);
  return {
    perSecond: Math.round((count / (performance.now() - start)) * 1000),
    perCpuSecond: Math.round((count / (user + system)) * 1e6),
  };
}

leader.node.campaign();
settle();
run(proposals, 1);
const one = run(proposals, 1);
const batched = run(proposals, 64);
if (all.some(({ applied }) => applied !== 3 * proposals + 1)) throw new Error('not everything was applied');
console.log(
  JSON.stringify({
    onePerSecond: one.perSecond,
    onePerCpuSecond: one.perCpuSecond,
    batchedPerSecond: batched.perSecond,
    batchedPerCpuSecond: batched.perCpuSecond,
  }),
);
