import { describe, expect, it } from 'vitest';
import { newTestSimulation } from '../../../base/simulation.testing.ts';
import { parseRequestInfo } from '../endpoints/request-info.ts';
import { BOOTSTRAP_FLOW_SCHEMAS, BOOTSTRAP_PRIORITY_LEVELS } from './bootstrap-objects.ts';
import { dealHand } from './deal-hand.ts';
import { DroppedRequests } from './dropped-requests.ts';
import { FairQueues } from './fair-queues.ts';
import { FlowControl } from './flow-control.ts';
import type { Classification, Waiting } from './interface.ts';
import { seatsOf } from './work-estimate.ts';

const { clock } = newTestSimulation().createContext('test');
const bootstrapped = () =>
  new FlowControl({
    clock,
    objects: { generation: 1, schemas: BOOTSTRAP_FLOW_SCHEMAS, levels: BOOTSTRAP_PRIORITY_LEVELS },
    seats: 600,
    waitLimit: 15_000,
  });

describe('classification', () => {
  const AUTHENTICATED = 'system:authenticated';
  it.each([
    ['kubernetes-admin', ['system:masters', AUTHENTICATED], 'POST', '/api/v1/pods', 'exempt (exempt)', ''],
    ['ana', [AUTHENTICATED], 'GET', '/api/v1/pods', 'global-default (global-default)', 'ana'],
    ['system:anonymous', ['system:unauthenticated'], 'GET', '/readyz/etcd', 'probes (exempt)', ''],
    ['system:anonymous', ['system:unauthenticated'], 'GET', '/readyzed', 'global-default (global-default)', 'system:anonymous'],
    ['system:node:w1', ['system:nodes', AUTHENTICATED], 'PATCH', '/api/v1/nodes/w1/status', 'system-node-high (node-high)', 'system:node:w1'],
    ['system:node:w1', ['system:nodes', AUTHENTICATED], 'GET', '/api/v1/pods', 'system-nodes (system)', 'system:node:w1'],
    ['system:kube-scheduler', [AUTHENTICATED], 'PUT', '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/x', 'system-leader-election (leader-election)', 'system:kube-scheduler'],
    ['system:kube-scheduler', [AUTHENTICATED], 'POST', '/api/v1/namespaces/default/pods/a/binding', 'kube-scheduler (workload-high)', 'default'],
    ['system:serviceaccount:kube-system:x', ['system:serviceaccounts', AUTHENTICATED], 'GET', '/api/v1/namespaces/a/pods', 'kube-system-service-accounts (workload-high)', 'a'],
    ['system:serviceaccount:shop:x', ['system:serviceaccounts', AUTHENTICATED], 'GET', '/api/v1/pods', 'service-accounts (workload-low)', 'system:serviceaccount:shop:x'],
  ] as const)('%s %j %s %s', (name, groups, method, path, verdict, distinguisher) => {
    const found = bootstrapped().classify({ name, groups }, parseRequestInfo(method, path));
    expect([found.verdict, found.distinguisher]).toEqual([verdict, distinguisher]);
  }); // prettier-ignore

  it('divides the seats by shares, and has the mandatory levels when nothing is stored', () => {
    const seats = (control: FlowControl) =>
      control.levels.map(({ name, limit }) => `${name} ${limit ?? '-'}`);
    expect(seats(bootstrapped())).toEqual([
      'catch-all 13',
      'exempt -',
      'global-default 49',
      'leader-election 25',
      'node-high 98',
      'system 74',
      'workload-high 98',
      'workload-low 245',
    ]);
    const empty = new FlowControl({
      clock,
      objects: { generation: 0, schemas: [], levels: [] },
      seats: 600,
      waitLimit: 1,
    });
    expect(seats(empty)).toEqual(['catch-all 600', 'exempt -']);
    const nobody = { name: 'x', groups: [] };
    expect(empty.classify(nobody, parseRequestInfo('GET', '/')).verdict).toBe('catch-all (catch-all)');
  });
});

describe('shuffle sharding', () => {
  it('deals every flow different queues, the same ones each time', () => {
    for (let flow = 0; flow < 200; flow += 1) {
      const hand = dealHand(`flow ${flow}`, 64, 6);
      expect(new Set(hand).size).toBe(6);
      expect(hand.every((card) => card >= 0 && card < 64)).toBe(true);
      expect(dealHand(`flow ${flow}`, 64, 6)).toEqual(hand);
    }
    expect([...dealHand('x', 4, 4)].sort()).toEqual([0, 1, 2, 3]);
    expect(dealHand('a', 128, 6)).not.toEqual(dealHand('b', 128, 6));
  });
});

describe('fair queues', () => {
  const waiting = (flow: string, seats = 1): Waiting => ({
    classification: { distinguisher: flow, counts: { schema: 's' } } as Classification,
    seats,
    since: 0,
    start: () => undefined,
  });
  const order = (queues: FairQueues): string[] => {
    const taken: string[] = [];
    for (let next = queues.take(); next !== undefined; next = queues.take())
      taken.push(next.classification.distinguisher);
    return taken;
  };

  it('a flow with many requests waits behind itself', () => {
    const queues = new FairQueues({ queues: 64, handSize: 1, queueLengthLimit: 50 });
    for (let count = 0; count < 4; count += 1) queues.add(waiting('many'));
    queues.add(waiting('few'));
    expect(order(queues)).toEqual(['many', 'few', 'many', 'many', 'many']);
  });

  it('what takes more seats waits longer for the next', () => {
    const queues = new FairQueues({ queues: 64, handSize: 1, queueLengthLimit: 50 });
    for (let count = 0; count < 2; count += 1) queues.add(waiting('wide', 3));
    for (let count = 0; count < 4; count += 1) queues.add(waiting('narrow'));
    expect(order(queues)).toEqual(['wide', 'narrow', 'narrow', 'narrow', 'wide', 'narrow']);
  });

  it('takes as many as its hand of queues holds, and no more', () => {
    const queues = new FairQueues({ queues: 8, handSize: 2, queueLengthLimit: 3 });
    const added = Array.from({ length: 8 }, () => queues.add(waiting('a')));
    expect(added.filter(Boolean)).toHaveLength(6);
    expect(queues.length).toBe(6);
  });
});

it('Retry-After doubles while many are refused, and comes down a second at a time', () => {
  const dropped = new DroppedRequests();
  const refuse = (second: number, count: number): number => {
    for (let index = 0; index < count; index += 1) dropped.record(second * 1000);
    return dropped.retryAfter;
  };
  expect([refuse(1, 10), refuse(2, 10), refuse(3, 10), refuse(4, 10)]).toEqual([1, 2, 2, 4]);
  expect([refuse(100, 1), refuse(101, 1), refuse(103, 1)]).toEqual([3, 2, 1]);
});

it('a list takes a seat for every hundred objects it looks at', () => {
  const seats = (target: string, stored: number) => seatsOf(parseRequestInfo('GET', target), () => stored);
  expect(seats('/api/v1/pods', 40)).toBe(1);
  expect(seats('/api/v1/pods', 240)).toBe(5);
  expect(seats('/api/v1/pods?limit=100', 100_000)).toBe(2);
  expect(seats('/api/v1/pods?resourceVersion=0', 240)).toBe(3);
  expect(seats('/api/v1/pods', 100_000)).toBe(10);
  expect(seats('/api/v1/namespaces/a/pods/b', 100_000)).toBe(1);
});
