import { beforeEach, describe, expect, it } from 'vitest';
import type { Simulation } from '../../base/simulation.ts';
import { newTestSimulation } from '../../base/simulation.testing.ts';
import { volatileStore } from '../machine/local-state.ts';
import { SimulatedMachine } from '../machine/machine.ts';
import type { Program } from '../machine/interface.ts';
import type { Connection } from './interface.ts';
import { SimulatedNetwork } from './network.ts';

const META = { phase: 'request', summary: 'hello', call: 1 } as const;
const never = (): Promise<number> => new Promise(() => undefined);

let simulation: Simulation;
let network: SimulatedNetwork;
let alpha: SimulatedMachine;
let beta: SimulatedMachine;

function machine(name: string, ip: string): SimulatedMachine {
  const spec = {
    name,
    ip,
    role: 'worker',
    os: 'linux',
    cpus: 2,
    memory: 1,
    disk: 10_000_000_000,
    isNode: true,
  } as const;
  return new SimulatedMachine(spec, simulation, network, volatileStore());
}

beforeEach(() => {
  simulation = newTestSimulation();
  network = new SimulatedNetwork(simulation);
  alpha = machine('alpha', '10.0.0.1');
  beta = machine('beta', '10.0.0.2');
});

/** A server that echoes, and what happened to its connections. */
function echo(log: string[]): Program {
  return async (process) => {
    process.net.listen(80, 'tcp', (connection) => {
      connection.onMessage((payload) => connection.send(payload, { ...META, phase: 'response' }));
      connection.onClose((reason) => void log.push(`server ${reason}`));
    });
    return never();
  };
}

/** A client that keeps what it saw. */
function client(log: string[], opened: (connection: Connection) => void = () => undefined): Program {
  return async (process) => {
    try {
      const connection = await process.net.dial({ host: 'beta', port: 80 }, { protocol: 'tcp' });
      connection.onMessage((payload) => void log.push(`got ${String(payload)}`));
      connection.onClose((reason) => void log.push(`client ${reason}`));
      opened(connection);
      connection.send('ping', META);
    } catch (error) {
      log.push((error as Error).message);
    }
    return never();
  };
}

describe('SimulatedNetwork', () => {
  it('carries a message there and back, recorded with its cause', async () => {
    const log: string[] = [];
    beta.spawn({ name: 'server', program: echo(log) });
    alpha.spawn({ name: 'client', program: client(log) });
    await simulation.runUntil(simulation.now + 10);
    expect(log).toEqual(['got ping']);
    const messages = [...simulation.log.range(1)].filter((record) => record.kind === 'message');
    expect(messages.map((record) => `${record.actor} > ${record.to}`)).toEqual([
      'alpha/client > beta/server',
      'beta/server > alpha/client',
    ]);
    expect(messages[1]?.cause).toBe(messages[0]?.id);
  });

  it('refuses where nobody listens and knows no unknown name', async () => {
    const log: string[] = [];
    alpha.spawn({ name: 'client', program: client(log) });
    alpha.spawn({
      name: 'lost',
      program: async (process) => {
        await process.net
          .dial({ host: 'nowhere', port: 1 }, { protocol: 'tcp' })
          .catch((error: Error) => log.push(error.message));
        return 0;
      },
    });
    await simulation.runUntil(simulation.now + 10);
    expect(log.sort()).toEqual([
      'dial tcp beta:80: connect: connection refused',
      'dial tcp: lookup nowhere: no such host',
    ]);
  });

  it('refuses a port that is taken', async () => {
    const log: string[] = [];
    beta.spawn({ name: 'one', program: echo(log) });
    const second = beta.spawn({ name: 'two', program: echo(log) });
    await simulation.runUntil(simulation.now + 1);
    expect(second.exit).toEqual({ code: 2, message: 'listen tcp :80: bind: address already in use' });
  });

  it('resets the peers of a killed process, and frees its port', async () => {
    const log: string[] = [];
    const server = beta.spawn({ name: 'server', program: echo(log) });
    alpha.spawn({ name: 'client', program: client(log) });
    await simulation.runUntil(simulation.now + 10);
    server.kill('SIGKILL');
    await simulation.runUntil(simulation.now + 10);
    expect(log).toEqual(['got ping', 'server process-ended', 'client reset']);
    beta.spawn({ name: 'again', program: echo(log) });
    await simulation.runUntil(simulation.now + 1);
    expect(beta.processes.map((process) => process.name)).toEqual(['again']);
  });

  it('keeps messages over a short cut and times out over a long one', async () => {
    const log: string[] = [];
    let connection: Connection | undefined;
    beta.spawn({ name: 'server', program: echo(log) });
    alpha.spawn({ name: 'client', program: client(log, (opened) => (connection = opened)) });
    await simulation.runUntil(simulation.now + 10);
    network.cut({ from: 'alpha', to: 'beta' });
    connection?.send('late', META);
    await simulation.runUntil(simulation.now + 20_000);
    expect(log).toEqual(['got ping']);
    network.heal({ from: 'alpha', to: 'beta' });
    await simulation.runUntil(simulation.now + 60_000);
    expect(log).toEqual(['got ping', 'got late']);
    network.cut({ from: 'beta', to: 'alpha' });
    await simulation.runUntil(simulation.now + 46_000);
    expect(log.slice(2).sort()).toEqual(['client timeout', 'server timeout']);
  });

  it('leaves the peers of a machine without power in the dark until they time out', async () => {
    const log: string[] = [];
    beta.spawn({ name: 'server', program: echo(log) });
    alpha.spawn({ name: 'client', program: client(log) });
    await simulation.runUntil(simulation.now + 10);
    beta.powerOff();
    await simulation.runUntil(simulation.now + 1_000);
    expect(log).toEqual(['got ping', 'server process-ended']);
    await simulation.runUntil(simulation.now + 60_000);
    expect(log).toEqual(['got ping', 'server process-ended', 'client timeout']);
    alpha.spawn({ name: 'second', program: client(log) });
    await simulation.runUntil(simulation.now + 31_000);
    expect(log.at(-1)).toBe('dial tcp beta:80: i/o timeout');
  });

  it('keeps the order of messages although their latency varies', async () => {
    const log: string[] = [];
    beta.spawn({ name: 'server', program: echo(log) });
    alpha.spawn({
      name: 'client',
      program: client(log, (connection) => {
        for (let index = 0; index < 50; index += 1) connection.send(String(index), META);
      }),
    });
    await simulation.runUntil(simulation.now + 20);
    expect(log).toEqual([...Array.from({ length: 50 }, (_, index) => `got ${index}`), 'got ping']);
  });

  describe('messages that repeat themselves', () => {
    const beat = (word: string) => ({ ...META, summary: 'still here', repeats: word });
    const records = () =>
      [...simulation.log.range(1)].filter(
        (record) => record.kind === 'message' && record.actor === 'alpha/client',
      ) as { summary: string; detail?: object; dropped?: string }[];

    async function connected(log: string[]): Promise<Connection> {
      beta.spawn({ name: 'server', program: echo([]) });
      let connection: Connection | undefined;
      alpha.spawn({ name: 'client', program: client(log, (opened) => (connection = opened)) });
      await simulation.runUntil(simulation.now + 10);
      return connection as Connection;
    }

    it('share a record for a second, and all arrive', async () => {
      const log: string[] = [];
      const connection = await connected(log);
      for (let at = 0; at < 20; at += 1) {
        connection.send(at, beat('a'));
        await simulation.runUntil(simulation.now + 100);
      }
      expect(log.slice(1)).toEqual(Array.from({ length: 20 }, (_, at) => `got ${at}`));
      expect(records().map(({ summary, detail }) => [summary, detail])).toEqual([
        ['hello', undefined],
        ['still here', undefined],
        ['still here', { unrecorded: 9 }],
      ]);
    });

    it('have a record of their own when they say something else, and when they do not get through', async () => {
      const connection = await connected([]);
      connection.send(1, beat('a'));
      connection.send(2, beat('b'));
      connection.send(3, META);
      connection.send(4, beat('b'));
      network.cut({ from: 'alpha', to: 'beta' });
      connection.send(5, beat('b'));
      connection.send(6, beat('b'));
      expect(records().map(({ summary, dropped }) => [summary, dropped])).toEqual([
        ['hello', undefined],
        ['still here', undefined],
        ['still here', undefined],
        ['hello', undefined],
        ['still here', 'link-cut'],
      ]);
    });
  });
});
