import type { Disposable } from './disposable.ts';

/** Virtual time. The only clock there is inside the simulation. */
export interface Clock {
  /** Milliseconds since the Unix epoch, in virtual time; may have a fraction. */
  now(): number;
  /** Runs `fn` as an event of its own `ms` milliseconds from now. Disposing cancels it. */
  setTimeout(fn: () => void, ms: number): Disposable;
  /** Runs `fn` every `ms` milliseconds until disposed; the first time after `ms`. */
  setInterval(fn: () => void, ms: number): Disposable;
  /** Resolves after `ms`. Never resolves once the owning process has ended: nobody is left to continue. */
  sleep(ms: number): Promise<void>;
}
