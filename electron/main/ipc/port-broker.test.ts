import type { IpcMainEvent, MessagePortMain } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import type { BrokerDeps } from './port-broker.ts';
import { brokerPort } from './port-broker.ts';

const NONCE = '6f1d1f4e-6d61-4c9a-9f0a-0123456789ab';
const port = (name: string): MessagePortMain => ({ name }) as unknown as MessagePortMain;

function setUp(windowId: number | undefined = 1): {
  deps: BrokerDeps;
  toHost: ReturnType<typeof vi.fn>;
  refused: string[];
  created: () => number;
} {
  const toHost = vi.fn();
  const refused: string[] = [];
  let created = 0;
  return {
    toHost,
    refused,
    created: () => created,
    deps: {
      windowId: () => windowId,
      createChannel: () => {
        created += 1;
        return { port1: port('one'), port2: port('two') };
      },
      toHost,
      refuse: (why) => refused.push(why),
    },
  };
}

interface FakeFrame {
  url: string;
  postMessage: ReturnType<typeof vi.fn>;
}

function frame(url = 'app://leme/index.html'): FakeFrame {
  return { url, postMessage: vi.fn() };
}

function event(mainFrame: FakeFrame, senderFrame: FakeFrame | null = mainFrame, id = 1): IpcMainEvent {
  return { sender: { id, mainFrame }, senderFrame } as unknown as IpcMainEvent;
}

describe('brokerPort', () => {
  it('hands one end to the host and the other to the frame that asked', () => {
    const { deps, toHost, refused } = setUp();
    const main = frame();
    brokerPort(deps, event(main), NONCE);
    expect(toHost.mock.calls).toEqual([[{ name: 'one' }]]);
    expect(main.postMessage.mock.calls).toEqual([['leme:port', NONCE, [{ name: 'two' }]]]);
    expect(refused).toEqual([]);
  });

  it('makes a new channel each time', () => {
    const { deps, created } = setUp();
    brokerPort(deps, event(frame()), NONCE);
    brokerPort(deps, event(frame()), NONCE);
    expect(created()).toBe(2);
  });

  const strange: readonly (readonly [string, IpcMainEvent, unknown, string])[] = [
    ['another window', event(frame(), undefined, 2), NONCE, 'request from another window'],
    ['a sub-frame of ours', event(frame(), frame()), NONCE, 'request from a sub-frame'],
    ['a frame that is gone', event(frame(), null), NONCE, 'request from a sub-frame'],
    ['another site', event(frame('https://evil.example/')), NONCE, 'request from https://evil.example/'],
    ['a site named like ours', event(frame('app://leme.evil.example/')), NONCE, 'request from app://leme.evil.example/'],
    ['about:blank', event(frame('about:blank')), NONCE, 'request from about:blank'],
    ['no nonce', event(frame()), undefined, 'request without a nonce'],
    ['a short nonce', event(frame()), 'abc', 'request without a nonce'],
    ['a long nonce', event(frame()), 'a'.repeat(65), 'request without a nonce'],
    ['a nonce that is markup', event(frame()), '<script>0123456789', 'request without a nonce'],
    ['a nonce that is an object', event(frame()), { toString: () => NONCE }, 'request without a nonce'],
  ]; // prettier-ignore

  it.each(strange.map(([who, asked, nonce, why]) => ({ who, asked, nonce, why })))(
    'refuses $who',
    ({ asked, nonce, why }) => {
      const { deps, toHost, refused, created } = setUp();
      brokerPort(deps, asked, nonce);
      expect(refused).toEqual([why]);
      expect(created()).toBe(0);
      expect(toHost).not.toHaveBeenCalled();
      expect(vi.mocked(asked.senderFrame?.postMessage as () => void | undefined)?.mock?.calls ?? []).toEqual(
        [],
      );
    },
  );

  it('refuses everybody while there is no window', () => {
    const { deps, refused } = setUp(undefined);
    const without: BrokerDeps = { ...deps, windowId: () => undefined };
    brokerPort(without, event(frame()), NONCE);
    expect(refused).toEqual(['request from another window']);
  });
});
