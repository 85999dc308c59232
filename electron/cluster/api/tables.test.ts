import { describe, expect, test } from 'vitest';
import { DEPLOYMENT_STRATEGY } from './apps/v1/deployment/strategy.ts';
import { EVENT_STRATEGY } from './core/v1/event/strategy.ts';
import { NODE_STRATEGY } from './core/v1/node/strategy.ts';
import { SERVICE_STRATEGY } from './core/v1/service/strategy.ts';
import { podRow } from './core/v1/pod/table.ts';
import type { Deployment, Event, Node, Pod, Service } from './types.ts';

const NOW = Date.parse('2026-01-01T00:10:00Z');
const CREATED = '2026-01-01T00:04:57Z';

const pod = (parts: { spec?: object; status?: object; metadata?: object }): Pod =>
  ({
    metadata: { name: 'p', creationTimestamp: CREATED, ...parts.metadata },
    spec: { containers: [{ name: 'a' }, { name: 'b' }], ...parts.spec },
    status: parts.status,
  }) as unknown as Pod;

const container = (name: string, state: object, more: object = {}): object => ({
  name,
  ready: false,
  restartCount: 0,
  state,
  ...more,
});
const running = (name: string, more: object = {}): object =>
  container(name, { running: {} }, { ready: true, ...more });

describe('pods', () => {
  test.each<[string, Parameters<typeof pod>[0], string, string, string]>([
    ['pending', { status: { phase: 'Pending' } }, '0/2', 'Pending', '0'],
    [
      'running',
      { status: { phase: 'Running', containerStatuses: [running('a'), running('b')] } },
      '2/2',
      'Running',
      '0',
    ],
    [
      'creating',
      {
        status: {
          phase: 'Pending',
          containerStatuses: [container('a', { waiting: { reason: 'ContainerCreating' } })],
        },
      },
      '0/2',
      'ContainerCreating',
      '0',
    ],
    [
      'crashing',
      {
        status: {
          phase: 'Running',
          containerStatuses: [
            container(
              'a',
              { waiting: { reason: 'CrashLoopBackOff' } },
              {
                restartCount: 3,
                lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:05:00Z' } },
              },
            ),
            running('b'),
          ],
        },
      },
      '1/2',
      'CrashLoopBackOff',
      '3 (5m ago)',
    ],
    [
      'completed',
      {
        status: {
          phase: 'Succeeded',
          containerStatuses: [container('a', { terminated: { exitCode: 0, reason: 'Completed' } })],
        },
      },
      '0/2',
      'Completed',
      '0',
    ],
    [
      'one done, one running',
      {
        status: {
          phase: 'Running',
          conditions: [{ type: 'Ready', status: 'False' }],
          containerStatuses: [
            container('a', { terminated: { exitCode: 0, reason: 'Completed' } }),
            running('b'),
          ],
        },
      },
      '1/2',
      'NotReady',
      '0',
    ],
    [
      'signal',
      {
        status: {
          phase: 'Failed',
          containerStatuses: [container('a', { terminated: { exitCode: 137, signal: 9 } })],
        },
      },
      '0/2',
      'Signal:9',
      '0',
    ],
    [
      'exit code',
      { status: { phase: 'Failed', containerStatuses: [container('a', { terminated: { exitCode: 3 } })] } },
      '0/2',
      'ExitCode:3',
      '0',
    ],
    [
      'terminating',
      {
        metadata: { deletionTimestamp: CREATED },
        status: { phase: 'Running', containerStatuses: [running('a'), running('b')] },
      },
      '2/2',
      'Terminating',
      '0',
    ],
    [
      'lost',
      { metadata: { deletionTimestamp: CREATED }, status: { phase: 'Running', reason: 'NodeLost' } },
      '0/2',
      'Unknown',
      '0',
    ],
    ['evicted', { status: { phase: 'Failed', reason: 'Evicted' } }, '0/2', 'Evicted', '0'],
    [
      'gated',
      {
        status: {
          phase: 'Pending',
          conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
        },
      },
      '0/2',
      'SchedulingGated',
      '0',
    ],
    [
      'initializing',
      {
        spec: { initContainers: [{ name: 'i' }, { name: 'j' }] },
        status: {
          phase: 'Pending',
          initContainerStatuses: [
            container('i', { terminated: { exitCode: 0 } }),
            container('j', { waiting: { reason: 'PodInitializing' } }),
          ],
        },
      },
      '0/2',
      'Init:1/2',
      '0',
    ],
    [
      'init failing',
      {
        spec: { initContainers: [{ name: 'i' }] },
        status: {
          phase: 'Pending',
          initContainerStatuses: [
            container('i', { waiting: { reason: 'CrashLoopBackOff' } }, { restartCount: 2 }),
          ],
        },
      },
      '0/2',
      'Init:CrashLoopBackOff',
      '2',
    ],
    [
      'sidecar',
      {
        spec: { initContainers: [{ name: 's', restartPolicy: 'Always' }] },
        status: {
          phase: 'Running',
          initContainerStatuses: [running('s', { started: true, restartCount: 1 })],
          containerStatuses: [running('a'), running('b')],
        },
      },
      '3/3',
      'Running',
      '1',
    ],
  ])('%s', (_name, parts, ready, status, restarts) => {
    const row = podRow(pod(parts), NOW);
    expect(row.slice(0, 5)).toEqual(['p', ready, status, restarts, '5m3s']);
  });

  test('wide columns', () => {
    const placed = pod({
      spec: { nodeName: 'n1', readinessGates: [{ conditionType: 'x/a' }, { conditionType: 'x/b' }] },
      status: {
        phase: 'Running',
        podIPs: [{ ip: '10.244.1.2' }],
        conditions: [{ type: 'x/a', status: 'True' }],
      },
    });
    expect(podRow(placed, NOW).slice(5)).toEqual(['10.244.1.2', 'n1', '<none>', '1/2']);
    expect(podRow(pod({}), NOW).slice(5)).toEqual(['<none>', '<none>', '<none>', '<none>']);
    expect(podRow({ metadata: { name: 'p' } }, NOW)[4]).toBe('<unknown>');
  });
});

test('deployments', () => {
  const deployment = {
    metadata: { name: 'web', creationTimestamp: CREATED },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      template: {
        spec: {
          containers: [
            { name: 'a', image: 'x' },
            { name: 'b', image: 'y:1' },
          ],
        },
      },
    },
    status: { readyReplicas: 1, updatedReplicas: 2, availableReplicas: 1 },
  } as unknown as Deployment;
  expect(DEPLOYMENT_STRATEGY.tableRow(deployment, NOW)).toEqual([
    'web',
    '1/3',
    2,
    1,
    '5m3s',
    'a,b',
    'x,y:1',
    'app=web',
  ]);
});

test('services', () => {
  const row = (spec: object, status: object = {}): unknown[] =>
    SERVICE_STRATEGY.tableRow(
      { metadata: { name: 's', creationTimestamp: CREATED }, spec, status } as unknown as Service,
      NOW,
    );
  expect(
    row({
      type: 'ClusterIP',
      clusterIP: 'None',
      ports: [
        { port: 80, protocol: 'TCP' },
        { port: 53, protocol: 'UDP' },
      ],
      selector: { app: 'a' },
    }),
  ).toEqual(['s', 'ClusterIP', 'None', '<none>', '80/TCP,53/UDP', '5m3s', 'app=a']);
  expect(row({ type: 'ExternalName', externalName: 'example.com' })).toEqual([
    's',
    'ExternalName',
    '<none>',
    'example.com',
    '<none>',
    '5m3s',
    '<none>',
  ]);
  expect(
    row({
      type: 'LoadBalancer',
      clusterIP: '10.96.0.9',
      ports: [{ port: 443, nodePort: 30443, protocol: 'TCP' }],
    }).slice(3, 5),
  ).toEqual(['<pending>', '443:30443/TCP']);
  expect(
    row(
      { type: 'LoadBalancer', clusterIP: '10.96.0.9' },
      { loadBalancer: { ingress: [{ ip: '1.2.3.4' }] } },
    )[3],
  ).toBe('1.2.3.4');
});

test('nodes', () => {
  const node = {
    metadata: {
      name: 'n',
      creationTimestamp: CREATED,
      labels: { 'node-role.kubernetes.io/control-plane': '', 'kubernetes.io/role': 'edge' },
    },
    spec: { unschedulable: true },
    status: {
      conditions: [{ type: 'Ready', status: 'Unknown' }],
      addresses: [{ type: 'InternalIP', address: '192.0.2.1' }],
      nodeInfo: { kubeletVersion: 'v1.34.0' },
    },
  } as unknown as Node;
  expect(NODE_STRATEGY.tableRow(node, NOW)).toEqual([
    'n',
    'NotReady,SchedulingDisabled',
    'control-plane,edge',
    '5m3s',
    'v1.34.0',
    '192.0.2.1',
    '<none>',
    '<unknown>',
    '<unknown>',
    '<unknown>',
  ]);
  expect(NODE_STRATEGY.tableRow({ metadata: { name: 'n' } }, NOW).slice(0, 3)).toEqual([
    'n',
    'Unknown',
    '<none>',
  ]);
});

test('events', () => {
  const event = {
    metadata: { name: 'e' },
    involvedObject: { kind: 'Pod', name: 'p', fieldPath: 'spec.containers{a}' },
    type: 'Warning',
    reason: 'BackOff',
    message: ' Back-off \n',
    source: { component: 'kubelet', host: 'n1' },
    firstTimestamp: CREATED,
    lastTimestamp: '2026-01-01T00:09:30Z',
    count: 4,
  } as unknown as Event;
  expect(EVENT_STRATEGY.tableRow(event, NOW)).toEqual([
    '30s',
    'Warning',
    'BackOff',
    'pod/p',
    'spec.containers{a}',
    'kubelet, n1',
    'Back-off',
    '5m3s',
    4,
    'e',
  ]);
});
