/** One that wants to do something before the machine goes off. */
interface Lock {
  readonly prepare: () => Promise<void>;
  /** Resolves when it does not want to any more, e.g. because its process has ended. */
  readonly released: Promise<void>;
}

/** Who holds back the shutdown of a machine for a while. Models the delay locks of systemd-logind. */
export class ShutdownInhibitors {
  readonly #locks = new Set<Lock>();

  /** `prepare` is called when the machine is to go off, which waits for it. */
  add(prepare: () => Promise<void>): { dispose(): void } {
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const lock = { prepare, released };
    this.#locks.add(lock);
    return {
      dispose: () => {
        this.#locks.delete(lock);
        release();
      },
    };
  }

  /** Resolves when all are ready. */
  async prepare(): Promise<void> {
    await Promise.all([...this.#locks].map((lock) => Promise.race([lock.prepare(), lock.released])));
  }
}
