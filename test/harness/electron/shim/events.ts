/** As of Electron's overloads; the argument types are checked where each member is typed against electron.d.ts. */
export type Listener = (...args: never[]) => void;

/** Listeners of a closed set of events; to listen to another one throws. */
export class Events {
  readonly #name: string;
  readonly #known: readonly string[];
  readonly #listeners = new Map<string, { listener: Listener; once: boolean }[]>();

  constructor(name: string, known: readonly string[]) {
    this.#name = name;
    this.#known = known;
  }

  add(event: string, listener: Listener, once = false): void {
    if (!this.#known.includes(event))
      throw new Error(`the shim of Electron does not know the event ${event} of ${this.#name}`);
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), { listener, once }]);
  }

  emit(event: string, ...args: unknown[]): void {
    const entries = this.#listeners.get(event) ?? [];
    this.#listeners.set(
      event,
      entries.filter(({ once }) => !once),
    );
    for (const { listener } of entries) (listener as (...all: unknown[]) => void)(...args);
  }

  has(event: string): boolean {
    return (this.#listeners.get(event) ?? []).length > 0;
  }
}

/** Emits with an event that can be refused. True when nobody refused. */
export function ask(events: Events, event: string, ...args: unknown[]): boolean {
  let refused = false;
  events.emit(event, { preventDefault: () => void (refused = true) }, ...args);
  return !refused;
}
