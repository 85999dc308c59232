import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type {
  CycleAnswer,
  WaitingPod,
  WhatIfAnswer,
  WhyNotAnswer,
} from '../../electron/shared/contract/scheduling.ts';
import { useConnection } from './connection.ts';
import { useUi } from './ui.ts';

/** Real milliseconds between two looks at the queues and at the Pod that is shown. */
const EVERY = 1000;

/** Which decision is looked at; `record` null: the newest of the Pod. */
export interface Which {
  readonly namespace: string;
  readonly name: string;
  readonly record: number | null;
}

/** Decisions of the schedulers, and what would change them. */
export const useScheduling = defineStore('scheduling', () => {
  const connection = useConnection();
  const ui = useUi();
  const which = shallowRef<Which | null>(null);
  const cycle = shallowRef<CycleAnswer>();
  const pods = shallowRef<readonly WaitingPod[]>([]);
  /** How many Pods wait, by queue: `pods` has the first of each. */
  const counts = shallowRef<Readonly<Record<string, number>>>({});
  const whyNot = shallowRef<WhyNotAnswer>();
  const whatIf = shallowRef<WhatIfAnswer>();
  /** Code of what was refused, and its words. */
  const failure = shallowRef<{ readonly code: string; readonly message: string } | null>(null);
  const asking = ref(false);

  /** Brings the view of the scheduler to the front; with a Pod, what was decided of it. */
  function show(next?: { namespace: string; name: string; record?: number | null }): void {
    ui.view = 'scheduler';
    if (next === undefined) return;
    which.value = { namespace: next.namespace, name: next.name, record: next.record ?? null };
    cycle.value = undefined;
    whyNot.value = undefined;
    whatIf.value = undefined;
    void load();
  }

  async function load(): Promise<void> {
    const asked = which.value;
    if (asked === null) return;
    try {
      const found = await connection.call('scheduling.cycle', asked);
      if (which.value !== asked) return;
      failure.value = null;
      // What is the same stays the same object: nothing is drawn again.
      if (JSON.stringify(found) !== JSON.stringify(cycle.value)) cycle.value = found;
    } catch (error) {
      if (which.value === asked) fail(error);
    }
  }

  async function loadQueues(): Promise<void> {
    try {
      const found = await connection.call('scheduling.queues', {});
      if (JSON.stringify(found.pods) !== JSON.stringify(pods.value)) pods.value = found.pods;
      counts.value = found.counts;
    } catch {
      // Not connected, or no cluster yet: the screens of those states say so, and it is asked again.
    }
  }

  /** Keeps both up to date for as long as the returned function is not called. */
  function follow(): () => void {
    const look = (): void => {
      void loadQueues();
      void load();
    };
    look();
    const timer = setInterval(look, EVERY);
    return () => clearInterval(timer);
  }

  /** The decision on the screen, also when a newer one comes meanwhile. */
  function shown(): Which {
    const { namespace, name } = which.value as Which;
    return { namespace, name, record: cycle.value?.record ?? null };
  }

  async function ask(question: () => Promise<void>): Promise<void> {
    asking.value = true;
    failure.value = null;
    try {
      await question();
    } catch (error) {
      fail(error);
    } finally {
      asking.value = false;
    }
  }

  function askWhyNot(node: string): Promise<void> {
    return ask(async () => {
      whyNot.value = await connection.call('scheduling.whyNot', { ...shown(), node });
    });
  }

  function askWhatIf(changes: string[]): Promise<void> {
    return ask(async () => {
      whatIf.value = await connection.call('scheduling.whatIf', { ...shown(), changes });
    });
  }

  function fail(error: unknown): void {
    const { code = '', message = String(error) } = error as { code?: string; message?: string };
    failure.value = { code, message };
  }

  return {
    which,
    cycle,
    pods,
    counts,
    whyNot,
    whatIf,
    failure,
    asking,
    show,
    follow,
    askWhyNot,
    askWhatIf,
  };
});
