// Writes electron/shared/etcd/generated/proto.json (protobufjs' JSON form) from recorded field numbers of etcd's v3 API.
//   node scripts/generate-etcd-proto.mjs FACTS_FOLDER
// FACTS_FOLDER holds protobuf-fields.json: messages by package, and the methods of etcdserverpb.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const facts = process.argv[2];
if (facts === undefined) {
  console.error('usage: node scripts/generate-etcd-proto.mjs FACTS_FOLDER');
  process.exit(2);
}
const { messages, services } = JSON.parse(readFileSync(join(facts, 'protobuf-fields.json'), 'utf8'));
const out = join(import.meta.dirname, '../electron/shared/etcd/generated/proto.json');

/** Which fields exclude one another; the facts do not say. */
const ONEOFS = {
  Compare: { target_union: ['version', 'create_revision', 'mod_revision', 'value', 'lease'] },
  RequestOp: { request: ['request_range', 'request_put', 'request_delete_range', 'request_txn'] },
  ResponseOp: { response: ['response_range', 'response_put', 'response_delete_range', 'response_txn'] },
  WatchRequest: { request_union: ['create_request', 'cancel_request', 'progress_request'] },
};
const HEADER = [1, 'etcdserverpb.ResponseHeader'];
const LEADER = [1, 'LeaderKey'];
/** The two services that etcd serves beside rpc.proto: v3lock.proto and v3election.proto. */
const BESIDE = {
  v3lockpb: {
    messages: {
      LockRequest: { name: [1, 'bytes'], lease: [2, 'int64'] },
      LockResponse: { header: HEADER, key: [2, 'bytes'] },
      UnlockRequest: { key: [1, 'bytes'] },
      UnlockResponse: { header: HEADER },
    },
    services: {
      Lock: { Lock: ['LockRequest', 'LockResponse'], Unlock: ['UnlockRequest', 'UnlockResponse'] },
    },
  },
  v3electionpb: {
    messages: {
      CampaignRequest: { name: [1, 'bytes'], lease: [2, 'int64'], value: [3, 'bytes'] },
      CampaignResponse: { header: HEADER, leader: [2, 'LeaderKey'] },
      LeaderKey: { name: [1, 'bytes'], key: [2, 'bytes'], rev: [3, 'int64'], lease: [4, 'int64'] },
      LeaderRequest: { name: [1, 'bytes'] },
      LeaderResponse: { header: HEADER, kv: [2, 'mvccpb.KeyValue'] },
      ResignRequest: { leader: LEADER },
      ResignResponse: { header: HEADER },
      ProclaimRequest: { leader: LEADER, value: [2, 'bytes'] },
      ProclaimResponse: { header: HEADER },
    },
    services: {
      Election: {
        Campaign: ['CampaignRequest', 'CampaignResponse'],
        Proclaim: ['ProclaimRequest', 'ProclaimResponse'],
        Leader: ['LeaderRequest', 'LeaderResponse'],
        Observe: ['LeaderRequest', 'stream LeaderResponse'],
        Resign: ['ResignRequest', 'ResignResponse'],
      },
    },
  },
};

function field([id, type]) {
  const repeated = type.startsWith('repeated ');
  return { ...(repeated ? { rule: 'repeated' } : {}), type: type.replace('repeated ', ''), id };
}

function sorted(object, by) {
  return Object.fromEntries(Object.entries(object).sort(by));
}

function definition(name, content) {
  if (content.enum !== undefined && !Array.isArray(content.enum)) {
    return { values: sorted(content.enum, (a, b) => a[1] - b[1]) };
  }
  const fields = Object.entries(content).map(([key, value]) => [key, field(value)]);
  const oneofs = ONEOFS[name];
  return {
    ...(oneofs === undefined
      ? {}
      : { oneofs: Object.fromEntries(Object.entries(oneofs).map(([key, oneof]) => [key, { oneof }])) }),
    fields: sorted(Object.fromEntries(fields), (a, b) => a[1].id - b[1].id),
  };
}

function method([request, response]) {
  const isStream = (type) => type.startsWith('stream ');
  return {
    requestType: request.replace('stream ', ''),
    ...(isStream(request) ? { requestStream: true } : {}),
    responseType: response.replace('stream ', ''),
    ...(isStream(response) ? { responseStream: true } : {}),
  };
}

function packageOf(contents, offered) {
  const nested = {};
  for (const [name, content] of Object.entries(contents)) {
    const [outer, inner] = name.split('.');
    if (inner === undefined) nested[name] = { ...definition(name, content), ...nested[name] };
    else {
      nested[outer] ??= {};
      nested[outer].nested ??= {};
      nested[outer].nested[inner] = definition(inner, content);
    }
  }
  for (const [name, methods] of Object.entries(offered)) {
    nested[name] = {
      methods: Object.fromEntries(Object.entries(methods).map(([key, types]) => [key, method(types)])),
    };
  }
  return { nested };
}

const nested = {};
for (const [name, contents] of Object.entries(messages))
  nested[name] = packageOf(contents, services[name] ?? {});
for (const [name, beside] of Object.entries(BESIDE))
  nested[name] = packageOf(beside.messages, beside.services);
writeFileSync(out, `${JSON.stringify({ nested }, null, 1)}\n`);
