import type { Context } from '../../base/context.ts';

/** What client machinery needs of a process: its context, and a place for async work to fail. `ProcessContext` has it. */
export interface ComponentContext extends Context {
  /** Runs async work that belongs to the component; a rejection is a bug and ends the component. */
  go(work: () => Promise<void>): void;
}
