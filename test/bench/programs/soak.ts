import { BenchCluster } from '../bench-cluster.ts';
import { report, residentMB, threadMs } from '../measure.ts';
import { Soak } from '../soak/soak.ts';

// A cluster under churn at full speed, then at rest: what is left, what got stuck, what is written when nobody asks.
// Arguments: HOURS of virtual time (default seven days) WORKERS. Exits with 1 and says why on stderr when something is wrong.

const hours = Number(process.argv[2] ?? '168');
const workers = Number(process.argv[3] ?? '3');

const bench = new BenchCluster({ workers });
const begin = { wall: performance.now(), thread: threadMs() };
await bench.ready();
const soak = new Soak(bench);
await soak.warmUp();
const before = await soak.rest();
let rounds = 0;
while (bench.virtualTime < hours * 3_600_000) {
  await soak.round();
  rounds += 1;
  if (rounds % 25 === 0)
    console.error(
      `${(bench.virtualTime / 3_600_000).toFixed(1)} h, ${rounds} rounds, ${Math.round(process.memoryUsage().heapUsed / 1e6)} MB heap, ${soak.failures.length} failures`,
    );
}
const after = await soak.rest();
const wrong = [...soak.failures, ...soak.compare(before, after)];
for (const line of wrong) console.error(line);
const wallMs = performance.now() - begin.wall;
report({
  virtualHoursCount: bench.virtualTime / 3_600_000,
  roundsCount: rounds,
  speedRatio: bench.virtualTime / wallMs,
  wallMs,
  threadMs: threadMs() - begin.thread,
  heapBeforeMB: before['heapMB'] ?? 0,
  heapMB: after['heapMB'] ?? 0,
  residentMB: residentMB(),
  mostEventsCount: soak.mostEvents,
  wrongCount: wrong.length,
});
if (wrong.length > 0) process.exitCode = 1;
