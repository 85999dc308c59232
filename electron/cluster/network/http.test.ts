import { beforeEach, describe, expect, it } from 'vitest';
import { newTestSimulation } from '../../base/simulation.testing.ts';
import type { Simulation } from '../../base/simulation.ts';
import type { ProcessContext } from '../machine/interface.ts';
import { volatileStore } from '../machine/local-state.ts';
import { SimulatedMachine } from '../machine/machine.ts';
import type { HttpExchange } from './http.ts';
import { HttpClientConnection } from './http-client.ts';
import { listenHttp } from './http-server.ts';
import { SimulatedNetwork } from './network.ts';

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
let server: ProcessContext;
let client: ProcessContext;
let serverMachine: SimulatedMachine;
let exchanges: HttpExchange[];
let cancelled: string[];
let http: HttpClientConnection;

const forever = (take: (process: ProcessContext) => void) => (process: ProcessContext) => {
  take(process);
  return new Promise<number>(() => undefined);
};
const run = (ms = 10): Promise<void> => simulation.runUntil(simulation.now + ms);
const get = (target: string) => ({ method: 'GET', target, headers: {} });

/** Runs `work` as a turn of the simulation. */
function within(work: () => void): void {
  simulation.schedule(simulation.now, work);
}

beforeEach(async () => {
  simulation = newTestSimulation();
  const network = new SimulatedNetwork(simulation);
  exchanges = [];
  cancelled = [];
  serverMachine = new SimulatedMachine(spec('s', '10.0.0.1'), simulation, network, volatileStore());
  serverMachine.spawn({ name: 'server', program: forever((process) => (server = process)) });
  new SimulatedMachine(spec('c', '10.0.0.2'), simulation, network, volatileStore()).spawn({
    name: 'client', program: forever((process) => (client = process)),
  }); // prettier-ignore
  await run();
  within(() => {
    listenHttp(server.net, 443, (exchange) => {
      exchanges.push(exchange);
      exchange.onCancel(() => cancelled.push(exchange.request.target));
    });
    void client.net.dial({ host: 's', port: 443 }, { protocol: 'https' }).then((connection) => {
      http = new HttpClientConnection(connection, client.clock);
    });
  });
  await run();
});

describe('HTTP over the simulated network', () => {
  it('answers calls in any order, and records verdicts beside the answer', async () => {
    const answers: string[] = [];
    within(() => {
      for (const target of ['/a', '/b'])
        void http.call(get(target)).then(({ status }) => answers.push(`${target} ${status}`));
    });
    await run();
    within(() => {
      exchanges[1]?.respond({ status: 404, headers: {} });
      exchanges[0]?.respond({ status: 200, headers: {} }, { authz: 'allowed' });
      exchanges[0]?.respond({ status: 500, headers: {} });
    });
    await run();
    expect(answers).toEqual(['/b 404', '/a 200']);
    const records = [...simulation.log.range(0)].filter(
      (record) => record.kind === 'message' && record.phase === 'response',
    );
    expect(records).toMatchObject([
      { summary: '404 Not Found' },
      { summary: '200 OK', detail: { authz: 'allowed' } },
    ]);
  });

  it('streams items until the end, and stops when the client cancels', async () => {
    const got: unknown[] = [];
    let stop: (() => void) | undefined;
    within(() => {
      const handlers = (name: string) => ({
        onItem: (body: { type: string }) =>
          got.push([name, body.type === 'text' ? (body as unknown as { text: string }).text : '']),
        onEnd: (error?: Error) => got.push([name, 'end', error?.message]),
      });
      void http.stream(get('/a'), handlers('a'));
      void http.stream(get('/b'), handlers('b')).then((stream) => (stop = () => stream.cancel()));
    });
    await run();
    within(() => {
      for (const exchange of exchanges) {
        exchange.respond({ status: 200, headers: {}, stream: true });
        exchange.sendItem({ type: 'text', text: '1' }, 'one');
      }
      exchanges[0]?.end();
    });
    await run();
    within(() => stop?.());
    await run();
    within(() => exchanges[1]?.sendItem({ type: 'text', text: '2' }, 'two'));
    await run();
    expect(got).toEqual([
      ['a', '1'],
      ['b', '1'],
      ['a', 'end', undefined],
    ]);
    expect(cancelled).toEqual(['/b']);
  });

  it('fails what is under way when the server dies, and what takes too long', async () => {
    const failures: string[] = [];
    within(() => {
      void http.call(get('/slow'), { timeout: 100 }).catch((error: Error) => failures.push(error.message));
      void http.call(get('/dead')).catch((error: Error) => failures.push(error.message));
    });
    await run(200);
    expect([failures, cancelled]).toEqual([
      ['context deadline exceeded (Client.Timeout exceeded while awaiting headers)'],
      ['/slow'],
    ]);
    serverMachine.processes[0]?.kill('SIGKILL');
    await run();
    expect(failures[1]).toMatch(/EOF|connection reset by peer/);
    within(() => void http.call(get('/late')).catch((error: Error) => failures.push(error.message)));
    await run();
    expect(failures[2]).toBe('http: client connection is closed');
  });
});
