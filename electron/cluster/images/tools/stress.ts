import type { Task, Tool } from '../container/interface.ts';
import { parseArguments, ToolError } from './arguments.ts';

const SIZES: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
const TIMES: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const DEFAULT_BYTES = 256 * 1024 ** 2;
/** Bytes a millisecond that a worker touches. */
const PACE = 1_000_000;
/** Bytes after which what it holds is counted anew. */
const STEP = 64 * 1024 ** 2;

function amount(task: Task, text: string, units: Readonly<Record<string, number>>): number {
  const [, number, unit = ''] = /^(\d+)([a-zA-Z]?)$/.exec(text) ?? [];
  const factor = unit === '' ? 1 : units[unit.toLowerCase()];
  if (number === undefined || factor === undefined)
    throw new ToolError(`${task.argv[0] ?? 'stress'}: FAIL: [${pid(task)}] unrecognized suffix: ${text}`);
  return Number(number) * factor;
}

const pid = (task: Task): number => task.world.pidOf(task.process.pid);

/** `stress`: processes, memory that workers take bit by bit (`--vm`, `--vm-bytes`), a core for each of them and of `--cpu`; disks are not modelled. */
export const stress: Tool = async (task) => {
  const { values } = parseArguments(task, 'vqn', 'cimdtBH', {
    cpu: 'c', io: 'i', vm: 'm', hdd: 'd', timeout: 't', 'vm-bytes': 'B', 'vm-hang': 'H', verbose: 'v', quiet: 'q', 'dry-run': 'n',
  }); // prettier-ignore
  const workers = (letter: string): number => amount(task, values.get(letter) ?? '0', {});
  const [cpu, io, vm, hdd] = ['c', 'i', 'm', 'd'].map(workers) as [number, number, number, number];
  if (cpu + io + vm + hdd === 0) {
    task.stdout.write("`stress' imposes certain types of compute stress on your system\n");
    return 0;
  }
  const say = (text: string): void => task.stdout.write(`stress: info: [${pid(task)}] ${text}\n`);
  say(`dispatching hogs: ${cpu} cpu, ${io} io, ${vm} vm, ${hdd} hdd`);
  const bytes = vm * (values.has('B') ? amount(task, values.get('B') ?? '', SIZES) : DEFAULT_BYTES);
  const { clock } = task.process;
  const since = clock.now();
  try {
    task.world.children.hold(task.process.pid, cpu + io + vm + hdd);
    task.world.cpu.use(task.process.pid, cpu + vm);
    for (let held = 0; held < bytes;) {
      const next = Math.min(bytes, held + STEP);
      await clock.sleep((next - held) / PACE);
      held = next;
      task.world.memory.hold(task.process.pid, held);
    }
    const timeout = values.get('t');
    if (timeout === undefined) return await new Promise<number>(() => undefined);
    const seconds = amount(task, timeout, TIMES);
    await clock.sleep(Math.max(0, since + seconds * 1000 - clock.now()));
    say(`successful run completed in ${seconds}s`);
    return 0;
  } finally {
    task.world.memory.hold(task.process.pid, 0);
    task.world.cpu.use(task.process.pid, 0);
    task.world.children.hold(task.process.pid, 0);
  }
};
