import { fromJSON } from '@grpc/proto-loader';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import proto from '../../../../shared/etcd/generated/proto.json' with { type: 'json' };
import { decodeMessage } from './decode.ts';
import { encodeMessage } from './encode.ts';
import { fromJson, toJson } from './json.ts';
import { messageType } from './schema.ts';

// The referee: protobufjs, from the same descriptors.
const services = fromJSON(proto as Parameters<typeof fromJSON>[0], { keepCase: true, longs: String });

interface Referee {
  readonly requestSerialize: (value: object) => Buffer;
  readonly responseDeserialize: (bytes: Buffer) => Record<string, unknown>;
}

function referee(service: string, method: string): Referee {
  return (services[service] as unknown as Record<string, Referee>)[method] as Referee;
}

const byteString = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const number = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
);
const id = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const bytesOf = (value: string): Buffer => Buffer.from(value, 'latin1');

describe('decodeMessage', () => {
  it('reads what another encoder writes', () => {
    fc.assert(
      fc.property(byteString, byteString, number, id, fc.boolean(), (key, value, revision, lease, flag) => {
        const put = referee('etcdserverpb.KV', 'Put').requestSerialize({
          key: bytesOf(key),
          value: bytesOf(value),
          lease: BigInt.asIntN(64, BigInt(lease)).toString(),
          prev_kv: flag,
        });
        expect(decodeMessage(messageType('etcdserverpb.PutRequest'), put)).toEqual({
          key,
          value,
          lease,
          prevKv: flag,
        });
        const range = referee('etcdserverpb.KV', 'Range').requestSerialize({
          key: bytesOf(key),
          revision: String(revision),
          sort_order: 'DESCEND',
          sort_target: 'MOD',
        });
        expect(decodeMessage(messageType('etcdserverpb.RangeRequest'), range)).toEqual({
          key,
          revision,
          sortOrder: 'DESCEND',
          sortTarget: 'MOD',
        });
      }),
    );
  });

  it('gives a comparison its operand, also when it is zero', () => {
    const txn = referee('etcdserverpb.KV', 'Txn').requestSerialize({
      compare: [
        { target: 'CREATE', result: 'GREATER', key: bytesOf('a'), create_revision: '0' },
        { target: 'VALUE', key: bytesOf('b'), value: bytesOf('') },
        { target: 'VERSION', key: bytesOf('c'), version: '7' },
      ],
      success: [{ request_put: { key: bytesOf('a'), value: bytesOf('1') } }],
    });
    expect(decodeMessage(messageType('etcdserverpb.TxnRequest'), txn)).toEqual({
      compare: [
        { target: 'CREATE', result: 'GREATER', key: 'a', createRevision: 0 },
        { target: 'VALUE', result: 'EQUAL', key: 'b', value: '' },
        { target: 'VERSION', result: 'EQUAL', key: 'c', version: 7 },
      ],
      success: [{ requestPut: { key: 'a', value: '1' } }],
      failure: [],
    });
  });

  it('reads packed and unpacked lists, negative numbers, and skips what it does not know', () => {
    const watch = messageType('etcdserverpb.WatchCreateRequest');
    expect(decodeMessage(watch, Buffer.from('0a01612a020001', 'hex'))).toEqual({
      key: 'a',
      filters: ['NOPUT', 'NODELETE'],
    });
    expect(decodeMessage(watch, Buffer.from('0a0161280028011801', 'hex'))).toEqual({
      key: 'a',
      filters: ['NOPUT', 'NODELETE'],
      startRevision: 1,
    });
    expect(decodeMessage(watch, Buffer.from('18ffffffffffffffffff01fa7f0161', 'hex'))).toEqual({
      key: '',
      startRevision: -1,
    });
  });

  it.each([
    ['0a05', 'unexpected EOF'],
    ['0801', 'proto: wrong wireType = 0 for field Key'],
    ['7f', 'proto: illegal wireType 7'],
    ['ffffffffffffffffffff01', 'proto: integer overflow'],
    ['0affffffffffffffffff01', 'proto: negative length found during unmarshaling'],
    ['0c', 'proto: PutRequest: wiretype end group for non-group'],
    ['00', 'proto: PutRequest: illegal tag 0 (wire type 0)'],
  ])('refuses %s as Go does', (hex, message) => {
    const bytes = Buffer.from(hex, 'hex');
    expect(() => decodeMessage(messageType('etcdserverpb.PutRequest'), bytes)).toThrow(message);
  });

  it('never throws anything else, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          decodeMessage(messageType('etcdserverpb.TxnRequest'), Buffer.from(bytes));
        } catch (error) {
          expect((error as Error).name).toBe('ProtoError');
        }
      }),
    );
  });
});

describe('encodeMessage', () => {
  it('writes what another decoder reads', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ key: byteString, value: byteString, revision: number, lease: id }), {
          maxLength: 5,
        }),
        id,
        number,
        (kvs, clusterId, count) => {
          const response = {
            header: { clusterId, memberId: '18446744073709551615', revision: count, raftTerm: 2 },
            kvs: kvs.map(({ key, value, revision, lease }) => ({
              key,
              value,
              createRevision: revision,
              modRevision: revision,
              version: 1,
              lease,
            })),
            more: true,
            count,
          };
          const bytes = encodeMessage(messageType('etcdserverpb.RangeResponse'), response, 5).subarray(5);
          const read = referee('etcdserverpb.KV', 'Range').responseDeserialize(bytes);
          expect(read['more']).toBe(true);
          expect(read['header']).toMatchObject({ ...(clusterId === '0' ? {} : { cluster_id: clusterId }) });
          const list = (read['kvs'] ?? []) as { key?: Buffer; value?: Buffer; lease?: string }[];
          expect(list.map(({ key }) => (key ?? Buffer.alloc(0)).toString('latin1'))).toEqual(
            kvs.map(({ key }) => key),
          );
          expect(list.map(({ value }) => (value ?? Buffer.alloc(0)).toString('latin1'))).toEqual(
            kvs.map(({ value }) => value),
          );
          expect(list.map(({ lease = '0' }) => BigInt.asUintN(64, BigInt(lease)).toString())).toEqual(
            kvs.map(({ lease }) => lease),
          );
        },
      ),
    );
  });

  it('writes large messages, negative numbers and empty items of lists', () => {
    const large = {
      header: { clusterId: '1', memberId: '1', revision: 1, raftTerm: 1 },
      watchId: -1,
      events: [],
    };
    const watch = referee('etcdserverpb.Watch', 'Watch');
    expect(
      watch.responseDeserialize(encodeMessage(messageType('etcdserverpb.WatchResponse'), large))['watch_id'],
    ).toBe('-1');
    const snapshot = { remainingBytes: 5_000_000_000, blob: new Uint8Array(300_000).fill(7) };
    const read = referee('etcdserverpb.Maintenance', 'Snapshot').responseDeserialize(
      encodeMessage(messageType('etcdserverpb.SnapshotResponse'), snapshot),
    );
    expect(read['remaining_bytes']).toBe('5000000000');
    expect((read['blob'] as Buffer).length).toBe(300_000);
  });
});

describe('JSON', () => {
  it('is as grpc-gateway writes it', () => {
    const response = {
      header: { clusterId: '17985728421639678640', memberId: '1', revision: 3, raftTerm: 2 },
      kvs: [
        {
          key: 'fo\xff',
          value: '',
          createRevision: 2,
          modRevision: 3,
          version: 2,
          lease: '18446744073709551615',
        },
      ],
      more: false,
      count: 1,
    };
    expect(JSON.stringify(toJson(messageType('etcdserverpb.RangeResponse'), response))).toBe(
      '{"header":{"cluster_id":"17985728421639678640","member_id":"1","revision":"3","raft_term":"2"},' +
        '"kvs":[{"key":"Zm//","create_revision":"2","mod_revision":"3","version":"2","lease":"-1"}],"count":"1"}',
    );
    const hash = { header: undefined, hash: 7, compactRevision: -1 };
    expect(toJson(messageType('etcdserverpb.HashKVResponse'), hash)).toEqual({
      hash: 7,
      compact_revision: '-1',
    });
  });

  it('takes both spellings, numbers as text, and refuses the rest', () => {
    const range = messageType('etcdserverpb.RangeRequest');
    expect(fromJson(range, { key: 'Zm9v', range_end: 'AA==', limit: '5', sortOrder: 'ASCEND' })).toEqual({
      key: 'foo',
      rangeEnd: '\0',
      limit: 5,
      sortOrder: 'ASCEND',
    });
    expect(fromJson(messageType('etcdserverpb.LeaseGrantRequest'), { TTL: 60, ID: '77' })).toEqual({
      ttl: 60,
      id: '77',
    });
    expect(() => fromJson(range, { nonsense: 1 })).toThrow('unknown field "nonsense" in RangeRequest');
    expect(() => fromJson(range, { key: '%%' })).toThrow('illegal base64 data at input byte 0');
    expect(() => fromJson(range, { key: 5 })).toThrow(
      'json: cannot unmarshal number into Go value of type []uint8',
    );
    expect(() => fromJson(range, [])).toThrow(
      'json: cannot unmarshal array into Go value of type RangeRequest',
    );
  });
});
