import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../types.ts';
import { defaultPod } from './defaults.ts';
import { EPHEMERAL_CONTAINERS } from './ephemeral-containers.ts';

const CONTEXT = { now: 0 };

function pod(ephemeralContainers?: readonly object[], more: object = {}): Pod {
  return defaultPod({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop', uid: 'u', resourceVersion: '7', generation: 3 },
    spec: {
      containers: [{ name: 'nginx', image: 'nginx' }],
      volumes: [{ name: 'data', emptyDir: {} }],
      ...(ephemeralContainers === undefined ? {} : { ephemeralContainers }),
      ...more,
    },
  } as unknown as Pod);
}

const refusals = (next: Pod, old: Pod): string[] =>
  EPHEMERAL_CONTAINERS.validateUpdate(next, old, CONTEXT).map(({ field, body }) => `${field}: ${body}`);

describe('the ephemeralcontainers door', () => {
  it('adds containers and changes nothing else', () => {
    const asked = pod([{ name: 'debugger', image: 'busybox', targetContainerName: 'nginx' }], {
      hostname: 'other',
    });
    const next = EPHEMERAL_CONTAINERS.prepareForUpdate(asked, pod(), CONTEXT);
    expect(next.spec?.hostname).toBeUndefined();
    expect(next.spec?.ephemeralContainers).toMatchObject([
      { name: 'debugger', imagePullPolicy: 'Always', terminationMessagePolicy: 'File' },
    ]);
    expect(next.metadata?.generation).toBe(4);
    expect(refusals(next, pod())).toEqual([]);
  });

  it('refuses what a container for a while may not have', () => {
    const container = {
      name: 'nginx',
      image: 'busybox',
      targetContainerName: 'apache',
      ports: [{ containerPort: 80 }],
      resources: { limits: { cpu: '1' } },
      livenessProbe: { exec: { command: ['true'] } },
      volumeMounts: [{ name: 'data', mountPath: '/data', subPath: 'a' }],
    };
    const where = 'spec.ephemeralContainers[0]';
    expect(refusals(pod([container]), pod())).toEqual([
      `${where}.name: Duplicate value: "nginx"`,
      `${where}.targetContainerName: Not found: "apache"`,
      `${where}.ports: Forbidden: cannot be set for an Ephemeral Container`,
      `${where}.resources: Forbidden: cannot be set for an Ephemeral Container`,
      `${where}.livenessProbe: Forbidden: cannot be set for an Ephemeral Container`,
      `${where}.volumeMounts[0].subPath: Forbidden: cannot be set for an Ephemeral Container`,
    ]);
  });

  it('neither changes nor removes what is there', () => {
    const old = pod([{ name: 'a', image: 'busybox:1.36' }, { name: 'b', image: 'busybox:1.36' }]); // prettier-ignore
    expect(refusals(pod([{ name: 'b', image: 'alpine:3.22' }]), old)).toEqual([
      'spec.ephemeralContainers: Forbidden: existing ephemeral containers "a" may not be removed\n',
      'spec.ephemeralContainers: Forbidden: existing ephemeral containers "b" may not be changed\n',
    ]);
  });

  it('has none for static Pods', () => {
    const mirror = {
      ...pod(),
      metadata: { ...pod().metadata, annotations: { 'kubernetes.io/config.mirror': 'x' } },
    };
    expect(refusals(pod([{ name: 'a', image: 'busybox' }]), mirror)).toEqual([
      ': Forbidden: static pods do not support ephemeral containers',
    ]);
  });
});
