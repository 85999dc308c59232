import { beforeEach, describe, expect, it } from 'vitest';
import { newTestSimulation } from '../../base/simulation.testing.ts';
import type { Simulation } from '../../base/simulation.ts';
import type { ProcessContext } from '../machine/interface.ts';
import { volatileStore } from '../machine/local-state.ts';
import { SimulatedMachine } from '../machine/machine.ts';
import type { HttpExchange } from '../network/http.ts';
import { listenHttp } from '../network/http-server.ts';
import { SimulatedNetwork } from '../network/network.ts';
import type { GatewayCall } from './interface.ts';
import { OutsideGateway } from './outside-gateway.ts';

const spec = (name: string, ip: string) =>
  ({
    name,
    ip,
    role: 'outside',
    os: 'linux',
    cpus: 1,
    memory: 1,
    disk: 10_000_000_000,
    isNode: false,
  }) as const;
let simulation: Simulation;
let machines: Map<string, SimulatedMachine>;
let gateway: OutsideGateway;
/** kube-apiserver of the first machine. */
let server: ReturnType<SimulatedMachine['spawn']> | undefined;
/** Calls that have arrived, by server. */
let arrived: { readonly server: string; readonly exchange: HttpExchange }[];
let events: string[];

const run = (ms = 10): Promise<void> => simulation.runUntil(simulation.now + ms);

/** Connections on which something has been asked so far. */
function connections(): number {
  const used = new Set<number>();
  for (const record of simulation.log.range(1)) {
    if (record.kind === 'message' && record.phase === 'request') used.add(record.connection);
  }
  return used.size;
}

function call(target: string): GatewayCall {
  return gateway.call({ method: 'GET', target, headers: {} }, undefined, {
    onResponse: ({ status }) => events.push(`${target} ${status}`),
    onItem: () => events.push(`${target} item`),
    onEnd: (error) => events.push(`${target} ${error === undefined ? 'end' : error.message}`),
  });
}

function answer(index: number, stream = false): void {
  simulation.schedule(simulation.now, () =>
    arrived[index]?.exchange.respond({ status: 200, headers: {}, stream }),
  );
}

beforeEach(async () => {
  simulation = newTestSimulation();
  const network = new SimulatedNetwork(simulation);
  arrived = [];
  server = undefined;
  events = [];
  machines = new Map();
  for (const [index, name] of ['a', 'b'].entries()) {
    const machine = new SimulatedMachine(
      spec(name, `10.0.0.${index + 1}`),
      simulation,
      network,
      volatileStore(),
    );
    machines.set(name, machine);
    const program = (process: ProcessContext): Promise<number> => {
      listenHttp(process.net, 6443, (exchange) => arrived.push({ server: name, exchange }));
      return new Promise<number>(() => undefined);
    };
    const process = machine.spawn({ name: 'kube-apiserver', program });
    server ??= process;
  }
  gateway = new OutsideGateway({ simulation, servers: ['a', 'b'].map((host) => ({ host, port: 6443 })) });
  new SimulatedMachine(spec('o', '10.0.0.9'), simulation, network, volatileStore()).spawn({
    name: 'gateway',
    program: gateway.program,
  });
  await run();
});

describe('the gateway from outside', () => {
  it('uses a connection again for the next call of a command', async () => {
    call('/one');
    await run();
    answer(0);
    await run();
    call('/two');
    await run();
    expect(events).toEqual(['/one 200', '/one end']);
    expect(arrived).toHaveLength(2);
    expect(connections()).toBe(1);
  });

  it('gives calls under way at the same time connections of their own', async () => {
    call('/one');
    call('/two');
    await run();
    expect(connections()).toBe(2);
  });

  it('dials anew for who comes later', async () => {
    call('/one');
    await run();
    answer(0);
    await run(200);
    call('/two');
    await run();
    expect(connections()).toBe(2);
  });

  it('does not let a machine that went off before break a later call', async () => {
    call('/one');
    await run();
    answer(0);
    await run(200);
    simulation.schedule(simulation.now, () => machines.get('a')?.powerOff());
    await run();
    call('/two');
    // The first server is silent until the dial is given up.
    await run(31_000);
    expect(arrived.map(({ server }) => server)).toEqual(['a', 'b']);
    answer(1);
    await run();
    expect(events).toEqual(['/one 200', '/one end', '/two 200', '/two end']);
  });

  it('keeps the connection of a stream that was cancelled, for one call', async () => {
    const watch = call('/watch');
    await run();
    answer(0, true);
    await run();
    watch.cancel();
    await run();
    call('/one');
    call('/two');
    await run();
    expect(connections()).toBe(2);
    expect(events).toEqual(['/watch 200']);
  });

  it('tells a call under way that its server died', async () => {
    call('/one');
    await run();
    simulation.schedule(simulation.now, () => server?.kill('SIGKILL'));
    await run();
    expect(events).toEqual(['/one read tcp 10.0.0.9->10.0.0.1: read: connection reset by peer']);
  });
});
