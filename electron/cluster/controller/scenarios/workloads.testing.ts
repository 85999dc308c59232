import type { Scenario } from './scenario.testing.ts';

const template = (app: string, image: string): object => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'main', image }] },
});
const SET = { patch: 'statefulSets', key: 'default/db' } as const;
const DAEMON = { patch: 'daemonSets', key: 'default/agent' } as const;

function statefulSet(replicas: number, more: object = {}): readonly ['statefulSets', object] {
  return [
    'statefulSets',
    {
      metadata: { name: 'db', namespace: 'default' },
      spec: {
        replicas,
        serviceName: 'db',
        selector: { matchLabels: { app: 'db' } },
        template: template('db', 'a:1'),
        podManagementPolicy: 'OrderedReady',
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
        ...more,
      },
    },
  ];
}

function daemonSet(rollingUpdate: object): readonly ['daemonSets', object] {
  return [
    'daemonSets',
    {
      metadata: { name: 'agent', namespace: 'default' },
      spec: {
        selector: { matchLabels: { app: 'agent' } },
        template: template('agent', 'a:1'),
        updateStrategy: { type: 'RollingUpdate', rollingUpdate },
        revisionHistoryLimit: 10,
      },
    },
  ];
}

function node(name: string): readonly ['nodes', object] {
  return [
    'nodes',
    { metadata: { name }, spec: {}, status: { conditions: [{ type: 'Ready', status: 'True' }] } },
  ];
}

/** StatefulSets in their order, and what their partition and claims do. */
export const STATEFUL_SETS: readonly Scenario[] = [
  {
    title: 'one after another up, from the end down',
    controllers: ['statefulset'],
    objects: [statefulSet(2)],
    rows: [
      {
        step: { wait: 1000 },
        then: [
          '+ controllerrevisions.apps db-#1',
          '+ pods db-0',
          '~ statefulsets.apps db status.replicas=1 status.currentReplicas=1 status.updatedReplicas=1 status.currentRevision=db-#1 status.updateRevision=db-#1 status.collisionCount=0 status.availableReplicas=0',
          'Normal SuccessfulCreate: create Pod db-0 in StatefulSet db successful',
        ],
      },
      {
        step: { ready: 'db' },
        then: [
          '~ pods db-0 status.phase=Running Ready=True',
          '+ pods db-1',
          '~ statefulsets.apps db status.replicas=2 status.currentReplicas=2 status.updatedReplicas=2 status.availableReplicas=1 status.readyReplicas=1',
          'Normal SuccessfulCreate: create Pod db-1 in StatefulSet db successful',
        ],
      },
      {
        step: { ready: 'db' },
        then: [
          '~ pods db-1 status.phase=Running Ready=True',
          '~ statefulsets.apps db status.readyReplicas=2 status.availableReplicas=2',
        ],
      },
      {
        step: { ...SET, with: { spec: { replicas: 0 } } },
        then: [
          '~ statefulsets.apps db spec.replicas=0',
          '- pods db-1',
          '~ statefulsets.apps db status.currentReplicas=1 status.updatedReplicas=1',
          'Normal SuccessfulDelete: delete Pod db-1 in StatefulSet db successful',
          '- pods db-0',
          'Normal SuccessfulDelete: delete Pod db-0 in StatefulSet db successful',
          '~ statefulsets.apps db status.replicas=0 status.readyReplicas= status.currentReplicas= status.updatedReplicas= status.availableReplicas=0',
        ],
      },
    ],
  },
  {
    title: 'an update goes down to the partition',
    controllers: ['statefulset'],
    objects: [
      statefulSet(2, {
        podManagementPolicy: 'Parallel',
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } },
      }),
    ],
    rows: [
      {
        step: { wait: 1000 },
        then: [
          '+ controllerrevisions.apps db-#1',
          '+ pods db-0',
          '+ pods db-1',
          'Normal SuccessfulCreate: create Pod db-0 in StatefulSet db successful',
          '~ statefulsets.apps db status.replicas=2 status.currentReplicas=2 status.updatedReplicas=2 status.currentRevision=db-#1 status.updateRevision=db-#1 status.collisionCount=0 status.availableReplicas=0',
          'Normal SuccessfulCreate: create Pod db-1 in StatefulSet db successful',
        ],
      },
      {
        step: { ready: 'db' },
        then: [
          '~ pods db-0 status.phase=Running Ready=True',
          '~ pods db-1 status.phase=Running Ready=True',
          '~ statefulsets.apps db status.availableReplicas=2 status.readyReplicas=2',
        ],
      },
      {
        step: { ...SET, with: { spec: { template: template('db', 'a:2') } } },
        then: [
          '~ statefulsets.apps db spec.template.spec',
          '+ controllerrevisions.apps db-#2',
          '- pods db-1',
          '~ statefulsets.apps db status.currentReplicas=1 status.updatedReplicas= status.updateRevision=db-#2',
          'Normal SuccessfulDelete: delete Pod db-1 in StatefulSet db successful',
          '+ pods db-1',
          'Normal SuccessfulCreate (x2): create Pod db-1 in StatefulSet db successful',
          '~ statefulsets.apps db status.readyReplicas=1 status.availableReplicas=1 status.updatedReplicas=1',
        ],
      },
      {
        step: { ready: 'db' },
        then: [
          '~ pods db-1 status.phase=Running Ready=True',
          '~ statefulsets.apps db status.readyReplicas=2 status.availableReplicas=2',
        ],
      },
      {
        step: { ...SET, with: { spec: { updateStrategy: { rollingUpdate: { partition: 0 } } } } },
        then: [
          '~ statefulsets.apps db spec.updateStrategy.rollingUpdate',
          '- pods db-0',
          '~ statefulsets.apps db status.currentReplicas=',
          'Normal SuccessfulDelete: delete Pod db-0 in StatefulSet db successful',
          '+ pods db-0',
          'Normal SuccessfulCreate (x2): create Pod db-0 in StatefulSet db successful',
          '~ statefulsets.apps db status.readyReplicas=1 status.updatedReplicas=2 status.availableReplicas=1',
        ],
      },
      {
        step: { ready: 'db' },
        then: [
          '~ pods db-0 status.phase=Running Ready=True',
          '~ statefulsets.apps db status.readyReplicas=2 status.currentRevision=db-#2 status.availableReplicas=2 status.currentReplicas=2',
        ],
      },
    ],
  },
  {
    title: 'claims are made before their Pod, and go with it when scaled down',
    controllers: ['statefulset', 'garbagecollector'],
    objects: [
      statefulSet(1, {
        volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'] } }],
        persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Retain' },
      }),
    ],
    rows: [
      {
        step: { wait: 1000 },
        then: [
          '+ controllerrevisions.apps db-#1',
          '+ persistentvolumeclaims data-db-0',
          '+ pods db-0',
          'Normal SuccessfulCreate: create Claim data-db-0 Pod db-0 in StatefulSet db success',
          '~ statefulsets.apps db status.replicas=1 status.currentReplicas=1 status.updatedReplicas=1 status.currentRevision=db-#1 status.updateRevision=db-#1 status.collisionCount=0 status.availableReplicas=0',
          'Normal SuccessfulCreate: create Pod db-0 in StatefulSet db successful',
        ],
      },
      {
        step: { ready: 'db' },
        then: [
          '~ pods db-0 status.phase=Running Ready=True',
          '~ statefulsets.apps db status.availableReplicas=1 status.readyReplicas=1',
        ],
      },
      {
        step: { ...SET, with: { spec: { replicas: 0 } } },
        then: [
          '~ statefulsets.apps db spec.replicas=0',
          '~ persistentvolumeclaims data-db-0 metadata.ownerReferences=[Pod/db-0]',
          '- pods db-0',
          '~ statefulsets.apps db status.currentReplicas= status.updatedReplicas=',
          'Normal SuccessfulDelete: delete Pod db-0 in StatefulSet db successful',
          '- persistentvolumeclaims data-db-0',
          '~ statefulsets.apps db status.replicas=0 status.readyReplicas= status.availableReplicas=0',
        ],
      },
    ],
  },
];

/** DaemonSets through an update. */
export const DAEMON_SETS: readonly Scenario[] = [
  {
    title: 'an update takes one Pod, and then makes the next',
    controllers: ['daemonset'],
    objects: [node('n1'), daemonSet({ maxSurge: 0, maxUnavailable: 1 })],
    rows: [
      {
        step: { wait: 1000 },
        then: [
          '+ controllerrevisions.apps agent-#1',
          '+ pods agent-*',
          '~ daemonsets.apps agent status.currentNumberScheduled=0 status.numberMisscheduled=0 status.desiredNumberScheduled=1 status.numberReady=0 status.numberUnavailable=1',
          'Normal SuccessfulCreate: Created pod: agent-*',
          '~ daemonsets.apps agent status.currentNumberScheduled=1 status.updatedNumberScheduled=1',
        ],
      },
      {
        step: { ready: 'agent' },
        then: [
          '~ pods agent-* status.phase=Running Ready=True',
          '~ daemonsets.apps agent status.numberReady=1 status.numberUnavailable= status.numberAvailable=1',
        ],
      },
      {
        step: { ...DAEMON, with: { spec: { template: template('agent', 'a:2') } } },
        then: [
          '~ daemonsets.apps agent spec.template.spec',
          '+ controllerrevisions.apps agent-#2',
          '- pods agent-*',
          '~ daemonsets.apps agent status.updatedNumberScheduled=',
          'Normal SuccessfulDelete: Deleted pod: agent-*',
          '+ pods agent-*',
          'Normal SuccessfulCreate: Created pod: agent-*',
          '~ daemonsets.apps agent status.numberReady=0 status.numberAvailable= status.updatedNumberScheduled=1 status.numberUnavailable=1',
        ],
      },
      {
        step: { ready: 'agent' },
        then: [
          '~ pods agent-* status.phase=Running Ready=True',
          '~ daemonsets.apps agent status.numberReady=1 status.numberUnavailable= status.numberAvailable=1',
        ],
      },
    ],
  },
  {
    title: 'with surge the new one is ready first',
    controllers: ['daemonset'],
    objects: [node('n1'), daemonSet({ maxSurge: 1, maxUnavailable: 0 })],
    rows: [
      {
        step: { wait: 1000 },
        then: [
          '+ controllerrevisions.apps agent-#1',
          '+ pods agent-*',
          '~ daemonsets.apps agent status.currentNumberScheduled=0 status.numberMisscheduled=0 status.desiredNumberScheduled=1 status.numberReady=0 status.numberUnavailable=1',
          'Normal SuccessfulCreate: Created pod: agent-*',
          '~ daemonsets.apps agent status.currentNumberScheduled=1 status.updatedNumberScheduled=1',
        ],
      },
      {
        step: { ready: 'agent' },
        then: [
          '~ pods agent-* status.phase=Running Ready=True',
          '~ daemonsets.apps agent status.numberReady=1 status.numberUnavailable= status.numberAvailable=1',
        ],
      },
      {
        step: { ...DAEMON, with: { spec: { template: template('agent', 'a:2') } } },
        then: [
          '~ daemonsets.apps agent spec.template.spec',
          '+ controllerrevisions.apps agent-#2',
          '+ pods agent-*',
          '~ daemonsets.apps agent status.updatedNumberScheduled=',
          'Normal SuccessfulCreate: Created pod: agent-*',
        ],
      },
      {
        step: { ready: 'agent' },
        then: [
          '~ pods agent-* status.phase=Running Ready=True',
          '- pods agent-*',
          'Normal SuccessfulDelete: Deleted pod: agent-*',
          '~ daemonsets.apps agent status.updatedNumberScheduled=1',
        ],
      },
    ],
  },
];
