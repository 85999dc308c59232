/** Real milliseconds that the host has to store and close; then it is ended. */
const PATIENCE = 5000;

/** What the gate needs of Electron's `UtilityProcess`. */
export interface QuittableHost {
  postMessage(message: unknown): void;
  once(event: 'exit', listener: () => void): unknown;
  kill(): boolean;
}

export interface QuitGateDeps {
  readonly host: () => QuittableHost | undefined;
  /** Asks Electron to quit again. */
  readonly quit: () => void;
}

/**
 * Holds a quit back until the host has stored what it has and ended: Electron would end it in the middle.
 * The workspace survives even that; consoles and their programs would not be ended in order.
 */
export class QuitGate {
  readonly #deps: QuitGateDeps;
  #ending = false;
  #ended = false;

  constructor(deps: QuitGateDeps) {
    this.#deps = deps;
  }

  /** Listener of `before-quit`. */
  beforeQuit(event: { preventDefault(): void }): void {
    const host = this.#deps.host();
    if (this.#ended || host === undefined) return;
    event.preventDefault();
    if (this.#ending) return;
    this.#ending = true;
    const timer = setTimeout(() => host.kill(), PATIENCE);
    host.once('exit', () => {
      clearTimeout(timer);
      this.#ended = true;
      this.#deps.quit();
    });
    host.postMessage('quit');
  }
}
