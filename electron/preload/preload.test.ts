// @vitest-environment happy-dom
import { beforeAll, describe, expect, it, vi } from 'vitest';

interface Bridge {
  readonly platform: string;
  requestPort(nonce: string): void;
}
type PortListener = (event: unknown, nonce: string) => void;

/** What the preload did with Electron, kept over all tests: it runs once. */
const seen = vi.hoisted(() => ({
  exposed: [] as [string, unknown][],
  sent: [] as unknown[][],
  listened: [] as [string, unknown][],
}));
vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, api: unknown) => void seen.exposed.push([name, api]) },
  ipcRenderer: {
    send: (...args: unknown[]) => void seen.sent.push(args),
    on: (channel: string, listener: unknown) => void seen.listened.push([channel, listener]),
  },
}));

beforeAll(async () => {
  await import('./preload.ts');
});

const bridge = (): Bridge => seen.exposed[0]?.[1] as Bridge;

describe('the preload', () => {
  it('exposes hostBridge with platform and requestPort, nothing else, and frozen', () => {
    expect(seen.exposed.map(([name]) => name)).toEqual(['hostBridge']);
    expect(Object.keys(bridge())).toEqual(['platform', 'requestPort']);
    expect(bridge().platform).toBe(process.platform);
    expect(Object.isFrozen(bridge())).toBe(true);
  });

  it('asks for a port by one message, and gives the page nothing back', () => {
    expect(bridge().requestPort('0123456789abcdef')).toBeUndefined();
    expect(seen.sent).toEqual([['leme:request-port', '0123456789abcdef']]);
  });

  it('passes the port on to its own origin only', () => {
    expect(seen.listened.map(([channel]) => channel)).toEqual(['leme:port']);
    const listener = seen.listened[0]?.[1] as PortListener;
    const post = vi.spyOn(window, 'postMessage').mockImplementation(() => undefined);
    const ports = [new MessageChannel().port1];
    listener({ ports }, 'abc');
    expect(post.mock.calls).toEqual([[{ type: 'leme:port', nonce: 'abc' }, window.location.origin, ports]]);
    expect(post.mock.calls[0]?.[1]).not.toBe('*');
    for (const port of ports) port.close();
  });
});
