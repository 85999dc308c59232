import { describe, expect, test } from 'vitest';
import { applyStrategicMergePatch } from '../apimachinery/patch/strategic-merge-patch.ts';
import { schemaOf } from './scheme.ts';

const GVK = { group: 'apps', version: 'v1', kind: 'Deployment' };
const container = (name: string, image = name): object => ({ name, image });

function deployment(
  podSpec: object,
  metadata: object = {},
  spec: object = {},
): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { ...spec, template: { spec: podSpec } },
  };
}

function patchPodSpec(podSpec: object, patch: object): unknown {
  const original = deployment(podSpec);
  const before = JSON.stringify(original);
  const result = applyStrategicMergePatch(
    original,
    { spec: { template: { spec: patch } } },
    schemaOf(GVK),
  ) as {
    spec: { template: { spec: unknown } };
  };
  expect(JSON.stringify(original)).toBe(before);
  return result.spec.template.spec;
}

describe('lists with a merge key', () => {
  const main = { containers: [container('main', 'nginx:1.25')] };

  test('merge by name, new items in the order of the patch', () => {
    expect(
      patchPodSpec(main, { containers: [{ name: 'main', image: 'nginx:1.26' }, container('side')] }),
    ).toEqual({
      containers: [container('main', 'nginx:1.26'), container('side')],
    });
    expect(patchPodSpec(main, { containers: [container('side')] })).toEqual({
      containers: [container('side'), container('main', 'nginx:1.25')],
    });
  });

  test('$patch: delete and replace', () => {
    const two = { containers: [container('main'), container('side')] };
    expect(patchPodSpec(two, { containers: [{ name: 'side', $patch: 'delete' }] })).toEqual({
      containers: [container('main')],
    });
    expect(patchPodSpec(two, { containers: [container('only'), { $patch: 'replace' }] })).toEqual({
      containers: [container('only')],
    });
  });

  test('$setElementOrder', () => {
    const three = { containers: [container('a'), container('b'), container('c')] };
    const order = [{ name: 'c' }, { name: 'a' }, { name: 'b' }];
    expect(patchPodSpec(three, { '$setElementOrder/containers': order })).toEqual({
      containers: [container('c'), container('a'), container('b')],
    });
    expect(
      patchPodSpec(three, {
        '$setElementOrder/containers': [{ name: 'd' }, { name: 'a' }, { name: 'b' }],
        containers: [container('d'), { name: 'c', $patch: 'delete' }],
      }),
    ).toEqual({ containers: [container('d'), container('a'), container('b')] });
  });

  test('an item without its key is refused', () => {
    expect(() => patchPodSpec(main, { containers: [{ image: 'x' }] })).toThrow(
      'map: map[image:x] does not contain declared merge key: name',
    );
  });

  test('lists without a strategy are replaced', () => {
    const tolerations = { tolerations: [{ key: 'a', operator: 'Exists' }] };
    expect(patchPodSpec(tolerations, { tolerations: [{ key: 'b' }] })).toEqual({
      tolerations: [{ key: 'b' }],
    });
  });
});

describe('maps and sets', () => {
  const apply = (metadata: object, patch: object): unknown =>
    (
      applyStrategicMergePatch(deployment({}, metadata), { metadata: patch }, schemaOf(GVK)) as {
        metadata: unknown;
      }
    ).metadata;

  test('null removes, the rest is merged', () => {
    expect(apply({ labels: { a: '1', b: '2' } }, { labels: { a: null, c: '3' } })).toEqual({
      labels: { b: '2', c: '3' },
    });
    expect(apply({}, { labels: { a: null, c: '3' } })).toEqual({ labels: { c: '3' } });
  });

  test('primitive sets are united, $deleteFromPrimitiveList takes away', () => {
    expect(apply({ finalizers: ['x/a', 'x/b'] }, { finalizers: ['x/c', 'x/a'] })).toEqual({
      finalizers: ['x/c', 'x/a', 'x/b'],
    });
    expect(apply({ finalizers: ['x/a', 'x/b'] }, { '$deleteFromPrimitiveList/finalizers': ['x/a'] })).toEqual(
      { finalizers: ['x/b'] },
    );
  });

  test('$patch: replace of a map, $retainKeys', () => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } };
    const original = deployment({}, {}, { strategy });
    const apply2 = (patch: object): unknown =>
      (
        applyStrategicMergePatch(original, { spec: { strategy: patch } }, schemaOf(GVK)) as {
          spec: { strategy: unknown };
        }
      ).spec.strategy;
    expect(apply2({ $patch: 'replace', type: 'Recreate' })).toEqual({ type: 'Recreate' });
    expect(apply2({ $retainKeys: ['type'], type: 'Recreate' })).toEqual({ type: 'Recreate' });
    expect(() => apply2({ $retainKeys: ['other'], type: 'Recreate' })).toThrow(
      'invalid patch format of retainKeys',
    );
    expect(() => apply2({ $patch: 'frobnicate' })).toThrow(
      'unknown patch type: frobnicate in map: map[$patch:frobnicate]',
    );
  });
});
