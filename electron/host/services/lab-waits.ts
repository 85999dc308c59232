import type { LabSession } from '../../labs/lab-session.ts';

/** What is looked at while somebody waits. */
export type WaitedFor = Pick<LabSession, 'attempt' | 'time'>;

/** Those who wait for something in the lab that is open. */
export class LabWaits {
  readonly #looks = new Set<(session: WaitedFor) => void>();

  /**
   * Resolves true once `check` holds; false when `ms` of the cluster's time have gone by, the lab was begun anew, or `abort`
   * fires. While time stands still it waits on.
   */
  wait(
    session: WaitedFor,
    check: (session: WaitedFor) => boolean,
    ms: number,
    abort: AbortSignal,
  ): Promise<boolean> {
    const until = session.time + ms;
    return new Promise((resolve) => {
      const finish = (met: boolean): void => {
        this.#looks.delete(look);
        resolve(met);
      };
      const look = (now: WaitedFor): void => {
        if (now === session && check(now)) finish(true);
        else if (now !== session || now.time >= until) finish(false);
      };
      this.#looks.add(look);
      abort.addEventListener('abort', () => finish(false), { once: true });
      look(session);
    });
  }

  /** To be called after every evaluation. */
  look(session: WaitedFor): void {
    for (const look of [...this.#looks]) look(session);
  }
}
