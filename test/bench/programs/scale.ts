import { BenchCluster } from '../bench-cluster.ts';
import { cpuMs, newWorkspace, report, residentMB, threadMs, withFolder } from '../measure.ts';

// One Deployment, at full speed, until the last Pod is Running.
// Arguments: REPLICAS memory|no-log|sqlite|sqlite-no-records [WORKERS, default 10]

const replicas = Number(process.argv[2] ?? '100');
const mode = process.argv[3] ?? 'memory';
const workers = Number(process.argv[4] ?? '10');

await withFolder(async (folder) => {
  const workspace = mode.startsWith('sqlite') ? newWorkspace(folder) : undefined;
  let committing = 0;
  let commits = 0;
  let writes = 0;
  workspace?.onDidCommit((result) => {
    committing += result.milliseconds;
    commits += 1;
    writes += result.writes;
  });
  const bench = new BenchCluster({
    workers,
    withoutLog: mode === 'no-log',
    persistRecords: mode !== 'sqlite-no-records',
    ...(workspace === undefined ? {} : { workspace }),
  });
  const begin = { wall: performance.now(), thread: threadMs() };
  await bench.ready();
  const readyMs = performance.now() - begin.wall;
  const readyThreadMs = threadMs() - begin.thread;
  await bench.until(() => bench.virtualTime >= 10_000, 10_000, 'settled');
  const before = {
    wall: performance.now(),
    cpu: cpuMs(),
    thread: threadMs(),
    virtual: bench.simulation.now,
    messages: bench.messages,
    api: bench.apiMessages,
    records: bench.simulation.log.nextId,
  };
  committing = commits = writes = 0;
  bench.createDeployment('web', replicas);
  let peak = 0;
  const sample = setInterval(() => (peak = Math.max(peak, residentMB())), 50);
  await bench.until(() => bench.runningPods >= replicas, 3_600_000, `${replicas} Pods Running`);
  clearInterval(sample);
  report({
    readyMs,
    readyThreadMs,
    wallMs: performance.now() - before.wall,
    cpuMs: cpuMs() - before.cpu,
    threadMs: threadMs() - before.thread,
    virtualMs: bench.simulation.now - before.virtual,
    messagesCount: bench.messages - before.messages,
    apiMessagesCount: bench.apiMessages - before.api,
    recordsCount: bench.simulation.log.nextId - before.records,
    residentMB: Math.max(peak, residentMB()),
    heapMB: process.memoryUsage().heapUsed / 1e6,
    ...(workspace === undefined ? {} : { commitMs: committing, commitsCount: commits, rowsCount: writes }),
  });
  workspace?.dispose();
});
