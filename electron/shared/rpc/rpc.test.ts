import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contract as fullContract } from '../contract/contract.ts';
import { call, duplex, stream } from '../contract/define.ts';
import { channelPair } from './channel.ts';
import { contractHash } from './contract-hash.ts';
import { decodeFrame, encodeFrame } from './frames.ts';
import type { Frame } from './frames.ts';
import { RpcClient } from './rpc-client.ts';
import { RpcError } from './rpc-error.ts';
import { RpcServer } from './rpc-server.ts';

const contract = {
  'math.half': call(z.object({ n: z.number() }), z.object({ n: z.number() }), ['Odd']),
  'math.lie': call(z.object({}), z.object({ n: z.number() })),
  'count.to': stream(z.object({ n: z.number() }), z.object({ n: z.number() })),
  echo: duplex(z.object({}), z.object({ text: z.string() }), z.object({ text: z.string() })),
} as const;

function connect(): {
  client: RpcClient<typeof contract>;
  bugs: unknown[];
  released: string[];
  close(): void;
  raw(frame: Frame): void;
  sent: Frame[];
} {
  const [app, host] = channelPair();
  const bugs: unknown[] = [];
  const released: string[] = [];
  const sent: Frame[] = [];
  const server = new RpcServer(
    contract,
    {
      'math.half': ({ n }) => {
        if (n % 2 === 1) throw new RpcError('Odd', `${n} is odd`, { n });
        return { n: n / 2 };
      },
      'math.lie': () => ({ n: 'not a number' }) as unknown as { n: number },
      'count.to': ({ n }, sink) => {
        sink.onEnd(() => void released.push('count'));
        for (let value = 1; value <= n; value += 1) sink.next({ n: value });
        if (n < 10) sink.end();
      },
      echo: (_input, session) => {
        session.onEnd(() => void released.push('echo'));
        session.onUp((message) => session.next(message));
        session.onBytes((bytes) => session.sendBytes(bytes));
      },
    },
    { hash: 'h1', checkOutput: true, onBug: (_name, error) => void bugs.push(error) },
  );
  server.serve(host);
  app.onFrame((frame) => void sent.push(frame));
  return {
    client: new RpcClient(app),
    bugs,
    released,
    close: () => host.close('host gone'),
    raw: (frame) => app.send(frame),
    sent,
  };
}

const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('RPC', () => {
  it('answers calls and passes the entry’s own refusals', async () => {
    const { client } = connect();
    await expect(client.call('math.half', { n: 8 })).resolves.toEqual({ n: 4 });
    await expect(client.call('math.half', { n: 3 })).rejects.toMatchObject({
      code: 'Odd',
      message: '3 is odd',
      details: { n: 3 },
    });
  });

  it('tells bad input, unknown methods and bugs apart', async () => {
    const { client, bugs } = connect();
    await expect(client.call('math.half', { n: 'x' as unknown as number })).rejects.toMatchObject({
      code: 'BadInput',
    });
    await expect(client.call('nope' as 'math.half', { n: 1 })).rejects.toMatchObject({
      code: 'UnknownMethod',
      message: 'there is no call named "nope"',
    });
    await expect(client.call('__proto__' as 'math.half', { n: 1 })).rejects.toMatchObject({
      code: 'UnknownMethod',
    });
    await expect(client.call('math.lie', {})).rejects.toMatchObject({ code: 'Internal' });
    expect(bugs).toHaveLength(1);
  });

  it('streams items in order, ends, and releases what a cancelled stream held', async () => {
    const { client, released } = connect();
    const seen: string[] = [];
    const listener = {
      onItem: (item: { n: number }) => void seen.push(String(item.n)),
      onEnd: () => void seen.push('end'),
    };
    client.stream('count.to', { n: 3 }, listener);
    await settle();
    expect(seen).toEqual(['1', '2', '3', 'end']);
    const handle = client.stream('count.to', { n: 10 }, listener);
    await settle();
    handle.cancel();
    await settle();
    expect(seen.at(-1)).toBe('10');
    expect(released).toEqual(['count', 'count']);
  });

  it('carries messages and bytes both ways and ends with the connection', async () => {
    const { client, close, released } = connect();
    const seen: unknown[] = [];
    const handle = client.duplex(
      'echo',
      {},
      {
        onItem: (item) => void seen.push(item.text),
        onBytes: (bytes) => void seen.push([...bytes]),
        onEnd: (error) => void seen.push(error?.code),
      },
    );
    handle.send({ text: 'oi' });
    handle.sendBytes(new Uint8Array([0, 255]));
    await settle();
    close();
    await settle();
    expect(seen).toEqual(['oi', [0, 255], 'Disconnected']);
    expect(released).toEqual(['echo']);
    await expect(client.call('math.half', { n: 2 })).rejects.toMatchObject({ code: 'Disconnected' });
  });

  it('refuses a host of another version', async () => {
    const { client } = connect();
    await expect(client.hello('h1')).resolves.toBeUndefined();
    await expect(client.hello('h2')).rejects.toMatchObject({
      message: 'app and host are of different versions (h2, h1)',
    });
  });

  it('ends a duplex whose message does not fit, and closes on a frame of no known kind', async () => {
    const { raw, sent, client, released } = connect();
    client.duplex('echo', {}, { onItem: () => undefined, onBytes: () => undefined, onEnd: () => undefined });
    raw({ t: 'up', id: 1, message: { text: 5 } });
    await settle();
    expect(released).toEqual(['echo']);
    expect(sent.at(-1)).toMatchObject({ t: 'error', id: 1, error: { code: 'BadInput' } });
    raw({ t: 'what' } as unknown as Frame);
    await settle();
    await expect(client.call('math.half', { n: 2 })).rejects.toMatchObject({ code: 'Disconnected' });
  });
});

describe('frames', () => {
  it('survive the wire, bytes included', () => {
    const bytes = decodeFrame(
      encodeFrame({ t: 'bytes', id: 70_000, bytes: new Uint8Array([1, 2]) }) as Uint8Array,
    );
    expect(bytes).toEqual({ t: 'bytes', id: 70_000, bytes: new Uint8Array([1, 2]) });
    expect(decodeFrame(encodeFrame({ t: 'cancel', id: 2 }))).toEqual({ t: 'cancel', id: 2 });
  });

  it('refuse what is no frame', () => {
    expect(() => decodeFrame('[]')).toThrow('frame has no type');
    expect(() => decodeFrame('{')).toThrow();
    expect(() => decodeFrame(new Uint8Array([1]))).toThrow('binary frame is shorter than its header');
  });
});

describe('contractHash', () => {
  it('is stable for one contract and differs for another', () => {
    expect(contractHash(fullContract)).toBe(contractHash({ ...fullContract }));
    expect(contractHash(fullContract)).not.toBe(contractHash(contract));
  });
});
