import { beforeEach, expect, it } from 'vitest';
import { newTestSimulation } from '../../base/simulation.testing.ts';
import type { Simulation } from '../../base/simulation.ts';
import type { Process } from '../machine/interface.ts';
import { volatileStore } from '../machine/local-state.ts';
import { SimulatedMachine } from '../machine/machine.ts';
import { listenHttp } from '../network/http-server.ts';
import { SimulatedNetwork } from '../network/network.ts';
import { LetInMachineConnection } from './machine-connection.ts';

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
let network: SimulatedNetwork;
let client: SimulatedMachine;
let server: Process;
let events: string[];

const run = (ms = 10): Promise<void> => simulation.runUntil(simulation.now + ms);

function connect(port = 6443): LetInMachineConnection {
  return new LetInMachineConnection(
    { simulation, machine: client, program: 'curl', to: { host: '10.0.0.10', port } },
    {
      onConnect: ({ actor, ip }) => events.push(`connected to ${actor} at ${ip}`),
      onRefused: ({ code, elapsed }) => events.push(`${code} after ${elapsed} ms`),
      onClose: () => events.push('closed'),
    },
  );
}

function call(connection: LetInMachineConnection, target: string): void {
  connection.call({ method: 'GET', target, headers: {} }, undefined, {
    onResponse: ({ status }) => events.push(`${target} ${status}`),
    onItem: () => undefined,
    onEnd: (error) => events.push(`${target} ${error === undefined ? 'end' : error.message}`),
  });
}

beforeEach(() => {
  simulation = newTestSimulation();
  network = new SimulatedNetwork(simulation);
  events = [];
  client = new SimulatedMachine(spec('worker-1', '10.0.0.21'), simulation, network, volatileStore());
  const machine = new SimulatedMachine(spec('cp-1', '10.0.0.10'), simulation, network, volatileStore());
  server = machine.spawn({
    name: 'kube-apiserver',
    program: (process) => {
      listenHttp(process.net, 6443, (exchange) => exchange.respond({ status: 200, headers: {} }));
      return new Promise<number>(() => undefined);
    },
  });
});

it('is dialled from the machine, asks in the name of its program, and ends with it', async () => {
  const connection = connect();
  await run();
  call(connection, '/livez');
  await run();
  expect(events).toEqual(['connected to cp-1/kube-apiserver at 10.0.0.10', '/livez 200', '/livez end']);
  const request = [...simulation.log.range(1)].find((record) => record.kind === 'message');
  expect(request).toMatchObject({ actor: 'worker-1/curl', to: 'cp-1/kube-apiserver' });
  expect(client.processes.map(({ name }) => name)).toEqual(['curl']);
  connection.close();
  await run();
  expect(client.processes).toEqual([]);
  expect(events).toHaveLength(3);
});

it('is refused where nobody listens', async () => {
  connect(6444);
  await run();
  expect(events).toEqual(['ECONNREFUSED after 0 ms']);
});

it('hears nothing over a cut link until Linux gives up', async () => {
  network.cut({ from: 'worker-1', to: 'cp-1' });
  connect();
  await run(130_999);
  expect(events).toEqual([]);
  await run();
  expect(events).toEqual(['ETIMEDOUT after 131000 ms']);
});

it('has no route from a machine that is off', async () => {
  client.powerOff();
  connect();
  await run();
  expect(events).toEqual(['EHOSTUNREACH after 0 ms']);
});

it('tells when the server goes away, but nobody who has closed it', async () => {
  connect();
  connect().close();
  await run();
  server.kill('SIGKILL');
  await run();
  expect(events).toEqual(['connected to cp-1/kube-apiserver at 10.0.0.10', 'closed']);
});
