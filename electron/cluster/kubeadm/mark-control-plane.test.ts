import { beforeEach, describe, expect, it } from 'vitest';
import { newTestSimulation } from '../../base/simulation.testing.ts';
import { volatileStore } from '../machine/local-state.ts';
import { SimulatedMachine } from '../machine/machine.ts';
import type { HttpRequest } from '../network/http.ts';
import { listenHttp } from '../network/http-server.ts';
import { SimulatedNetwork } from '../network/network.ts';
import { buildTopology } from '../topology/topologies.ts';
import { writeKubeConfigs } from './kubeconfigs.ts';
import { isUnmarked, markControlPlane } from './mark-control-plane.ts';

const SERVER = 'https://10.0.0.10:6443';

const simulation = () => newTestSimulation();
let world: ReturnType<typeof simulation>;
let machine: SimulatedMachine;
let seen: { readonly request: HttpRequest; readonly user: string }[];
let output: string[];
/** Codes of the next answers; then 200. */
let refusals: number[];

beforeEach(() => {
  world = simulation();
  seen = [];
  output = [];
  refusals = [];
  const topology = buildTopology('kubeadm-1-2');
  const spec = topology.machines.find(({ controlPlane }) => controlPlane !== undefined);
  if (spec === undefined) throw new Error('no control plane');
  machine = new SimulatedMachine(spec, world, new SimulatedNetwork(world), volatileStore());
  writeKubeConfigs(spec, machine.files, SERVER, world.now);
});

function serve(): void {
  machine.spawn({
    name: 'server',
    program: (process) => {
      listenHttp(process.net, 6443, (exchange, peer) => {
        seen.push({ request: exchange.request, user: peer.certificate?.commonName ?? '' });
        const status = refusals.shift() ?? 200;
        const value =
          status === 200
            ? {}
            : { kind: 'Status', status: 'Failure', message: `answer ${status}`, code: status };
        exchange.respond({ status, headers: {}, body: { type: 'object', value } });
      });
      return new Promise(() => undefined);
    },
  });
}

const run = (ms: number) => world.runUntil(world.now + ms);

function mark(): void {
  const process = machine.spawn({ name: 'kubeadm', program: markControlPlane('v1.34.9') });
  process.onDidWrite(({ line }) => output.push(line));
  process.onDidExit(({ code }) => output.push(`exit ${code}`));
}

describe('markControlPlane', () => {
  it('labels the Node of its machine, as administrator', async () => {
    serve();
    mark();
    await run(1_000);
    expect(seen).toHaveLength(1);
    expect(seen[0]?.user).toBe('kubernetes-admin');
    expect(seen[0]?.request).toMatchObject({
      method: 'PATCH',
      target: '/api/v1/nodes/cp-1',
      headers: { 'content-type': 'application/strategic-merge-patch+json' },
      body: {
        value: {
          metadata: {
            labels: {
              'node-role.kubernetes.io/control-plane': '',
              'node.kubernetes.io/exclude-from-external-load-balancers': '',
            },
          },
        },
      },
    });
    expect(output).toEqual(['[mark-control-plane] Marking the node cp-1 as control-plane', 'exit 0']);
    expect(isUnmarked(machine.state)).toBe(false);
  });

  it('goes on trying while there is no server, no right and no Node', async () => {
    refusals = [403, 404];
    mark();
    await run(2_000);
    expect(seen).toEqual([]);
    expect(isUnmarked(machine.state)).toBe(true);
    expect(output[0]).toContain('connection refused');
    serve();
    await run(2_000);
    expect(seen).toHaveLength(3);
    expect(output.slice(-4)).toEqual([
      'answer 403',
      'answer 404',
      '[mark-control-plane] Marking the node cp-1 as control-plane',
      'exit 0',
    ]);
  });
});
