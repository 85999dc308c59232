import { type Property, Violation } from './invariants.testing.ts';
import type { Mutation } from './mutation.testing.ts';
import {
  type Action,
  describeAction,
  generateSchedule,
  type Schedule,
  type Setting,
} from './schedule.testing.ts';
import { World } from './world.testing.ts';

export interface Failure {
  readonly property: Property;
  readonly message: string;
  readonly trace: readonly string[];
}

/** Undefined: every property held. A bug that raft itself notices (it throws) is a failure too. */
export function runSchedule(
  schedule: Schedule,
  mutation: Mutation = {},
  tracing = false,
): Failure | undefined {
  return runWorld(schedule, mutation, tracing).failure;
}

function runWorld(
  schedule: Schedule,
  mutation: Mutation,
  tracing: boolean,
): { readonly failure: Failure | undefined; readonly world: World } {
  const world = new World(schedule.setting, mutation, tracing);
  try {
    for (const action of schedule.actions) world.run(action);
    world.finish();
    return { failure: undefined, world };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const property = error instanceof Violation ? error.property : 'panic';
    return { failure: { property, message: error.message, trace: world.trace }, world };
  }
}

/** What many schedules added up to. */
export interface Totals {
  schedules: number;
  leaders: number;
  committed: number;
  changes: number;
  operations: number;
  stranded: number;
  undecided: number;
}

/** Seeds `first` and on. Throws what a person needs to know about the first failure. */
export function runMany(first: number, count: number): Totals {
  const totals: Totals = {
    schedules: 0,
    leaders: 0,
    committed: 0,
    changes: 0,
    operations: 0,
    stranded: 0,
    undecided: 0,
  };
  for (let seed = first; seed < first + count; seed += 1) {
    const { failure, world } = runWorld(generateSchedule(seed), {}, false);
    if (failure !== undefined) throw new Error(describeFailure(seed, failure));
    const { leaders, committed, changes } = world.invariants.counts();
    totals.schedules += 1;
    totals.leaders += leaders;
    totals.committed += committed;
    totals.changes += changes;
    totals.operations += world.judged;
    if (world.stranded) totals.stranded += 1;
    if (world.undecided) totals.undecided += 1;
  }
  return totals;
}

/** Fewer actions with which the same property fails. At most `budget` runs. */
function shrink(schedule: Schedule, mutation: Mutation, property: Property, budget: number): Schedule {
  let actions: readonly Action[] = schedule.actions;
  let left = budget;
  for (let size = Math.ceil(actions.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < actions.length && left > 0;) {
      const shorter = [...actions.slice(0, at), ...actions.slice(at + size)];
      left -= 1;
      if (runSchedule({ ...schedule, actions: shorter }, mutation)?.property === property) actions = shorter;
      else at += size;
    }
  }
  return { ...schedule, actions };
}

/** What a person needs: the seed, what failed, and a short way there. */
export function describeFailure(seed: number, failure: Failure, mutation: Mutation = {}): string {
  const short = shrink(generateSchedule(seed), mutation, failure.property, 400);
  const again = runSchedule(short, mutation, true) ?? failure;
  return [
    `seed ${seed}: ${again.property}: ${again.message}`,
    `setting: ${describeSetting(short.setting)}`,
    `${short.actions.length} of ${generateSchedule(seed).actions.length} actions are enough:`,
    ...short.actions.map((action) => `  ${describeAction(action)}`),
    'trace:',
    ...again.trace.slice(-200).map((line) => `  ${line}`),
  ].join('\n');
}

function describeSetting(setting: Setting): string {
  return Object.entries(setting)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}
