/** Name of the world in which a preload script runs, beside the page's. */
export const WORLD = 'Electron Isolated Context';
/** Function that the isolated world calls to reach the main process; the page's world has no such thing. */
export const BINDING = '__lemeShim';

/**
 * The page's half of `contextBridge`: builds what the preload exposes. Both worlds share the document's events and
 * nothing else; the name of the event is a secret of this run. Calls are synchronous and carry JSON.
 */
function pageHalf(secret: string): void {
  let answer: { value?: unknown; error?: string } | undefined;
  // Ports that the preload passed on, in order: Electron tells a page when the far end of one is gone, Chromium does not.
  const arrived: MessagePort[] = [];
  window.addEventListener('message', (event) => void arrived.push(...event.ports));
  const send = (message: object): void => {
    window.dispatchEvent(new CustomEvent(`${secret}:up`, { detail: JSON.stringify(message) }));
  };
  const build = (shape: unknown): unknown => {
    const { fn, object, value } = shape as { fn?: number; object?: Record<string, unknown>; value?: unknown };
    if (object !== undefined)
      return Object.freeze(
        Object.fromEntries(Object.entries(object).map(([key, item]) => [key, build(item)])),
      );
    if (fn === undefined) return value;
    return (...args: unknown[]): unknown => {
      if (args.some((arg) => typeof arg === 'function' || arg instanceof Promise))
        throw new Error('the shim of Electron carries JSON through contextBridge');
      answer = undefined;
      send({ fn, args });
      const { value: result, error } = (answer as typeof answer) ?? {
        value: undefined,
        error: 'the preload script did not answer',
      };
      if (error !== undefined) throw new Error(error);
      return result;
    };
  };
  window.addEventListener(`${secret}:down`, (event) => {
    event.stopImmediatePropagation();
    const message = JSON.parse((event as CustomEvent<string>).detail) as {
      expose?: string;
      shape?: unknown;
      answer?: { value?: unknown; error?: string };
      closed?: number;
    };
    if (message.closed !== undefined) arrived[message.closed]?.dispatchEvent(new Event('close'));
    if (message.answer !== undefined) answer = message.answer;
    if (message.expose !== undefined)
      Object.defineProperty(window, message.expose, { value: build(message.shape), enumerable: true });
  });
}

/** The isolated half: `require('electron')` of a sandboxed preload, and the ports that the main process hands over. */
function isolatedHalf(
  secret: string,
  binding: string,
  platform: string,
  preload: (...globals: unknown[]) => void,
): void {
  if (window !== window.top) return;
  const toMain = (message: object): void =>
    (globalThis as unknown as Record<string, (text: string) => void>)[binding]?.(JSON.stringify(message));
  const unknown = (name: string, members: object): object =>
    new Proxy(members, {
      get: (target, property) => {
        if (property in target || typeof property === 'symbol')
          return Reflect.get(target, property) as unknown;
        throw new Error(`the shim of Electron does not know ${name}.${property}`);
      },
    });
  const encode = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value, (_key, item: unknown) => {
        if (!(item instanceof Uint8Array)) return item;
        let text = '';
        for (const byte of item) text += String.fromCharCode(byte);
        return { $bytes: btoa(text) };
      }),
    );
  const decode = (text: string): unknown =>
    JSON.parse(text, (_key, item: unknown) => {
      const bytes = (item as { $bytes?: unknown } | null)?.$bytes;
      return typeof bytes === 'string' ? Uint8Array.from(atob(bytes), (char) => char.charCodeAt(0)) : item;
    });

  const functions: ((...args: unknown[]) => unknown)[] = [];
  const shapeOf = (value: unknown): object => {
    if (typeof value === 'function') return { fn: functions.push(value as () => unknown) - 1 };
    if (typeof value !== 'object' || value === null) return { value };
    return { object: Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item)])) };
  };
  const down = (message: object): void => {
    window.dispatchEvent(new CustomEvent(`${secret}:down`, { detail: JSON.stringify(message) }));
  };
  window.addEventListener(`${secret}:up`, (event) => {
    const { fn, args } = JSON.parse((event as CustomEvent<string>).detail) as { fn: number; args: unknown[] };
    try {
      const value = functions[fn]?.(...args);
      if (value instanceof Promise) throw new Error('the shim of Electron has no promises in contextBridge');
      down({ answer: { value } });
    } catch (error) {
      down({ answer: { error: error instanceof Error ? error.message : String(error) } });
    }
  });

  const listeners = new Map<string, ((event: object, ...args: unknown[]) => void)[]>();
  const ports = new Map<number, MessagePort>();
  const electron = unknown('electron', {
    contextBridge: unknown('contextBridge', {
      exposeInMainWorld: (name: string, api: unknown) => down({ expose: name, shape: shapeOf(api) }),
    }),
    ipcRenderer: unknown('ipcRenderer', {
      send: (channel: string, ...args: unknown[]) => toMain({ op: 'send', channel, args: encode(args) }),
      on: (channel: string, listener: (event: object, ...args: unknown[]) => void) =>
        listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
    }),
  });
  /** Called by the main process with `Runtime.evaluate`. */
  Object.defineProperty(globalThis, `${binding}Receive`, {
    value: (text: string) => {
      for (const message of decode(text) as Record<string, unknown>[]) {
        const port = ports.get(message['port'] as number);
        if (message['op'] === 'port') port?.postMessage(message['data']);
        if (message['op'] === 'close') {
          port?.close();
          down({ closed: [...ports.keys()].indexOf(message['port'] as number) });
        }
        if (message['op'] !== 'ipc') continue;
        const handed = (message['ports'] as number[]).map((number) => {
          const { port1, port2 } = new MessageChannel();
          ports.set(number, port1);
          port1.onmessage = ({ data }) => toMain({ op: 'port', port: number, data: encode(data) });
          return port2;
        });
        const event = unknown('event', { ports: handed, sender: electron });
        for (const listener of listeners.get(message['channel'] as string) ?? [])
          listener(event, ...(message['args'] as unknown[]));
      }
    },
  });
  const require = (name: string): object => {
    if (name === 'electron') return electron;
    throw new Error(`a sandboxed preload script cannot require ${name}`);
  };
  const module = { exports: {} };
  preload(require, module, module.exports, unknown('process', { platform }));
}

/** Source for the page's own world. */
export function pageScript(secret: string): string {
  return `(${pageHalf.toString()})(${JSON.stringify(secret)})`;
}

/** Source for the isolated world, with the preload script inside. */
export function isolatedScript(secret: string, preload: string): string {
  const args = [secret, BINDING, process.platform].map((text) => JSON.stringify(text)).join(', ');
  return `(${isolatedHalf.toString()})(${args}, (require, module, exports, process) => {${preload}\n})`;
}
