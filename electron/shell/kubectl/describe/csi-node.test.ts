import { expect, test } from 'vitest';
import type { ApiResource } from '../discovery.ts';
import type { JsonObject } from '../json.ts';
import type { Session } from '../session.ts';
import { describeCSINode } from './csi-node.ts';

const mapping: ApiResource = {
  group: 'storage.k8s.io',
  version: 'v1',
  name: 'csinodes',
  singular: 'csinode',
  kind: 'CSINode',
  namespaced: false,
  verbs: ['get', 'list'],
  shortNames: [],
  categories: [],
  subresources: [],
};
const events: ApiResource = { ...mapping, group: '', name: 'events', kind: 'Event', namespaced: true };

/** What describe says of a CSINode of which there are no Events. */
function described(name: string, more: JsonObject, spec: JsonObject, showEvents = true): Promise<string> {
  const session = {
    mapper: () => Promise.resolve({ find: () => events }),
    transport: () => Promise.resolve({ json: () => Promise.resolve({ items: [] }) }),
  } as unknown as Session;
  const metadata = { name, uid: `uid-${name}`, creationTimestamp: '2026-03-02T12:00:00Z', ...more };
  return describeCSINode({
    session,
    mapping,
    namespace: '',
    name,
    object: { apiVersion: 'storage.k8s.io/v1', kind: 'CSINode', metadata, spec },
    showEvents,
    now: Date.UTC(2026, 2, 2, 12, 5),
  });
}

// The texts are what kubectl v1.32 printed of the same objects.
test('each driver is told with its node ID, and, where it says them, how many volumes fit and its topology', async () => {
  const text = await described(
    'worker-1',
    {
      labels: { zone: 'a' },
      annotations: {
        'storage.alpha.kubernetes.io/migrated-plugins': 'kubernetes.io/aws-ebs,kubernetes.io/gce-pd',
      },
    },
    {
      drivers: [
        {
          name: 'blockvolume.csi.oraclecloud.com',
          nodeID: 'worker-1',
          allocatable: { count: 32 },
          topologyKeys: ['failure-domain.beta.kubernetes.io/zone', 'topology.kubernetes.io/zone'],
        },
        { name: 'fss.csi.oraclecloud.com', nodeID: 'worker-1', topologyKeys: null },
      ],
    },
  );
  expect(text).toBe(`Name:               worker-1
Labels:             zone=a
Annotations:        storage.alpha.kubernetes.io/migrated-plugins: kubernetes.io/aws-ebs,kubernetes.io/gce-pd
CreationTimestamp:  Mon, 02 Mar 2026 12:00:00 +0000
Spec:
  Drivers:
    blockvolume.csi.oraclecloud.com:
      Node ID:  worker-1
      Allocatables:
        Count:        32
      Topology Keys:  [failure-domain.beta.kubernetes.io/zone topology.kubernetes.io/zone]
    fss.csi.oraclecloud.com:
      Node ID:  worker-1
Events:         <none>
`);
});

const HEAD = (name: string): string => `Name:               ${name}
Labels:             <none>
Annotations:        <none>
CreationTimestamp:  Mon, 02 Mar 2026 12:00:00 +0000
Spec:
`;

test.each([
  ['none', { drivers: null }, `${HEAD('none')}Events:  <none>\n`],
  ['empty', { drivers: [] }, `${HEAD('empty')}  Drivers:\nEvents:  <none>\n`],
])('drivers: %s', async (name, spec, text) => {
  expect(await described(name, {}, spec)).toBe(text);
});

test('--show-events=false leaves the Events out', async () => {
  expect(await described('none', {}, { drivers: null }, false)).toBe(HEAD('none'));
});
