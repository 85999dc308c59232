// @vitest-environment happy-dom
import { beforeAll, describe, expect, it, vi } from 'vitest';

const seen = vi.hoisted(() => ({
  exposed: [] as [string, unknown][],
  sent: [] as unknown[][],
  listeners: [] as [string, (event: unknown, nonce: string) => void][],
}));
vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, api: unknown) => seen.exposed.push([name, api]) },
  ipcRenderer: {
    send: (...message: unknown[]) => seen.sent.push(message),
    on: (channel: string, listener: (event: unknown, nonce: string) => void) =>
      seen.listeners.push([channel, listener]),
  },
}));

interface Bridge {
  readonly platform: string;
  requestPort(nonce: string): void;
}

let bridge: Bridge;

beforeAll(async () => {
  await import('./preload.ts');
  bridge = seen.exposed[0]?.[1] as Bridge;
});

describe('the preload', () => {
  it('exposes hostBridge with platform and requestPort, nothing else, and frozen', () => {
    expect(seen.exposed.map(([name]) => name)).toEqual(['hostBridge']);
    expect(Object.keys(bridge)).toEqual(['platform', 'requestPort']);
    expect(bridge.platform).toBe(process.platform);
    expect(Object.isFrozen(bridge)).toBe(true);
  });

  it('asks for a port by one message, and gives the page nothing back', () => {
    bridge.requestPort('0123456789abcdef');
    expect(seen.sent).toEqual([['leme:request-port', '0123456789abcdef']]);
  });

  it('passes the port on to its own origin only', () => {
    expect(seen.listeners.map(([channel]) => channel)).toEqual(['leme:port']);
    const posted: unknown[][] = [];
    vi.spyOn(window, 'postMessage').mockImplementation((...message: unknown[]) => void posted.push(message));
    const ports = [new MessageChannel().port1];
    seen.listeners[0]?.[1]({ ports }, 'abc');
    expect(posted).toEqual([[{ type: 'leme:port', nonce: 'abc' }, window.location.origin, ports]]);
    expect(posted[0]?.[1]).not.toBe('*');
  });
});
