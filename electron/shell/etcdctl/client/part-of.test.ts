import { describe, expect, it } from 'vitest';
import type protobuf from 'protobufjs';
import description from '../../../shared/etcd/generated/proto.json' with { type: 'json' };
import { messageType } from './schema.ts';
import { partOf } from './part-of.ts';

const all = description as protobuf.INamespace;

/** `package.Name` of what a description holds. */
function names(part: protobuf.INamespace): string[] {
  const packages = Object.entries(part.nested ?? {}) as [string, protobuf.INamespace][];
  return packages
    .flatMap(([pack, { nested }]) => Object.keys(nested ?? {}).map((name) => `${pack}.${name}`))
    .sort();
}

describe('a part of the description', () => {
  it('is the message and what its fields are made of, of other packages too', () => {
    expect(names(partOf(all, 'etcdserverpb.RangeResponse'))).toEqual([
      'etcdserverpb.RangeResponse',
      'etcdserverpb.ResponseHeader',
      'mvccpb.KeyValue',
    ]);
    expect(names(partOf(all, 'etcdserverpb.DefragmentRequest'))).toEqual(['etcdserverpb.DefragmentRequest']);
  });

  it('ends where messages contain themselves', () => {
    const txn = names(partOf(all, 'etcdserverpb.TxnRequest'));
    expect(txn).toContain('etcdserverpb.RequestOp');
    expect(txn).toContain('etcdserverpb.Compare');
    expect(txn).not.toContain('etcdserverpb.TxnResponse');
  });

  it('is enough for every message there is', () => {
    for (const [pack, { nested }] of Object.entries(all.nested ?? {}) as [string, { nested: object }][]) {
      for (const [name, described] of Object.entries(nested)) {
        if (!('fields' in described)) continue;
        const type = messageType(`${pack}.${name}`);
        expect(() => type.fieldsArray.forEach((field) => field.resolve()), name).not.toThrow();
      }
    }
  });

  it('of a message that is not described is an error', () => {
    expect(() => partOf(all, 'etcdserverpb.Nothing')).toThrow('no such type: etcdserverpb.Nothing');
    expect(() => messageType('etcdserverpb.Nothing')).toThrow('no such type: etcdserverpb.Nothing');
  });
});
