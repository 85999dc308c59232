import { describe, expect, test } from 'vitest';
import { PODS, complaints, create, pod, updated } from '../../../strategies.testing.ts';
import type { KubeObject } from '../../../types.ts';

const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
describe('pods', () => {
  test.each([
    [pod(), 'valid'],
    [pod({}, {}, 'Upper'), `metadata.name: Invalid value: "Upper": ${SUBDOMAIN}`],
    [
      pod({}, {}, 'x'.repeat(254)),
      `metadata.name: Invalid value: "${'x'.repeat(254)}": must be no more than 253 characters`,
    ],
    [
      { spec: { containers: [{ name: 'm', image: 'i' }] } },
      'metadata.name: Required value: name or generateName is required',
    ],
    [pod({ name: 'Main_C' }), `spec.containers[0].name: Invalid value: "Main_C": ${LABEL}`],
    [
      pod(
        {},
        {
          containers: [
            { name: 'a', image: 'x' },
            { name: 'a', image: 'y' },
          ],
        },
      ),
      'spec.containers[1].name: Duplicate value: "a"',
    ],
    [pod({}, { containers: [] }), 'spec.containers: Required value'],
    [pod({ image: '' }), 'spec.containers[0].image: Required value'],
    [pod({ ports: [{ containerPort: 0 }] }), 'spec.containers[0].ports[0].containerPort: Required value'],
    [
      pod({ ports: [{ containerPort: 70000 }] }),
      'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive',
    ],
    [
      pod({ ports: [{ name: 'this-name-is-far-too-long', containerPort: 80 }] }),
      'spec.containers[0].ports[0].name: Invalid value: "this-name-is-far-too-long": must be no more than 15 characters',
    ],
    [
      pod({ ports: [{ name: '123', containerPort: 80 }] }),
      'spec.containers[0].ports[0].name: Invalid value: "123": must contain at least one letter (a-z)',
    ],
    [
      pod({
        ports: [
          { name: 'a', containerPort: 80 },
          { name: 'a', containerPort: 81 },
        ],
      }),
      'spec.containers[0].ports[1].name: Duplicate value: "a"',
    ],
    [
      pod({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ],
    [
      pod({ resources: { limits: { memory: '-1' } } }),
      '[spec.containers[0].resources.limits[memory]: Invalid value: "-1": must be greater than or equal to 0, spec.containers[0].resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0]',
    ],
    [
      pod({ volumeMounts: [{ name: 'x', mountPath: '/x' }] }),
      'spec.containers[0].volumeMounts[0].name: Not found: "x"',
    ],
    [
      pod({ livenessProbe: {} }),
      'spec.containers[0].livenessProbe: Required value: must specify a handler type',
    ],
    [
      pod({}, { restartPolicy: 'Sometimes' }),
      'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
    ],
    [
      pod({}, { tolerations: [{ key: 'a', operator: 'Near' }] }),
      'spec.tolerations[0].operator: Unsupported value: "Near": supported values: "Equal", "Exists"',
    ],
    [
      pod({}, { activeDeadlineSeconds: 0 }),
      'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive',
    ],
  ])('%j', (body, message) => {
    expect(complaints(PODS, body)).toBe(message);
  });

  test('defaults are those of upstream', () => {
    const made = create(
      PODS,
      pod({
        image: 'nginx:1.25',
        resources: { limits: { cpu: '1' } },
        livenessProbe: { httpGet: { port: 80 } },
      }),
    );
    expect(made).toMatchObject({
      metadata: { generation: 1 },
      spec: {
        dnsPolicy: 'ClusterFirst',
        enableServiceLinks: true,
        restartPolicy: 'Always',
        schedulerName: 'default-scheduler',
        securityContext: {},
        terminationGracePeriodSeconds: 30,
        containers: [
          {
            imagePullPolicy: 'IfNotPresent',
            resources: { limits: { cpu: '1' }, requests: { cpu: '1' } },
            terminationMessagePath: '/dev/termination-log',
            terminationMessagePolicy: 'File',
            livenessProbe: {
              httpGet: { path: '/', port: 80, scheme: 'HTTP' },
              periodSeconds: 10,
              timeoutSeconds: 1,
              successThreshold: 1,
              failureThreshold: 3,
            },
          },
        ],
      },
      status: { phase: 'Pending', qosClass: 'Burstable' },
    });
  });

  test.each([
    ['nginx', 'Always'], ['nginx:latest', 'Always'], ['nginx:1.25', 'IfNotPresent'], ['localhost:5000/a/b', 'Always'],
    ['localhost:5000/a/b:1', 'IfNotPresent'], [`nginx@sha256:${'a'.repeat(64)}`, 'IfNotPresent'],
  ])('pull policy of %s', (image, policy) => {
    expect(create(PODS, pod({ image }))).toMatchObject({ spec: { containers: [{ imagePullPolicy: policy }] } });
  }); // prettier-ignore

  test.each([
    [{}, 'BestEffort'],
    [{ requests: { cpu: '100m' } }, 'Burstable'],
    [{ limits: { cpu: '1', memory: '1Gi' } }, 'Guaranteed'],
    [{ limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } }, 'Burstable'],
  ])('QoS class of %j is %s', (resources, qosClass) => {
    expect(create(PODS, pod({ resources }))).toMatchObject({ status: { qosClass } });
  });

  test('updates', () => {
    const set =
      (spec: object) =>
      (object: { spec: object }): object => ({ ...object, spec: { ...object.spec, ...spec } });
    const image = (object: { spec: { containers: object[] } }): object =>
      set({ containers: [{ ...object.spec.containers[0], image: 'redis' }] })(object);
    expect(updated(PODS, pod(), image as never)).toBe('generation 2');
    expect(updated(PODS, pod(), set({}) as never)).toBe('generation 1');
    expect(updated(PODS, pod(), set({ activeDeadlineSeconds: 60 }) as never)).toBe('generation 2');
    expect(
      updated(PODS, pod({}, { activeDeadlineSeconds: 60 }), set({ activeDeadlineSeconds: 90 }) as never),
    ).toBe('spec.activeDeadlineSeconds: Invalid value: 90: must be less than or equal to previous value');
    expect(updated(PODS, pod(), set({ tolerations: [{ key: 'x', operator: 'Exists' }] }) as never)).toBe(
      'generation 2',
    );
    expect(updated(PODS, pod(), set({ restartPolicy: 'Never' }) as never)).toMatch(
      /^spec: Forbidden: pod updates may not change fields other than `spec\.containers\[\*\]\.image`,`spec\.initContainers\[\*\]\.image`,`spec\.activeDeadlineSeconds`,`spec\.tolerations` \(only additions to existing tolerations\),`spec\.terminationGracePeriodSeconds` \(allow it to be set to 1 if it was previously negative\)\n@@ -35,7 \+35,7 @@\n     }\n   \],\n   "EphemeralContainers": null,\n-  "RestartPolicy": "Always",\n\+  "RestartPolicy": "Never",\n   "TerminationGracePeriodSeconds": 30,\n/,
    );
    const more = set({
      containers: [
        { name: 'a', image: 'x' },
        { name: 'b', image: 'y' },
      ],
    });
    expect(updated(PODS, pod(), more as never)).toBe(
      'spec.containers: Forbidden: pod updates may not add or remove containers',
    );
  });

  test('keys of its own labels become requirements of the selectors beside them', () => {
    const term = (
      keys: object,
      labelSelector: object | undefined = { matchLabels: { app: 'web' } },
    ): object => ({
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', labelSelector, ...keys }],
        },
      },
    });
    const selectors = (keys: object): unknown =>
      create(PODS, {
        ...pod({}, term(keys)),
        metadata: { name: 'p', labels: { hash: 'x', team: 'a' } },
      } as never);
    const expressions = (...list: object[]): object => ({
      spec: {
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchExpressions: list } }],
          },
        },
      },
    });
    // A key that the Pod does not carry says nothing.
    expect(selectors({ matchLabelKeys: ['hash', 'absent'], mismatchLabelKeys: ['team'] })).toMatchObject(
      expressions(
        { key: 'hash', operator: 'In', values: ['x'] },
        { key: 'team', operator: 'NotIn', values: ['a'] },
      ),
    );
    expect(
      create(PODS, {
        ...pod(
          {},
          {
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: 'zone',
                whenUnsatisfiable: 'DoNotSchedule',
                labelSelector: {},
                matchLabelKeys: ['hash'],
              },
            ],
          },
        ),
        metadata: { name: 'p', labels: { hash: 'x' } },
      } as never),
    ).toMatchObject({
      spec: {
        topologySpreadConstraints: [
          { labelSelector: { matchExpressions: [{ key: 'hash', operator: 'In', values: ['x'] }] } },
        ],
      },
    });
  });

  test.each([
    [
      { matchLabelKeys: ['a'] },
      'matchLabelKeys: Forbidden: must not be specified when labelSelector is not set',
    ],
    [
      { labelSelector: { matchLabels: { a: 'b' } }, matchLabelKeys: ['a'] },
      '[0]: Invalid value: "a": exists in both matchLabelKeys and labelSelector',
    ],
    [
      { labelSelector: {}, matchLabelKeys: ['z'], mismatchLabelKeys: ['z'] },
      'matchLabelKeys[0]: Invalid value: "z": exists in both matchLabelKeys and mismatchLabelKeys',
    ],
  ])('keys of labels %j are refused', (keys, complaint) => {
    const where = 'spec.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution[0]';
    const body = pod(
      {},
      {
        affinity: {
          podAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', ...keys }],
          },
        },
      },
    );
    const labelled = { ...body, metadata: { name: 'p', labels: { a: 'b' } } };
    expect(complaints(PODS, labelled)).toBe(`${where}${complaint.startsWith('[') ? '' : '.'}${complaint}`);
  });

  test('metadata is fixed', () => {
    const meta =
      (change: object) =>
      (object: { metadata: object }): object => ({ ...object, metadata: { ...object.metadata, ...change } });
    expect(updated(PODS, pod(), meta({ resourceVersion: '' }) as never)).toBe(
      'metadata.resourceVersion: Invalid value: "": must be specified for an update',
    );
    expect(updated(PODS, pod(), meta({ uid: 'v' }) as never)).toBe(
      'metadata.uid: Invalid value: "v": field is immutable',
    );
    expect(updated(PODS, pod(), meta({ labels: { 'a b': 'c' } }) as never)).toContain(
      'metadata.labels: Invalid value: "a b": name part must consist of',
    );
  });

  test('warnings', () => {
    const twice = create(
      PODS,
      pod({
        ports: [
          { name: 'a', containerPort: 80 },
          { name: 'b', containerPort: 80 },
        ],
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      }),
    );
    expect(PODS.warningsOnCreate(twice)).toEqual([
      'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
      'spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]',
    ]);
  });

  test('grace period', () => {
    const made = create(PODS, pod());
    const placed = { ...made, spec: { ...(made as { spec: object }).spec, nodeName: 'n' } } as KubeObject;
    expect(PODS.gracePeriod?.(made, {})).toBe(0);
    expect(PODS.gracePeriod?.(placed, {})).toBe(30);
    expect(PODS.gracePeriod?.(placed, { gracePeriodSeconds: 5 })).toBe(5);
  });
});
