import type { Scenario } from './scenario.testing.ts';

const DEPLOYMENT = { patch: 'deployments', key: 'default/web' } as const;
const template = (image: string): object => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'main', image }] },
});

function deployment(replicas: number, more: object = {}): readonly ['deployments', object] {
  return [
    'deployments',
    {
      metadata: { name: 'web', namespace: 'default' },
      spec: {
        replicas,
        selector: { matchLabels: { app: 'web' } },
        template: template('a:1'),
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 60,
        ...more,
      },
    },
  ];
}

/** Rollouts, with their exact writes and events. */
export const DEPLOYMENTS: readonly Scenario[] = [
  {
    title: 'a rolling update, one more at a time, and back',
    controllers: ['deployment', 'replicaset'],
    objects: [deployment(2)],
    rows: [
      {
        step: { wait: 1000 },
        then: [
          '+ replicasets.apps web-#1',
          '~ deployments.apps web metadata.annotations.deployment.kubernetes.io/revision=1 Progressing=True/NewReplicaSetCreated',
          'Normal ScalingReplicaSet: Scaled up replica set web-#1 from 0 to 2',
          '~ deployments.apps web Available=False/MinimumReplicasUnavailable status.unavailableReplicas=2',
          '+ pods web-#1-*',
          '+ pods web-#1-*',
          'Normal SuccessfulCreate: Created pod: web-#1-*',
          '~ replicasets.apps web-#1 status.replicas=0',
          'Normal SuccessfulCreate: Created pod: web-#1-*',
          '~ replicasets.apps web-#1 status.replicas=2 status.fullyLabeledReplicas=2',
          '~ deployments.apps web Progressing=True/ReplicaSetUpdated status.replicas=2 status.updatedReplicas=2',
        ],
      },
      {
        step: { ready: 'web' },
        then: [
          '~ pods web-#1-* status.phase=Running Ready=True',
          '~ pods web-#1-* status.phase=Running Ready=True',
          '~ replicasets.apps web-#1 status.readyReplicas=2 status.availableReplicas=2',
          '~ deployments.apps web status.unavailableReplicas= Available=True/MinimumReplicasAvailable Progressing=True/NewReplicaSetAvailable status.readyReplicas=2 status.availableReplicas=2',
        ],
      },
      {
        step: { ...DEPLOYMENT, with: { spec: { template: template('a:2') } } },
        then: [
          '~ deployments.apps web spec.template.spec',
          '+ replicasets.apps web-#2',
          '~ deployments.apps web metadata.annotations.deployment.kubernetes.io/revision=2 Progressing=True/NewReplicaSetCreated',
          'Normal ScalingReplicaSet: Scaled up replica set web-#2 from 0 to 1',
          '~ deployments.apps web status.updatedReplicas= status.unavailableReplicas=1',
          '+ pods web-#2-*',
          '~ replicasets.apps web-#2 status.replicas=0',
          'Normal SuccessfulCreate: Created pod: web-#2-*',
          '~ replicasets.apps web-#2 status.replicas=1 status.fullyLabeledReplicas=1',
          '~ deployments.apps web status.replicas=3 Progressing=True/ReplicaSetUpdated status.updatedReplicas=1',
        ],
      },
      {
        step: { ready: 'web' },
        then: [
          '~ pods web-#2-* status.phase=Running Ready=True',
          '~ replicasets.apps web-#2 status.readyReplicas=1 status.availableReplicas=1',
          '~ replicasets.apps web-#1 spec.replicas=1',
          '~ deployments.apps web status.readyReplicas=3 status.availableReplicas=3 status.unavailableReplicas=',
          'Normal ScalingReplicaSet: Scaled down replica set web-#1 from 2 to 1',
          '- pods web-#1-*',
          '~ replicasets.apps web-#2 spec.replicas=2',
          'Normal SuccessfulDelete: Deleted pod: web-#1-*',
          '+ pods web-#2-*',
          'Normal ScalingReplicaSet: Scaled up replica set web-#2 from 1 to 2',
          'Normal SuccessfulCreate: Created pod: web-#2-*',
          '~ replicasets.apps web-#1 status.replicas=1 status.fullyLabeledReplicas=1 status.readyReplicas=1 status.availableReplicas=1',
          '~ replicasets.apps web-#2 status.replicas=2 status.fullyLabeledReplicas=2',
          '~ deployments.apps web status.replicas=2 status.readyReplicas=2 status.availableReplicas=2 status.unavailableReplicas=1',
          '~ deployments.apps web status.replicas=3 status.updatedReplicas=2',
        ],
      },
      {
        step: { ready: 'web' },
        then: [
          '~ pods web-#2-* status.phase=Running Ready=True',
          '~ replicasets.apps web-#2 status.readyReplicas=2 status.availableReplicas=2',
          '~ replicasets.apps web-#1 spec.replicas=0',
          '~ deployments.apps web status.readyReplicas=3 status.availableReplicas=3 status.unavailableReplicas=',
          'Normal ScalingReplicaSet: Scaled down replica set web-#1 from 1 to 0',
          '- pods web-#1-*',
          'Normal SuccessfulDelete: Deleted pod: web-#1-*',
          '~ replicasets.apps web-#1 status.replicas=0 status.fullyLabeledReplicas= status.readyReplicas= status.availableReplicas=',
          '~ deployments.apps web status.replicas=2 status.readyReplicas=2 status.availableReplicas=2 Progressing=True/NewReplicaSetAvailable',
        ],
      },
      {
        step: { ...DEPLOYMENT, with: { spec: { template: template('a:1') } } },
        then: [
          '~ deployments.apps web spec.template.spec',
          '~ replicasets.apps web-#1 metadata.annotations.deployment.kubernetes.io/revision=3 metadata.annotations.deployment.kubernetes.io/revision-history=1 spec.minReadySeconds=0',
          '~ replicasets.apps web-#1 spec.replicas=1',
          '~ deployments.apps web status.updatedReplicas= status.unavailableReplicas=1',
          'Normal ScalingReplicaSet: Scaled up replica set web-#1 from 0 to 1',
          '~ deployments.apps web metadata.annotations.deployment.kubernetes.io/revision=3',
          '+ pods web-#1-*',
          'Normal SuccessfulCreate: Created pod: web-#1-*',
          '~ replicasets.apps web-#1 status.replicas=1 status.fullyLabeledReplicas=1',
          '~ deployments.apps web status.replicas=3 Progressing=True/ReplicaSetUpdated status.updatedReplicas=1',
        ],
      },
    ],
  },
  {
    title: 'Recreate',
    controllers: ['deployment', 'replicaset'],
    objects: [deployment(2, { strategy: { type: 'Recreate' } })],
    rows: [
      {
        step: { wait: 1000 },
        then: [
          '+ replicasets.apps web-#1',
          '~ deployments.apps web metadata.annotations.deployment.kubernetes.io/revision=1 Progressing=True/NewReplicaSetCreated',
          'Normal ScalingReplicaSet: Scaled up replica set web-#1 from 0 to 2',
          '~ deployments.apps web Available=False/MinimumReplicasUnavailable status.unavailableReplicas=2',
          '+ pods web-#1-*',
          '+ pods web-#1-*',
          'Normal SuccessfulCreate: Created pod: web-#1-*',
          '~ replicasets.apps web-#1 status.replicas=0',
          'Normal SuccessfulCreate: Created pod: web-#1-*',
          '~ replicasets.apps web-#1 status.replicas=2 status.fullyLabeledReplicas=2',
          '~ deployments.apps web Progressing=True/ReplicaSetUpdated status.replicas=2 status.updatedReplicas=2',
        ],
      },
      {
        step: { ready: 'web' },
        then: [
          '~ pods web-#1-* status.phase=Running Ready=True',
          '~ pods web-#1-* status.phase=Running Ready=True',
          '~ replicasets.apps web-#1 status.readyReplicas=2 status.availableReplicas=2',
          '~ deployments.apps web status.unavailableReplicas= Available=True/MinimumReplicasAvailable Progressing=True/NewReplicaSetAvailable status.readyReplicas=2 status.availableReplicas=2',
        ],
      },
      {
        step: { ...DEPLOYMENT, with: { spec: { template: template('a:2') } } },
        then: [
          '~ deployments.apps web spec.template.spec',
          '~ replicasets.apps web-#1 spec.replicas=0',
          '~ deployments.apps web status.updatedReplicas=',
          'Normal ScalingReplicaSet: Scaled down replica set web-#1 from 2 to 0',
          '- pods web-#1-*',
          '- pods web-#1-*',
          'Normal SuccessfulDelete: Deleted pod: web-#1-*',
          'Normal SuccessfulDelete: Deleted pod: web-#1-*',
          '~ replicasets.apps web-#1 status.replicas=0 status.fullyLabeledReplicas= status.readyReplicas= status.availableReplicas=',
          '+ replicasets.apps web-#2',
          '~ deployments.apps web metadata.annotations.deployment.kubernetes.io/revision=2 Progressing=True/NewReplicaSetCreated',
          'Normal ScalingReplicaSet: Scaled up replica set web-#2 from 0 to 2',
          '~ deployments.apps web status.replicas= status.readyReplicas= status.availableReplicas= Available=False/MinimumReplicasUnavailable Progressing=True/ReplicaSetUpdated status.unavailableReplicas=2',
          '+ pods web-#2-*',
          '+ pods web-#2-*',
          'Normal SuccessfulCreate: Created pod: web-#2-*',
          '~ replicasets.apps web-#2 status.replicas=0',
          'Normal SuccessfulCreate: Created pod: web-#2-*',
          '~ replicasets.apps web-#2 status.replicas=2 status.fullyLabeledReplicas=2',
          '~ deployments.apps web status.replicas=2 status.updatedReplicas=2',
        ],
      },
    ],
  },
  {
    title: 'pause, change, scale, resume',
    controllers: ['deployment', 'replicaset'],
    objects: [deployment(1)],
    rows: [
      {
        step: { wait: 1000 },
        then: [
          '+ replicasets.apps web-#1',
          '~ deployments.apps web metadata.annotations.deployment.kubernetes.io/revision=1 Progressing=True/NewReplicaSetCreated',
          'Normal ScalingReplicaSet: Scaled up replica set web-#1 from 0 to 1',
          '~ deployments.apps web Available=False/MinimumReplicasUnavailable status.unavailableReplicas=1',
          '+ pods web-#1-*',
          '~ replicasets.apps web-#1 status.replicas=0',
          'Normal SuccessfulCreate: Created pod: web-#1-*',
          '~ replicasets.apps web-#1 status.replicas=1 status.fullyLabeledReplicas=1',
          '~ deployments.apps web Progressing=True/ReplicaSetUpdated status.replicas=1 status.updatedReplicas=1',
        ],
      },
      {
        step: { ready: 'web' },
        then: [
          '~ pods web-#1-* status.phase=Running Ready=True',
          '~ replicasets.apps web-#1 status.readyReplicas=1 status.availableReplicas=1',
          '~ deployments.apps web status.unavailableReplicas= Available=True/MinimumReplicasAvailable Progressing=True/NewReplicaSetAvailable status.readyReplicas=1 status.availableReplicas=1',
        ],
      },
      {
        step: { ...DEPLOYMENT, with: { spec: { paused: true } } },
        then: [
          '~ deployments.apps web spec.paused=true',
          '~ deployments.apps web Progressing=Unknown/DeploymentPaused',
        ],
      },
      {
        step: { ...DEPLOYMENT, with: { spec: { template: template('a:2') } } },
        then: ['~ deployments.apps web spec.template.spec', '~ deployments.apps web status.updatedReplicas='],
      },
      {
        step: { ...DEPLOYMENT, with: { spec: { replicas: 2 } } },
        then: [
          '~ deployments.apps web spec.replicas=2',
          '~ replicasets.apps web-#1 metadata.annotations.deployment.kubernetes.io/desired-replicas=2 metadata.annotations.deployment.kubernetes.io/max-replicas=3 spec.replicas=2',
          '~ deployments.apps web Available=False/MinimumReplicasUnavailable status.unavailableReplicas=1',
          'Normal ScalingReplicaSet: Scaled up replica set web-#1 from 1 to 2',
          '+ pods web-#1-*',
          'Normal SuccessfulCreate: Created pod: web-#1-*',
          '~ replicasets.apps web-#1 status.replicas=2 status.fullyLabeledReplicas=2',
          '~ deployments.apps web status.replicas=2',
        ],
      },
      {
        step: { ...DEPLOYMENT, with: { spec: { paused: null } } },
        then: [
          '~ deployments.apps web spec.paused=',
          '~ deployments.apps web Progressing=Unknown/DeploymentResumed',
          '+ replicasets.apps web-#2',
          '~ deployments.apps web metadata.annotations.deployment.kubernetes.io/revision=2 Progressing=True/NewReplicaSetCreated',
          'Normal ScalingReplicaSet: Scaled up replica set web-#2 from 0 to 1',
          '~ deployments.apps web status.unavailableReplicas=2',
          '+ pods web-#2-*',
          '~ replicasets.apps web-#2 status.replicas=0',
          'Normal SuccessfulCreate: Created pod: web-#2-*',
          '~ replicasets.apps web-#2 status.replicas=1 status.fullyLabeledReplicas=1',
          '~ deployments.apps web status.replicas=3 Progressing=True/ReplicaSetUpdated status.updatedReplicas=1',
        ],
      },
    ],
  },
  {
    title: 'a rollout that makes no progress in time',
    controllers: ['deployment', 'replicaset'],
    objects: [deployment(1)],
    rows: [
      {
        step: { wait: 1000 },
        then: [
          '+ replicasets.apps web-#1',
          '~ deployments.apps web metadata.annotations.deployment.kubernetes.io/revision=1 Progressing=True/NewReplicaSetCreated',
          'Normal ScalingReplicaSet: Scaled up replica set web-#1 from 0 to 1',
          '~ deployments.apps web Available=False/MinimumReplicasUnavailable status.unavailableReplicas=1',
          '+ pods web-#1-*',
          '~ replicasets.apps web-#1 status.replicas=0',
          'Normal SuccessfulCreate: Created pod: web-#1-*',
          '~ replicasets.apps web-#1 status.replicas=1 status.fullyLabeledReplicas=1',
          '~ deployments.apps web Progressing=True/ReplicaSetUpdated status.replicas=1 status.updatedReplicas=1',
        ],
      },
      { step: { wait: 58_000 }, then: [] },
      { step: { wait: 3000 }, then: ['~ deployments.apps web Progressing=False/ProgressDeadlineExceeded'] },
      {
        step: { ready: 'web' },
        then: [
          '~ pods web-#1-* status.phase=Running Ready=True',
          '~ replicasets.apps web-#1 status.readyReplicas=1 status.availableReplicas=1',
          '~ deployments.apps web status.unavailableReplicas= Available=True/MinimumReplicasAvailable Progressing=True/NewReplicaSetAvailable status.readyReplicas=1 status.availableReplicas=1',
        ],
      },
    ],
  },
];
