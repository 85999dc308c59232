import type { KubeObject } from '../cluster/api/types.ts';
import { parseLabelSelector } from '../cluster/apimachinery/label-parser.ts';
import { matchesLabels } from '../cluster/apimachinery/labels.ts';
import type { ObjectQuery } from '../shared/lab/check-schema.ts';
import { compilePredicate } from './cel.ts';
import type { ClusterView, ObjectChange } from './interface.ts';

/** A compiled object query. */
export interface ObjectMatcher {
  matches(object: KubeObject): boolean;
  list(cluster: ClusterView): readonly KubeObject[];
  /** Whether a change can alter what the query finds. */
  concerns(change: ObjectChange): boolean;
  /** e.g. `Pod default/web app=web` */
  readonly text: string;
}

export function compileQuery(query: ObjectQuery): ObjectMatcher {
  const selector = query.selector === undefined ? undefined : parseLabelSelector(query.selector);
  const where = query.where === undefined ? undefined : compilePredicate(query.where, 'object');
  const matches = (object: KubeObject): boolean => {
    const { metadata } = object;
    if (query.namespace !== undefined && metadata?.namespace !== query.namespace) return false;
    if (query.name !== undefined && metadata?.name !== query.name) return false;
    if (selector !== undefined && !matchesLabels(selector, metadata?.labels)) return false;
    if (query.match !== undefined && !matchesPartially(query.match, object)) return false;
    return where === undefined || where({ object });
  };
  const place = [query.namespace, query.name].filter((part) => part !== undefined).join('/');
  return {
    matches,
    list: (cluster) => cluster.list(query.apiVersion, query.kind, query.namespace).filter(matches),
    concerns: (change) => change.kind === query.kind && change.apiVersion === query.apiVersion,
    text: [query.kind, place, query.selector].filter((part) => part !== undefined && part !== '').join(' '),
  };
}

/** Every field of `wanted` is in `actual` with that value; lists must have the same length, item by item. */
export function matchesPartially(wanted: unknown, actual: unknown): boolean {
  if (Array.isArray(wanted)) {
    return (
      Array.isArray(actual) &&
      actual.length === wanted.length &&
      wanted.every((item, at) => matchesPartially(item, actual[at]))
    );
  }
  if (typeof wanted === 'object' && wanted !== null) {
    if (typeof actual !== 'object' || actual === null) return false;
    return Object.entries(wanted).every(([key, value]) =>
      matchesPartially(value, (actual as Record<string, unknown>)[key]),
    );
  }
  return wanted === actual;
}
