import { aggregateMessage } from '../apimachinery/status.ts';
import { decodeBody } from './decode-body.ts';
import type { AnyStrategy } from './registry.ts';
import { strategyOf } from './registry.ts';
import type { KubeObject } from './types.ts';

// What the tests of the kinds share: an object as the registry prepares it, and complaints as one text.

export const NOW = Date.parse('2026-01-01T00:10:00Z');

export function strategy(resource: string, group = ''): AnyStrategy {
  const found = strategyOf({ group, version: 'v1', resource });
  if (found === undefined) throw new Error(`no strategy ${resource}`);
  return found;
}

export const PODS = strategy('pods');
export const DEPLOYMENTS = strategy('deployments', 'apps');
export const SERVICES = strategy('services');

/** As the registry prepares it. */
export function create(kind: AnyStrategy, body: object): KubeObject {
  const { object } = decodeBody({ expected: kind.gvk, body });
  const namespaced = kind.namespaced
    ? { ...object, metadata: { namespace: 'ns1', ...object.metadata } }
    : object;
  return kind.prepareForCreate(kind.applyDefaults(namespaced), { now: NOW });
}

export function complaints(kind: AnyStrategy, body: object): string {
  const errors = kind.validateCreate(create(kind, body), { now: NOW });
  return errors.length === 0 ? 'valid' : aggregateMessage(errors);
}

export function updated(
  kind: AnyStrategy,
  old: object,
  change: (object: Record<string, never>) => object,
): string {
  const before = {
    ...create(kind, old),
    metadata: { ...create(kind, old).metadata, resourceVersion: '1', uid: 'u' },
  };
  const { object } = decodeBody({ expected: kind.gvk, body: change(structuredClone(before) as never) });
  const next = kind.prepareForUpdate(kind.applyDefaults(object), before, { now: NOW });
  const errors = kind.validateUpdate(next, before, { now: NOW });
  return errors.length === 0 ? `generation ${next.metadata?.generation ?? 0}` : aggregateMessage(errors);
}

export const pod = (container: object = {}, spec: object = {}, name = 'p'): object => ({
  metadata: { name },
  spec: { containers: [{ name: 'main', image: 'nginx', ...container }], ...spec },
});
export const deployment = (spec: object): object => ({
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'main', image: 'nginx' }] },
    },
    ...spec,
  },
});
export const service = (spec: object, name = 's'): object => ({ metadata: { name }, spec });
