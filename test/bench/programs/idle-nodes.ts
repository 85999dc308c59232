import { BenchCluster } from '../bench-cluster.ts';
import { report, residentMB, threadMs } from '../measure.ts';

// Nodes with nothing to do, at full speed, in memory: until all are Ready, then what a virtual minute costs.
// Arguments: WORKERS MINUTES

const workers = Number(process.argv[2] ?? '1000');
const minutes = Number(process.argv[3] ?? '2');

const bench = new BenchCluster({ workers });
const begin = { wall: performance.now(), thread: threadMs() };
await bench.ready();
const ready = { wall: performance.now() - begin.wall, thread: threadMs() - begin.thread };
// Controllers and kubelets have caught up with the new nodes.
await bench.pass(30_000);
const before = {
  wall: performance.now(),
  thread: threadMs(),
  api: bench.apiMessages,
  messages: bench.messages,
  records: bench.simulation.log.nextId,
};
await bench.pass(minutes * 60_000);
report({
  readyMs: ready.wall,
  readyThreadMs: ready.thread,
  wallMsPerMinute: (performance.now() - before.wall) / minutes,
  threadMsPerMinute: (threadMs() - before.thread) / minutes,
  apiMessagesPerMinuteCount: (bench.apiMessages - before.api) / minutes,
  messagesPerMinuteCount: (bench.messages - before.messages) / minutes,
  recordsPerMinuteCount: (bench.simulation.log.nextId - before.records) / minutes,
  residentMB: residentMB(),
});
