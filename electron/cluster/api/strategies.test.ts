import { describe, expect, test } from 'vitest';
import { newInvalid } from '../apimachinery/status.ts';
import { toTable } from '../apimachinery/table.ts';
import { STRATEGIES } from './registry.ts';
import { SCHEMES } from './scheme.ts';
import { isSelected, parseSelectors } from './selectors.ts';
import {
  DEPLOYMENTS,
  NOW,
  PODS,
  SERVICES,
  complaints,
  create,
  deployment,
  pod,
  service,
  strategy,
  updated,
} from './strategies.testing.ts';
import type { KubeObject } from './types.ts';

const PERCENT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

describe('deployments and replica sets', () => {
  test.each([
    [{ replicas: -1 }, 'spec.replicas: Invalid value: -1: must be greater than or equal to 0'],
    [
      { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } },
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0',
    ],
    [
      { strategy: { rollingUpdate: { maxSurge: 'lots' } } },
      `spec.strategy.rollingUpdate.maxSurge: Invalid value: "lots": ${PERCENT}`,
    ],
    [
      { strategy: { rollingUpdate: { maxUnavailable: '150%' } } },
      'spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "150%": must not be greater than 100%',
    ],
    [
      { strategy: { type: 'Recreate', rollingUpdate: { maxSurge: 1 } } },
      "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
    ],
    [
      { minReadySeconds: -1, revisionHistoryLimit: -1 },
      '[spec.minReadySeconds: Invalid value: -1: must be greater than or equal to 0, spec.revisionHistoryLimit: Invalid value: -1: must be greater than or equal to 0]',
    ],
    [
      { selector: { matchLabels: { app: 'other' } } },
      'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
    ],
    [{ selector: {} }, 'spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
    [
      { selector: { matchExpressions: [{ key: 'app', operator: 'In' }] } },
      '[spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is \'In\' or \'NotIn\', spec.selector: Invalid value: {"matchExpressions":[{"key":"app","operator":"In"}]}: invalid label selector]',
    ],
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
    expect((made as { spec: { template: { spec: object } } }).spec.template.spec).not.toHaveProperty(
      'enableServiceLinks',
    );
    const scale = DEPLOYMENTS.scale?.toScale(made);
    expect(scale).toMatchObject({
      kind: 'Scale',
      spec: { replicas: 1 },
      status: { replicas: 0, selector: 'app=web' },
    });
    expect(DEPLOYMENTS.scale?.withScale(made, { ...scale, spec: { replicas: 7 } })).toMatchObject({
      spec: { replicas: 7 },
    });
    expect(
      updated(DEPLOYMENTS, deployment({}), ((object: { spec: object }) => ({
        ...object,
        spec: { ...object.spec, replicas: 2 },
      })) as never),
    ).toBe('generation 2');
    const selector = (object: { spec: object }): object => ({
      ...object,
      spec: { ...object.spec, selector: { matchLabels: { app: 'web', x: 'y' } } },
    });
    expect(
      updated(
        DEPLOYMENTS,
        deployment({
          template: {
            metadata: { labels: { app: 'web', x: 'y' } },
            spec: { containers: [{ name: 'm', image: 'i' }] },
          },
        }),
        selector as never,
      ),
    ).toBe('spec.selector: Invalid value: {"matchLabels":{"app":"web","x":"y"}}: field is immutable');
  });

  test('the two doors', () => {
    const old = {
      ...create(DEPLOYMENTS, deployment({})),
      metadata: { name: 'web', namespace: 'ns1', resourceVersion: '1', generation: 3 },
    } as KubeObject;
    const both = { ...old, spec: {}, status: { replicas: 2, readyReplicas: 0 } } as KubeObject;
    const main = DEPLOYMENTS.prepareForUpdate({ ...old, status: { replicas: 2 } } as KubeObject, old, {
      now: NOW,
    });
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
    [
      service({ ports: [{ port: 80 }, { port: 81 }] }),
      '[spec.ports[0].name: Required value, spec.ports[1].name: Required value]',
    ],
    [
      service({
        ports: [
          { name: 'a', port: 80 },
          { name: 'a', port: 81 },
        ],
      }),
      'spec.ports[1].name: Duplicate value: "a"',
    ],
    [
      service({ ports: [{ port: 0 }] }),
      '[spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive, spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive]',
    ],
    [
      service({ ports: [{ port: 80, protocol: 'ICMP' }] }),
      'spec.ports[0].protocol: Unsupported value: "ICMP": supported values: "SCTP", "TCP", "UDP"',
    ],
    [service({ ports: [{ port: 80 }] }, '1abc'), `metadata.name: Invalid value: "1abc": ${dns1035}`],
    [
      service({ ports: [{ port: 80, nodePort: 31988 }] }),
      "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
    ],
    [
      service({ type: 'Nosuch', ports: [{ port: 80 }] }),
      'spec.type: Unsupported value: "Nosuch": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
    ],
    [
      service({ clusterIP: 'not-an-ip', ports: [{ port: 80 }] }),
      'spec.clusterIPs[0]: Invalid value: "not-an-ip": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
  ])('%j', (body, message) => {
    expect(complaints(SERVICES, body)).toBe(message);
  });

  test('what was allocated stays, and goes with the type that had it', () => {
    const made = create(SERVICES, service({ type: 'NodePort', ports: [{ port: 80 }] })) as KubeObject & {
      spec: { ports: object[] };
    };
    const old = {
      ...made,
      spec: {
        ...made.spec,
        clusterIP: '10.96.0.5',
        clusterIPs: ['10.96.0.5'],
        ports: [{ ...made.spec.ports[0], nodePort: 30080 }],
      },
    };
    const again = SERVICES.prepareForUpdate(made, old, { now: NOW });
    expect(again).toMatchObject({
      spec: { clusterIP: '10.96.0.5', clusterIPs: ['10.96.0.5'], ports: [{ port: 80, nodePort: 30080 }] },
    });
    const plain = SERVICES.prepareForUpdate(
      { ...old, spec: { ...old.spec, type: 'ClusterIP' } } as KubeObject,
      old,
      { now: NOW },
    );
    expect((plain as typeof made).spec.ports[0]).not.toHaveProperty('nodePort');
    expect(plain).not.toHaveProperty('spec.externalTrafficPolicy');
    expect(
      SERVICES.validateUpdate({ ...plain, metadata: { ...plain.metadata, resourceVersion: '1' } }, old, {
        now: NOW,
      }),
    ).toEqual([]);
  });
});

describe('the other kinds', () => {
  const CONFIG_MAPS = strategy('configmaps');
  const SECRETS = strategy('secrets');

  test.each([
    [
      { metadata: { name: 'c' }, data: { 'bad key': 'x' } },
      "data[bad key]: Invalid value: \"bad key\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    ],
    [
      { metadata: { name: 'c' }, data: { k: 'x' }, binaryData: { k: 'eA==' } },
      'data[k]: Invalid value: "k": duplicate of key present in binaryData',
    ],
    [
      { metadata: { name: 'c', finalizers: ['nodomain'] } },
      'metadata.finalizers[0]: Invalid value: "nodomain": name is neither a standard finalizer name nor is it fully qualified',
    ],
    [
      { metadata: { name: 'c', annotations: { a: 'x'.repeat(256 * 1024) } } },
      'metadata.annotations: Too long: may not be more than 262144 bytes',
    ],
  ])('ConfigMap %#', (body, message) => {
    expect(complaints(CONFIG_MAPS, body)).toBe(message);
  });

  test('immutable ConfigMaps and Secrets', () => {
    const locked = { metadata: { name: 'c' }, immutable: true, data: { a: 'MQ==' } };
    const change =
      (fields: object) =>
      (object: object): object => ({ ...object, ...fields });
    expect(updated(CONFIG_MAPS, locked, change({ data: { a: '2' } }) as never)).toBe(
      'data: Forbidden: field is immutable when `immutable` is set',
    );
    expect(updated(CONFIG_MAPS, locked, change({ immutable: false }) as never)).toBe(
      'immutable: Forbidden: field is immutable when `immutable` is set',
    );
    expect(updated(SECRETS, locked, change({ stringData: { a: '2' } }) as never)).toBe(
      'data: Forbidden: field is immutable when `immutable` is set',
    );
    expect(updated(SECRETS, locked, change({ type: 'x' }) as never)).toBe(
      'type: Invalid value: "x": field is immutable',
    );
  });

  test('Secrets: stringData goes into data', () => {
    expect(
      create(SECRETS, { metadata: { name: 's' }, stringData: { user: 'admin' }, data: { pass: 'cXdlcnR5' } }),
    ).toMatchObject({
      type: 'Opaque',
      data: { user: 'YWRtaW4=', pass: 'cXdlcnR5' },
    });
    expect(complaints(SECRETS, { metadata: { name: 's' }, type: 'kubernetes.io/tls' })).toBe(
      '[data[tls.crt]: Required value, data[tls.key]: Required value]',
    );
  });

  test('Namespaces', () => {
    const namespaces = strategy('namespaces');
    const made = create(namespaces, { metadata: { name: 'team' } });
    expect(made).toMatchObject({
      metadata: { labels: { 'kubernetes.io/metadata.name': 'team' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
    const done = namespaces.finalize?.prepareForUpdate({ ...made, spec: {} } as KubeObject, made, {
      now: NOW,
    });
    expect(done).toMatchObject({ spec: {}, status: { phase: 'Active' } });
  });

  test('Events of both groups are one', () => {
    const events = strategy('events', 'events.k8s.io');
    const stored = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'e', namespace: 'ns1' },
      involvedObject: { kind: 'Pod', name: 'p', namespace: 'ns1' },
      message: 'm',
      count: 2,
    };
    const shown = events.storage?.fromStorage(stored as KubeObject);
    expect(shown).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      regarding: { name: 'p' },
      note: 'm',
      deprecatedCount: 2,
    });
    expect(events.storage?.toStorage(shown as KubeObject)).toEqual(stored);
    expect(
      complaints(strategy('events'), {
        metadata: { name: 'e' },
        involvedObject: { kind: 'Pod', namespace: 'other' },
      }),
    ).toBe('involvedObject.namespace: Invalid value: "other": does not match event.namespace');
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
        causes: [
          {
            reason: 'FieldValueRequired',
            message: 'Required value: name or generateName is required',
            field: 'metadata.name',
          },
        ],
      },
      code: 422,
    });
  });
});

describe('every kind', () => {
  test.each(STRATEGIES.map((kind) => [`${kind.gvk.group}/${kind.resource}`, kind] as const))(
    '%s',
    (_name, kind) => {
      expect(SCHEMES.forKind(kind.gvk)).toBeDefined();
      const object = create(kind, { metadata: { name: 'x' } });
      const table = toTable(kind, [object], NOW);
      expect(table.columnDefinitions.length).toBeGreaterThan(1);
      expect(table.rows[0]?.cells).toHaveLength(table.columnDefinitions.length);
      expect(kind.selectableFields(object)['metadata.name']).toBe('x');
      expect(kind.applyDefaults(kind.applyDefaults(object))).toEqual(kind.applyDefaults(object));
    },
  );

  test('selectors', () => {
    const made = create(PODS, pod({}, { schedulerName: 'manual' }));
    expect(
      isSelected(PODS, parseSelectors(PODS, '', 'status.phase=Pending,spec.schedulerName=manual'), made),
    ).toBe(true);
    expect(isSelected(PODS, parseSelectors(PODS, 'app=web'), made)).toBe(false);
    expect(() => parseSelectors(PODS, '', 'spec.image=nginx')).toThrow(
      'Unable to find "/v1, Resource=pods" that match label selector "", field selector "spec.image=nginx": field label not supported: spec.image',
    );
    expect(() => parseSelectors(strategy('configmaps'), '', 'data.a=b')).toThrow(
      'Unable to find "/v1, Resource=configmaps" that match label selector "", field selector "data.a=b": "data.a" is not a known field selector: only "metadata.name", "metadata.namespace"',
    );
  });
});
