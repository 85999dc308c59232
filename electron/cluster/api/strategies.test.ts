import { describe, expect, test } from 'vitest';
import { aggregateMessage, newInvalid } from '../apimachinery/status.ts';
import { toTable } from '../apimachinery/table.ts';
import { decodeBody } from './decode-body.ts';
import type { AnyStrategy } from './registry.ts';
import { STRATEGIES, strategyOf } from './registry.ts';
import { SCHEMES } from './scheme.ts';
import { isSelected, parseSelectors } from './selectors.ts';
import type { KubeObject } from './types.ts';

const NOW = Date.parse('2026-01-01T00:10:00Z');

function strategy(resource: string, group = ''): AnyStrategy {
  const found = strategyOf({ group, version: 'v1', resource });
  if (found === undefined) throw new Error(`no strategy ${resource}`);
  return found;
}

const PODS = strategy('pods');
const DEPLOYMENTS = strategy('deployments', 'apps');
const SERVICES = strategy('services');

/** As the registry prepares it. */
function create(kind: AnyStrategy, body: object): KubeObject {
  const { object } = decodeBody({ expected: kind.gvk, body });
  const namespaced = kind.namespaced ? { ...object, metadata: { namespace: 'ns1', ...object.metadata } } : object;
  return kind.prepareForCreate(kind.applyDefaults(namespaced), { now: NOW });
}

function complaints(kind: AnyStrategy, body: object): string {
  const errors = kind.validateCreate(create(kind, body), { now: NOW });
  return errors.length === 0 ? 'valid' : aggregateMessage(errors);
}

function updated(kind: AnyStrategy, old: object, change: (object: Record<string, never>) => object): string {
  const before = { ...create(kind, old), metadata: { ...create(kind, old).metadata, resourceVersion: '1', uid: 'u' } };
  const { object } = decodeBody({ expected: kind.gvk, body: change(structuredClone(before) as never) });
  const next = kind.prepareForUpdate(kind.applyDefaults(object), before, { now: NOW });
  const errors = kind.validateUpdate(next, before, { now: NOW });
  return errors.length === 0 ? `generation ${next.metadata?.generation ?? 0}` : aggregateMessage(errors);
}

const pod = (container: object = {}, spec: object = {}, name = 'p'): object => ({
  metadata: { name },
  spec: { containers: [{ name: 'main', image: 'nginx', ...container }], ...spec },
});
const deployment = (spec: object): object => ({
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'nginx' }] } },
    ...spec,
  },
});
const service = (spec: object, name = 's'): object => ({ metadata: { name }, spec });

const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const PERCENT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

describe('pods', () => {
  test.each([
    [pod(), 'valid'],
    [pod({}, {}, 'Upper'), `metadata.name: Invalid value: "Upper": ${SUBDOMAIN}`],
    [pod({}, {}, 'x'.repeat(254)), `metadata.name: Invalid value: "${'x'.repeat(254)}": must be no more than 253 characters`],
    [{ spec: { containers: [{ name: 'm', image: 'i' }] } }, 'metadata.name: Required value: name or generateName is required'],
    [pod({ name: 'Main_C' }), `spec.containers[0].name: Invalid value: "Main_C": ${LABEL}`],
    [pod({}, { containers: [{ name: 'a', image: 'x' }, { name: 'a', image: 'y' }] }), 'spec.containers[1].name: Duplicate value: "a"'],
    [pod({}, { containers: [] }), 'spec.containers: Required value'],
    [pod({ image: '' }), 'spec.containers[0].image: Required value'],
    [pod({ ports: [{ containerPort: 0 }] }), 'spec.containers[0].ports[0].containerPort: Required value'],
    [pod({ ports: [{ containerPort: 70000 }] }), 'spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive'],
    [pod({ ports: [{ name: 'this-name-is-far-too-long', containerPort: 80 }] }), 'spec.containers[0].ports[0].name: Invalid value: "this-name-is-far-too-long": must be no more than 15 characters'],
    [pod({ ports: [{ name: '123', containerPort: 80 }] }), 'spec.containers[0].ports[0].name: Invalid value: "123": must contain at least one letter (a-z)'],
    [pod({ ports: [{ name: 'a', containerPort: 80 }, { name: 'a', containerPort: 81 }] }), 'spec.containers[0].ports[1].name: Duplicate value: "a"'],
    [pod({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }), 'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
    [pod({ resources: { limits: { memory: '-1' } } }), '[spec.containers[0].resources.limits[memory]: Invalid value: "-1": must be greater than or equal to 0, spec.containers[0].resources.requests[memory]: Invalid value: "-1": must be greater than or equal to 0]'],
    [pod({ volumeMounts: [{ name: 'x', mountPath: '/x' }] }), 'spec.containers[0].volumeMounts[0].name: Not found: "x"'],
    [pod({ livenessProbe: {} }), 'spec.containers[0].livenessProbe: Required value: must specify a handler type'],
    [pod({}, { restartPolicy: 'Sometimes' }), 'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"'],
    [pod({}, { tolerations: [{ key: 'a', operator: 'Near' }] }), 'spec.tolerations[0].operator: Unsupported value: "Near": supported values: "Equal", "Exists"'],
    [pod({}, { activeDeadlineSeconds: 0 }), 'spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive'],
  ])('%j', (body, message) => {
    expect(complaints(PODS, body)).toBe(message);
  });

  test('defaults are those of upstream', () => {
    const made = create(PODS, pod({ image: 'nginx:1.25', resources: { limits: { cpu: '1' } }, livenessProbe: { httpGet: { port: 80 } } }));
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
            livenessProbe: { httpGet: { path: '/', port: 80, scheme: 'HTTP' }, periodSeconds: 10, timeoutSeconds: 1, successThreshold: 1, failureThreshold: 3 },
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
    const set = (spec: object) => (object: { spec: object }): object => ({ ...object, spec: { ...object.spec, ...spec } });
    const image = (object: { spec: { containers: object[] } }): object => set({ containers: [{ ...object.spec.containers[0], image: 'redis' }] })(object);
    expect(updated(PODS, pod(), image as never)).toBe('generation 2');
    expect(updated(PODS, pod(), set({}) as never)).toBe('generation 1');
    expect(updated(PODS, pod(), set({ activeDeadlineSeconds: 60 }) as never)).toBe('generation 2');
    expect(updated(PODS, pod({}, { activeDeadlineSeconds: 60 }), set({ activeDeadlineSeconds: 90 }) as never)).toBe(
      'spec.activeDeadlineSeconds: Invalid value: 90: must be less than or equal to previous value',
    );
    expect(updated(PODS, pod(), set({ tolerations: [{ key: 'x', operator: 'Exists' }] }) as never)).toBe('generation 2');
    expect(updated(PODS, pod(), set({ restartPolicy: 'Never' }) as never)).toMatch(
      /^spec: Forbidden: pod updates may not change fields other than `spec\.containers\[\*\]\.image`,`spec\.initContainers\[\*\]\.image`,`spec\.activeDeadlineSeconds`,`spec\.tolerations` \(only additions to existing tolerations\),`spec\.terminationGracePeriodSeconds` \(allow it to be set to 1 if it was previously negative\)\n@@ /,
    );
    const more = set({ containers: [{ name: 'a', image: 'x' }, { name: 'b', image: 'y' }] });
    expect(updated(PODS, pod(), more as never)).toBe('spec.containers: Forbidden: pod updates may not add or remove containers');
  });

  test('metadata is fixed', () => {
    const meta = (change: object) => (object: { metadata: object }): object => ({ ...object, metadata: { ...object.metadata, ...change } });
    expect(updated(PODS, pod(), meta({ resourceVersion: '' }) as never)).toBe(
      'metadata.resourceVersion: Invalid value: "": must be specified for an update',
    );
    expect(updated(PODS, pod(), meta({ uid: 'v' }) as never)).toBe('metadata.uid: Invalid value: "v": field is immutable');
    expect(updated(PODS, pod(), meta({ labels: { 'a b': 'c' } }) as never)).toContain('metadata.labels: Invalid value: "a b": name part must consist of');
  });

  test('warnings', () => {
    const twice = create(PODS, pod({ ports: [{ name: 'a', containerPort: 80 }, { name: 'b', containerPort: 80 }], env: [{ name: 'A', value: '1' }, { name: 'A', value: '2' }] }));
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

describe('deployments and replica sets', () => {
  test.each([
    [{ replicas: -1 }, 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    [{ strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } }, 'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0'],
    [{ strategy: { rollingUpdate: { maxSurge: 'lots' } } }, `spec.strategy.rollingUpdate.maxSurge: Invalid value: "lots": ${PERCENT}`],
    [{ strategy: { rollingUpdate: { maxUnavailable: '150%' } } }, 'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "150%": must not be greater than 100%'],
    [{ strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } }, "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
    [{ minReadySeconds: -1, revisionHistoryLimit: -1 }, '[spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0, spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0]'],
    [{ selector: { matchLabels: { app: 'other' } } }, 'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
    [{ selector: {} }, 'spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
    [{ selector: { matchExpressions: [{ key: 'app', operator: 'In' }] } }, "[spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn', spec.selector: Invalid value: {\"matchExpressions\":[{\"key\":\"app\",\"operator\":\"In\"}]}: invalid label selector]"],
  ])('%j', (spec, message) => {
    expect(complaints(DEPLOYMENTS, deployment(spec))).toBe(message);
  });

  test('defaults, generation, scale', () => {
    const made = create(DEPLOYMENTS, deployment({}));
    expect(made).toMatchObject({
      spec: {
        replicas: 1,
        progressDeadlineSeconds: 600,
        revisionHistoryLimit: 10,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      },
    });
    expect((made as { spec: { template: { spec: object } } }).spec.template.spec).not.toHaveProperty('enableServiceLinks');
    const scale = DEPLOYMENTS.scale?.toScale(made);
    expect(scale).toMatchObject({ kind: 'Scale', spec: { replicas: 1 }, status: { replicas: 0, selector: 'app=web' } });
    expect(DEPLOYMENTS.scale?.withScale(made, { ...scale, spec: { replicas: 7 } })).toMatchObject({ spec: { replicas: 7 } });
    expect(updated(DEPLOYMENTS, deployment({}), ((object: { spec: object }) => ({ ...object, spec: { ...object.spec, replicas: 2 } })) as never)).toBe('generation 2');
    const selector = (object: { spec: object }): object => ({ ...object, spec: { ...object.spec, selector: { matchLabels: { app: 'web', x: 'y' } } } });
    expect(updated(DEPLOYMENTS, deployment({ template: { metadata: { labels: { app: 'web', x: 'y' } }, spec: { containers: [{ name: 'm', image: 'i' }] } } }), selector as never)).toBe(
      'spec.selector: Invalid value: {"matchLabels":{"app":"web","x":"y"}}: field is immutable',
    );
  });

  test('the two doors', () => {
    const old = { ...create(DEPLOYMENTS, deployment({})), metadata: { name: 'web', namespace: 'ns1', resourceVersion: '1', generation: 3 } } as KubeObject;
    const both = { ...old, spec: {}, status: { replicas: 2, readyReplicas: 0 } } as KubeObject;
    const main = DEPLOYMENTS.prepareForUpdate({ ...old, status: { replicas: 2 } } as KubeObject, old, { now: NOW });
    expect(main).toMatchObject({ status: {}, metadata: { generation: 3 } });
    const status = DEPLOYMENTS.status?.prepareForUpdate(both, old, { now: NOW });
    expect(status).toMatchObject({ spec: (old as { spec?: object }).spec, status: { replicas: 2 } });
    expect((status as { status?: object }).status).not.toHaveProperty('readyReplicas');
  });
});

describe('services', () => {
  const dns1035 =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
  test.each([
    [service({ selector: { app: 'web' } }), 'spec.ports: Required value'],
    [service({ ports: [{ port: 80 }, { port: 81 }] }), '[spec.ports[0].name: Required value, spec.ports[1].name: Required value]'],
    [service({ ports: [{ name: 'a', port: 80 }, { name: 'a', port: 81 }] }), 'spec.ports[1].name: Duplicate value: "a"'],
    [service({ ports: [{ port: 0 }] }), '[spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive, spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive]'],
    [service({ ports: [{ port: 80, protocol: 'ICMP' }] }), 'spec.ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"'],
    [service({ ports: [{ port: 80 }] }, '1abc'), `metadata.name: Invalid value: "1abc": ${dns1035}`],
    [service({ ports: [{ port: 80, nodePort: 31988 }] }), "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"],
    [service({ type: 'Nosuch', ports: [{ port: 80 }] }), 'spec.type: Unsupported value: "Nosuch": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"'],
    [service({ clusterIP: 'not-an-ip', ports: [{ port: 80 }] }), 'spec.clusterIPs[0]: Invalid value: "not-an-ip": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
  ])('%j', (body, message) => {
    expect(complaints(SERVICES, body)).toBe(message);
  });

  test('what was allocated stays, and goes with the type that had it', () => {
    const made = create(SERVICES, service({ type: 'NodePort', ports: [{ port: 80 }] })) as KubeObject & { spec: { ports: object[] } };
    const old = { ...made, spec: { ...made.spec, clusterIP: '10.96.0.5', clusterIPs: ['10.96.0.5'], ports: [{ ...made.spec.ports[0], nodePort: 30080 }] } };
    const again = SERVICES.prepareForUpdate(made, old, { now: NOW });
    expect(again).toMatchObject({ spec: { clusterIP: '10.96.0.5', clusterIPs: ['10.96.0.5'], ports: [{ port: 80, nodePort: 30080 }] } });
    const plain = SERVICES.prepareForUpdate({ ...old, spec: { ...old.spec, type: 'ClusterIP' } } as KubeObject, old, { now: NOW });
    expect((plain as typeof made).spec.ports[0]).not.toHaveProperty('nodePort');
    expect(plain).not.toHaveProperty('spec.externalTrafficPolicy');
    expect(SERVICES.validateUpdate({ ...plain, metadata: { ...plain.metadata, resourceVersion: '1' } }, old, { now: NOW })).toEqual([]);
  });
});

describe('the other kinds', () => {
  const CONFIG_MAPS = strategy('configmaps');
  const SECRETS = strategy('secrets');

  test.each([
    [{ metadata: { name: 'c' }, data: { 'bad key': 'x' } }, "data[bad key]: Invalid value: \"bad key\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"],
    [{ metadata: { name: 'c' }, data: { k: 'x' }, binaryData: { k: 'eA==' } }, 'data[k]: Invalid value: "k": duplicate of key present in binaryData'],
    [{ metadata: { name: 'c', finalizers: ['nodomain'] } }, 'metadata.finalizers[0]: Invalid value: "nodomain": name is neither a standard finalizer name nor is it fully qualified'],
    [{ metadata: { name: 'c', annotations: { a: 'x'.repeat(256 * 1024) } } }, 'metadata.annotations: Too long: may not be more than 262144 bytes'],
  ])('ConfigMap %#', (body, message) => {
    expect(complaints(CONFIG_MAPS, body)).toBe(message);
  });

  test('immutable ConfigMaps and Secrets', () => {
    const locked = { metadata: { name: 'c' }, immutable: true, data: { a: 'MQ==' } };
    const change = (fields: object) => (object: object): object => ({ ...object, ...fields });
    expect(updated(CONFIG_MAPS, locked, change({ data: { a: '2' } }) as never)).toBe('data: Forbidden: field is immutable when `immutable` is set');
    expect(updated(CONFIG_MAPS, locked, change({ immutable: false }) as never)).toBe('immutable: Forbidden: field is immutable when `immutable` is set');
    expect(updated(SECRETS, locked, change({ stringData: { a: '2' } }) as never)).toBe('data: Forbidden: field is immutable when `immutable` is set');
    expect(updated(SECRETS, locked, change({ type: 'x' }) as never)).toBe('type: Invalid value: "x": field is immutable');
  });

  test('Secrets: stringData goes into data', () => {
    expect(create(SECRETS, { metadata: { name: 's' }, stringData: { user: 'admin' }, data: { pass: 'cXdlcnR5' } })).toMatchObject({
      type: 'Opaque',
      data: { user: 'YWRtaW4=', pass: 'cXdlcnR5' },
    });
    expect(complaints(SECRETS, { metadata: { name: 's' }, type: 'kubernetes.io/tls' })).toBe('[data[tls.crt]: Required value, data[tls.key]: Required value]');
  });

  test('Namespaces', () => {
    const namespaces = strategy('namespaces');
    const made = create(namespaces, { metadata: { name: 'team' } });
    expect(made).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'team' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
    const done = namespaces.finalize?.prepareForUpdate({ ...made, spec: {} } as KubeObject, made, { now: NOW });
    expect(done).toMatchObject({ spec: {}, status: { phase: 'Active' } });
  });

  test('Events of both groups are one', () => {
    const events = strategy('events', 'events.k8s.io');
    const stored = { apiVersion: 'v1', kind: 'Event', metadata: { name: 'e', namespace: 'ns1' }, involvedObject: { kind: 'Pod', name: 'p', namespace: 'ns1' }, message: 'm', count: 2 };
    const shown = events.storage?.fromStorage(stored as KubeObject);
    expect(shown).toMatchObject({ apiVersion: 'events.k8s.io/v1', regarding: { name: 'p' }, note: 'm', deprecatedCount: 2 });
    expect(events.storage?.toStorage(shown as KubeObject)).toEqual(stored);
    expect(complaints(strategy('events'), { metadata: { name: 'e' }, involvedObject: { kind: 'Pod', namespace: 'other' } })).toBe(
      'involvedObject.namespace: Invalid value: "other": does not match event.namespace',
    );
  });

  test('an invalid object is one Status', () => {
    const errors = CONFIG_MAPS.validateCreate(create(CONFIG_MAPS, {}), { now: NOW });
    expect(newInvalid(CONFIG_MAPS.gvk, '', errors).status).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
      reason: 'Invalid',
      details: {
        kind: 'ConfigMap',
        causes: [{ reason: 'FieldValueRequired', message: 'Required value: name or generateName is required', field: 'metadata.name' }],
      },
      code: 422,
    });
  });
});

describe('every kind', () => {
  test.each(STRATEGIES.map((kind) => [`${kind.gvk.group}/${kind.resource}`, kind] as const))('%s', (_name, kind) => {
    expect(SCHEMES.forKind(kind.gvk)).toBeDefined();
    const object = create(kind, { metadata: { name: 'x' } });
    const table = toTable(kind, [object], NOW);
    expect(table.columnDefinitions.length).toBeGreaterThan(1);
    expect(table.rows[0]?.cells).toHaveLength(table.columnDefinitions.length);
    expect(kind.selectableFields(object)['metadata.name']).toBe('x');
    expect(kind.applyDefaults(kind.applyDefaults(object))).toEqual(kind.applyDefaults(object));
  });

  test('selectors', () => {
    const made = create(PODS, pod({}, { schedulerName: 'manual' }));
    expect(isSelected(PODS, parseSelectors(PODS, '', 'status.phase=Pending,spec.schedulerName=manual'), made)).toBe(true);
    expect(isSelected(PODS, parseSelectors(PODS, 'app=web'), made)).toBe(false);
    expect(() => parseSelectors(PODS, '', 'spec.image=nginx')).toThrow(
      'Unable to find "/v1, Resource=pods" that match label selector "", field selector "spec.image=nginx": field label not supported: spec.image',
    );
    expect(() => parseSelectors(strategy('configmaps'), '', 'data.a=b')).toThrow(
      'Unable to find "/v1, Resource=configmaps" that match label selector "", field selector "data.a=b": "data.a" is not a known field selector: only "metadata.name", "metadata.namespace"',
    );
  });
});
