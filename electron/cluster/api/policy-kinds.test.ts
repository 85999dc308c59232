import { describe, expect, it } from 'vitest';
import { toTable } from '../apimachinery/table.ts';
import { complaints, create, NOW, strategy, updated } from './strategies.testing.ts';
import { strategyOf } from './registry.ts';
import type { KubeObject, LimitRange } from './types.ts';

const metadata = { name: 'x' };
const cells = (kind: ReturnType<typeof strategy>, object: object) =>
  toTable(kind, [object as KubeObject], NOW).rows[0]?.cells;
const edit =
  (change: object) =>
  (object: Record<string, unknown>): object => ({ ...object, ...change });

describe('storage', () => {
  const claims = strategy('persistentvolumeclaims');
  const volumes = strategy('persistentvolumes');
  const classes = strategy('storageclasses', 'storage.k8s.io');
  const claim = (spec: object) => ({ metadata, spec });
  const request = { resources: { requests: { storage: '1Gi' } } };

  it('refuses claims in upstream words', () => {
    expect(complaints(claims, claim({ accessModes: ['ReadWriteOnce'], ...request }))).toBe('valid');
    expect(complaints(claims, claim({}))).toBe(
      '[spec.accessModes: Required value: at least 1 access mode is required, spec.resources[storage]: Required value]',
    );
    expect(complaints(claims, claim({ accessModes: ['ReadSometimes'], ...request }))).toBe(
      'spec.accessModes: Unsupported value: "ReadSometimes": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
    );
    const zero = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: 0 } } };
    expect(complaints(claims, claim(zero))).toBe(
      'spec.resources[storage]: Invalid value: "0": must be greater than zero',
    );
  });

  it('keeps a claim as it was asked for', () => {
    const spec = { accessModes: ['ReadWriteOnce'], storageClassName: 'a', ...request };
    expect(updated(claims, claim(spec), edit({ spec: { ...spec, storageClassName: 'b' } }))).toMatch(
      /^spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n/,
    );
    expect(
      updated(claims, claim(spec), edit({ spec: { ...spec, volumeMode: 'Filesystem', volumeName: 'v' } })),
    ).toBe('generation 0');
    expect(cells(claims, create(claims, claim(spec)))).toEqual(
      ['x', 'Pending', '', '', '', 'a', '<unset>', '<unknown>', 'Filesystem'],
    ); // prettier-ignore
  });

  it('refuses volumes and classes in upstream words', () => {
    expect(complaints(volumes, { metadata, spec: { hostPath: { path: '/x' } } })).toBe(
      '[spec.accessModes: Required value, spec.capacity: Required value, spec.capacity: Unsupported value: null: supported values: "storage"]',
    );
    const spec = { accessModes: ['ReadWriteMany'], capacity: { storage: '5Gi' } };
    expect(complaints(volumes, { metadata, spec })).toBe('spec: Required value: must specify a volume type');
    const volume = { metadata, spec: { ...spec, hostPath: { path: '/x' } } };
    expect(complaints(volumes, volume)).toBe('valid');
    expect(cells(volumes, create(volumes, volume))?.slice(0, 5)).toEqual([
      'x',
      '5Gi',
      'RWX',
      'Retain',
      'Pending',
    ]);
    expect(complaints(classes, { metadata })).toBe('provisioner: Required value');
    expect(updated(classes, { metadata, provisioner: 'a' }, edit({ provisioner: 'b' }))).toBe(
      'provisioner: Forbidden: updates to provisioner are forbidden.',
    );
  });
});

describe('limits and budgets', () => {
  const quotas = strategy('resourcequotas');
  const ranges = strategy('limitranges');
  const budgets = strategy('poddisruptionbudgets', 'policy');
  const priorities = strategy('priorityclasses', 'scheduling.k8s.io');
  const quota = (hard: object, more: object = {}) => ({ metadata, spec: { hard, ...more } });
  const range = (item: object) => ({ metadata, spec: { limits: [{ type: 'Container', ...item }] } });

  it('quotas count what can be counted', () => {
    expect(complaints(quotas, quota({ pods: '2', 'requests.cpu': '1', 'count/jobs.batch': '3' }))).toBe(
      'valid',
    );
    expect(complaints(quotas, quota({ nosuchthing: '1' }))).toBe(
      '[spec.hard[nosuchthing]: Invalid value: "nosuchthing": must be a standard resource type or fully qualified, spec.hard[nosuchthing]: Invalid value: "nosuchthing": must be a standard resource for quota]',
    );
    expect(complaints(quotas, quota({ pods: '1.5' }))).toBe(
      'spec.hard[pods]: Invalid value: "1500m": must be an integer',
    );
    expect(complaints(quotas, quota({ pods: '1' }, { scopes: ['BestEffort', 'NotBestEffort'] }))).toBe(
      'spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes',
    );
    const status = { hard: { pods: '2', 'limits.cpu': '1' }, used: { pods: '1' } };
    expect(cells(quotas, { metadata, status })?.slice(0, 3)).toEqual(['x', 'pods: 1/2', 'limits.cpu: 0/1']);
  });

  it('limit ranges fill in and contradict themselves', () => {
    const made = create(ranges, range({ max: { cpu: '1' } })) as LimitRange;
    expect(made.spec?.limits[0]).toMatchObject({ default: { cpu: '1' }, defaultRequest: { cpu: '1' } });
    expect(complaints(ranges, range({ min: { cpu: '2' }, max: { cpu: '1' } }))).toBe(
      '[spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1, spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1, spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1]',
    );
  });

  it('budgets say one thing', () => {
    const budget = (spec: object) => ({ metadata, spec: { selector: { matchLabels: { a: 'b' } }, ...spec } });
    expect(complaints(budgets, budget({ minAvailable: 1 }))).toBe('valid');
    expect(complaints(budgets, budget({ minAvailable: '120%' }))).toBe(
      'spec.minAvailable: Invalid value: "120%": must not be greater than 100%',
    );
    expect(complaints(budgets, budget({ minAvailable: 1, maxUnavailable: 1 }))).toMatch(
      /: minAvailable and maxUnavailable cannot be both set$/,
    );
    expect(cells(budgets, create(budgets, budget({ minAvailable: 1 })))?.slice(0, 4)).toEqual([
      'x',
      '1',
      'N/A',
      0,
    ]);
  });

  it('priorities of users stay below those of the system', () => {
    expect(complaints(priorities, { metadata, value: 1_000_000_001 })).toBe(
      'value: Forbidden: maximum allowed value of a user defined priority is 1000000000',
    );
    expect(complaints(priorities, { metadata: { name: 'system-x' }, value: 1 })).toBe(
      "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-x is not a known system priority class",
    );
    expect(updated(priorities, { metadata, value: 1 }, edit({ value: 2 }))).toBe(
      'value: Forbidden: may not be changed in an update.',
    );
  });
});

describe('network', () => {
  const ingresses = strategy('ingresses', 'networking.k8s.io');
  const policies = strategy('networkpolicies', 'networking.k8s.io');
  const slices = strategy('endpointslices', 'discovery.k8s.io');
  const endpoints = strategy('endpoints');
  const service = { service: { name: 'web', port: { number: 80 } } };

  it('ingresses', () => {
    expect(complaints(ingresses, { metadata, spec: { defaultBackend: service } })).toBe('valid');
    expect(complaints(ingresses, { metadata, spec: {} })).toBe(
      'spec: Invalid value: null: either `defaultBackend` or `rules` must be specified',
    );
    const rule = (path: object) => ({ metadata, spec: { rules: [{ http: { paths: [path] } }] } });
    expect(complaints(ingresses, rule({ path: '/', backend: service }))).toBe(
      'spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified',
    );
    expect(
      complaints(
        ingresses,
        rule({ path: 'nope', pathType: 'Exact', backend: { service: { name: 'web', port: {} } } }),
      ),
    ).toBe(
      '[spec.rules[0].http.paths[0].path: Invalid value: "nope": must be an absolute path, spec.rules[0].http.paths[0].backend: Required value: port name or number is required]',
    );
    const tls = { defaultBackend: service, tls: [{ hosts: ['a.b'] }] };
    expect(cells(ingresses, create(ingresses, { metadata, spec: tls }))?.slice(0, 5)).toEqual(
      ['x', '<none>', '*', '', '80, 443'],
    ); // prettier-ignore
  });

  it('policies', () => {
    const policy = { metadata, spec: { podSelector: {}, egress: [{ ports: [{ port: 53 }] }] } };
    expect(create(policies, policy)).toMatchObject({
      spec: { policyTypes: ['Ingress', 'Egress'], egress: [{ ports: [{ port: 53, protocol: 'TCP' }] }] },
    });
    const bad = { metadata, spec: { podSelector: {}, ingress: [{ from: [{}] }] } };
    expect(complaints(policies, bad)).toBe('spec.ingress[0].from[0]: Required value: must specify a peer');
    expect(cells(policies, create(policies, policy))?.slice(0, 2)).toEqual(['x', '<none>']);
  });

  it('endpoints and slices', () => {
    const slice = (address: string) => ({
      metadata,
      addressType: 'IPv4',
      endpoints: [{ addresses: [address] }],
    });
    expect(complaints(slices, slice('10.0.0.1'))).toBe('valid');
    expect(complaints(slices, slice('not-an-ip'))).toBe(
      'endpoints[0].addresses[0]: Invalid value: "not-an-ip": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    );
    expect(cells(slices, create(slices, slice('10.0.0.1')))?.slice(0, 4)).toEqual([
      'x',
      'IPv4',
      '<unset>',
      '10.0.0.1',
    ]);
    const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'].map((ip) => ({ ip }));
    const made = create(endpoints, { metadata, subsets: [{ addresses, ports: [{ port: 80 }] }] });
    expect(cells(endpoints, made)?.[1]).toBe('10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more...');
    expect(complaints(endpoints, { metadata, subsets: [{}] })).toBe(
      'subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`',
    );
  });
});

describe('HorizontalPodAutoscaler', () => {
  const v2 = strategyOf({ group: 'autoscaling', version: 'v2', resource: 'horizontalpodautoscalers' });
  const v1 = strategyOf({ group: 'autoscaling', version: 'v1', resource: 'horizontalpodautoscalers' });
  if (v1 === undefined || v2 === undefined) throw new Error('not served');
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };

  it('is the same object in both versions', () => {
    const made = create(v1, {
      metadata,
      spec: { maxReplicas: 5, scaleTargetRef, targetCPUUtilizationPercentage: 80 },
    });
    const stored = v1.storage?.toStorage(made) as KubeObject & { spec: object };
    expect(stored.spec).toEqual({
      minReplicas: 1,
      maxReplicas: 5,
      scaleTargetRef,
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
        },
      ],
    });
    expect(v1.storage?.fromStorage(stored)).toMatchObject({
      apiVersion: 'autoscaling/v1',
      spec: { maxReplicas: 5, minReplicas: 1, scaleTargetRef, targetCPUUtilizationPercentage: 80 },
    });
    expect(cells(v2, stored)?.slice(0, 6)).toEqual(['x', 'Deployment/web', 'cpu: <unknown>/80%', '1', 5, 0]);
  });

  it('is refused in upstream words', () => {
    expect(complaints(v2, { metadata, spec: { minReplicas: 3, maxReplicas: 2, scaleTargetRef } })).toBe(
      'spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`',
    );
    const metrics = [{ type: 'Pods' }];
    expect(complaints(v2, { metadata, spec: { maxReplicas: 2, scaleTargetRef, metrics } })).toBe(
      'spec.metrics[0].pods: Required value: must populate information for the given metric source',
    );
  });
});
