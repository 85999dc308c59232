import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../api/types.ts';
import { CacheEvent } from './cache-event.ts';
import { decodeContinue, encodeContinue } from './continue-token.ts';
import { DecodeCache } from './decode-cache.ts';
import { deepEqual } from '../../apimachinery/deep-equal.ts';
import { EventWindow } from './event-window.ts';
import { FieldIndex } from './field-index.ts';
import { encodeObject } from './object-codec.ts';
import type { Predicate } from './predicate.ts';
import { storageKey, storagePrefix } from './storage-prefix.ts';
import { WatcherIndex } from './watcher-index.ts';

const object = (name: string, node = '', namespace = 'default'): KubeObject & { spec: { nodeName: string } } => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace }, spec: { nodeName: node },
}); // prettier-ignore
const fieldsOf = (value: KubeObject) => ({
  'spec.nodeName': (value as ReturnType<typeof object>).spec.nodeName,
});
const event = (revision: number, time = 0, after = object('a'), before?: KubeObject): CacheEvent =>
  new CacheEvent('/registry/pods/default/a', revision, time, after, before);

describe('keys', () => {
  it('are those of upstream', () => {
    expect(storageKey(storagePrefix('', 'pods'), 'default', 'web')).toBe('/registry/pods/default/web');
    expect(storageKey(storagePrefix('', 'nodes'), '', 'n1')).toBe('/registry/minions/n1');
    expect(storagePrefix('', 'services')).toBe('/registry/services/specs/');
    expect(storagePrefix('apps', 'deployments')).toBe('/registry/deployments/');
  });
});

describe('a continue token', () => {
  it('comes back as it was and is base64 of upstream’s JSON', () => {
    const text = encodeContinue({ revision: 42, start: 'default/web\0' });
    expect(JSON.parse(Buffer.from(text, 'base64url').toString())).toEqual({
      v: 'meta.k8s.io/v1',
      rv: 42,
      start: 'default/web\0',
    });
    expect(decodeContinue(text)).toEqual({ revision: 42, start: 'default/web\0' });
    expect(
      decodeContinue(Buffer.from('{"v":"meta.k8s.io/v1","rv":7,"start":"a"}').toString('base64')),
    ).toEqual({ revision: 7, start: 'a' });
  });

  it('that is none of ours is refused', () => {
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    expect(() => decodeContinue('%%%')).toThrow('continue key is not valid: illegal base64 data or JSON');
    expect(() => decodeContinue(encode({ v: 'v2', rv: 1, start: 'a' }))).toThrow(
      'server does not recognize this encoded version',
    );
    expect(() => decodeContinue(encode({ v: 'meta.k8s.io/v1', rv: 0, start: 'a' }))).toThrow(
      'incorrect encoded start resourceVersion',
    );
    expect(() => decodeContinue(encode({ v: 'meta.k8s.io/v1', rv: 1, start: '../secrets' }))).toThrow(
      'encoded start key is empty or invalid',
    );
    expect(() => decodeContinue(encode(null))).toThrow('continue key is not valid');
  });
});

describe('the event window', () => {
  it('keeps what is young, forgets what is old, and knows from where it is complete', () => {
    const window = new EventWindow(10);
    expect(window.completeSince).toBe(10);
    for (let index = 0; index < 150; index += 1) window.push(event(11 + index, index * 100));
    expect(window.since(10)).toHaveLength(150);
    window.push(event(500, 80_000));
    expect(window.completeSince).toBeGreaterThan(10);
    expect(window.since(499).map(({ revision }) => revision)).toEqual([500]);
    expect(window.since(window.completeSince).length).toBeGreaterThanOrEqual(100);
  });
});

describe('the watcher index', () => {
  it('asks only those whom an event may concern', () => {
    const index = new WatcherIndex(['spec.nodeName'], fieldsOf);
    const seen: string[] = [];
    const add = (name: string, predicate: Partial<Predicate>): void => {
      const full: Predicate = {
        namespace: '',
        name: undefined,
        required: {},
        matches: () => true,
        everything: false,
        ...predicate,
      };
      index.add({ predicate: full, deliver: () => seen.push(name) });
    };
    add('all', {});
    add('default', { namespace: 'default' });
    add('other', { namespace: 'other' });
    add('a', { namespace: 'default', name: 'a' });
    add('a anywhere', { name: 'a' });
    add('b', { namespace: 'default', name: 'b' });
    for (let node = 0; node < 1000; node += 1) add(`n${node}`, { required: { 'spec.nodeName': `n${node}` } });
    index.dispatch(event(1, 0, object('a', 'n7'), object('a', 'n3')));
    expect(seen.sort()).toEqual(['a', 'a anywhere', 'all', 'default', 'n3', 'n7']);
  });
});

describe('the field index', () => {
  it('follows an object from value to value', () => {
    const index = new FieldIndex(['spec.nodeName'], fieldsOf);
    const keys = (node: string): string[] => [...(index.lookup({ 'spec.nodeName': node }) ?? [])];
    index.update('/a', undefined, object('a', 'n1'));
    index.update('/a', object('a', 'n1'), object('a', 'n2'));
    expect([keys('n1'), keys('n2')]).toEqual([[], ['/a']]);
    index.update('/a', object('a', 'n2'), undefined);
    expect(keys('n2')).toEqual([]);
    expect(index.lookup({ 'metadata.name': 'a' })).toBeUndefined();
  });
});

describe('the decode cache', () => {
  const kv = (value: string, modRevision: number) => ({
    key: '/a',
    value,
    modRevision,
    createRevision: 1,
    version: 1,
    lease: '0',
  });

  it('never parses what this server writes, whoever tells of it first', () => {
    const cache = new DecodeCache();
    const pod = object('a');
    const value = encodeObject(pod);
    cache.expect('/a', value, pod);
    const seen = cache.decode(kv(value, 5));
    expect(cache.written('/a', 5, pod)).toBe(seen);
    expect(seen.metadata?.resourceVersion).toBe('5');
    cache.settle('/a', value);
    expect(cache.decode(kv(value, 5))).toBe(seen);
  });

  it('keeps the newest, and says what is no object', () => {
    const cache = new DecodeCache();
    const newest = cache.decode(kv('{"metadata":{"name":"a"}}', 9));
    expect(cache.decode(kv('{"metadata":{"name":"old"}}', 3)).metadata).toEqual({
      name: 'old',
      resourceVersion: '3',
    });
    expect(cache.newest('/a')?.object).toBe(newest);
    expect(() => cache.decode(kv('nonsense', 10))).toThrow('unable to decode /a: not JSON');
    expect(() => cache.decode(kv('[]', 11))).toThrow('unable to decode /a: not an object');
  });
});

describe('deepEqual', () => {
  it('compares JSON values, absent and undefined alike', () => {
    expect(deepEqual({ a: [1, { b: 2 }], c: undefined }, { a: [1, { b: 2 }] })).toBe(true);
    expect(deepEqual({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
    expect(deepEqual({ a: 1 }, { a: 1, b: null })).toBe(false);
    expect(deepEqual([1, 2], [1])).toBe(false);
    expect(deepEqual([], {})).toBe(false);
  });
});
