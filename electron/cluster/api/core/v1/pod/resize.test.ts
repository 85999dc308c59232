import { describe, expect, it } from 'vitest';
import type { Pod } from '../../../types.ts';
import { defaultPod } from './defaults.ts';
import { POD_RESIZE } from './resize.ts';

const CONTEXT = { now: 0 };
const BURSTABLE = { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '300m', memory: '128Mi' } };

function pod(resources: object, more: object = {}, own: object = {}): Pod {
  return defaultPod({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'shop', uid: 'u', resourceVersion: '7', generation: 1 },
    spec: { containers: [{ name: 'c', image: 'nginx', resources, ...own }], ...more },
    status: { qosClass: 'Burstable' },
  } as unknown as Pod);
}

/** What comes of an update through the door. */
function resized(asked: Pod, old = pod(BURSTABLE)): { readonly next: Pod; readonly refusals: string[] } {
  const next = POD_RESIZE.prepareForUpdate(asked, old, CONTEXT);
  const refusals = POD_RESIZE.validateUpdate(next, old, CONTEXT).map(
    ({ field, body }) => `${field}: ${body}`,
  );
  return { next, refusals };
}

describe('the resize door', () => {
  it('changes processors and memory of containers, and nothing else', () => {
    const asked = pod({ ...BURSTABLE, requests: { cpu: '200m', memory: '64Mi' } }, { hostname: 'other' });
    const { next, refusals } = resized(asked);
    expect(refusals).toEqual([]);
    expect(next.spec?.containers[0]?.resources?.requests).toEqual({ cpu: '200m', memory: '64Mi' });
    expect(next.spec?.hostname).toBeUndefined();
    expect(next.metadata?.generation).toBe(2);
  });

  it('lets a memory limit become smaller', () => {
    const limits = { cpu: '300m', memory: '96Mi' };
    expect(resized(pod({ ...BURSTABLE, limits })).refusals).toEqual([]);
  });

  it.each([
    [{ requests: BURSTABLE.requests, limits: { cpu: '300m' } }, 'spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed'],
    [{ ...BURSTABLE, limits: { ...BURSTABLE.limits, 'ephemeral-storage': '1Gi' } }, 'spec: Forbidden: only cpu and memory resources are mutable'],
    [{ ...BURSTABLE, requests: BURSTABLE.limits }, 'spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing'],
    [{ ...BURSTABLE, requests: { cpu: '500m', memory: '64Mi' } }, 'spec.containers[0].resources.requests: Invalid value: "500m": must be less than or equal to cpu limit of 300m'],
  ])('refuses %j', (resources, refusal) => {
    expect(resized(pod(resources)).refusals).toContain(refusal);
  }); // prettier-ignore

  it('refuses to take back what was asked for', () => {
    const without = { requests: { cpu: '100m' } };
    expect(resized(pod(without), pod({ requests: BURSTABLE.requests })).refusals).toEqual([
      'spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed',
    ]);
  });

  it('refuses another name, resources of init containers, and Pods of files', () => {
    expect(resized(pod(BURSTABLE, {}, { name: 'other' })).refusals).toEqual([
      'spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize',
    ]);
    const inits = (cpu: string): object => ({
      initContainers: [{ name: 'init', image: 'busybox', resources: { requests: { cpu } } }],
    });
    expect(resized(pod(BURSTABLE, inits('20m')), pod(BURSTABLE, inits('10m'))).refusals).toEqual([
      'spec: Forbidden: resources for non-sidecar init containers are immutable',
    ]);
    const mirror = pod(BURSTABLE);
    const old: Pod = {
      ...mirror,
      metadata: { ...mirror.metadata, annotations: { 'kubernetes.io/config.mirror': 'x' } },
    };
    expect(resized(mirror, old).refusals).toEqual([': Forbidden: static pods cannot be resized']);
  });
});
