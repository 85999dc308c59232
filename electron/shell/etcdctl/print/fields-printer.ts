import type { Header, KeyValue } from '../client/messages.ts';
import { goDuration, goQuote } from './go-text.ts';
import type { Output, Printer, Shown, ShownKind, Version } from './interface.ts';

type Known = { [K in ShownKind]?: (shown: Shown[K], version: Version) => string };

function header(value: Header | null): string {
  return (
    `"ClusterID" : ${value?.cluster_id ?? 0}\n"MemberID" : ${value?.member_id ?? 0}\n` +
    `"Revision" : ${value?.revision ?? 0}\n"RaftTerm" : ${value?.raft_term ?? 0}\n`
  );
}

function kv(prefix: string, value: KeyValue): string {
  return (
    `"${prefix}Key" : ${goQuote(value.key)}\n"${prefix}CreateRevision" : ${value.create_revision}\n` +
    `"${prefix}ModRevision" : ${value.mod_revision}\n"${prefix}Version" : ${value.version}\n` +
    `"${prefix}Value" : ${goQuote(value.value)}\n"${prefix}Lease" : ${value.lease}\n`
  );
}

const del = (message: Shown['Del']['message']): string =>
  `${header(message.header)}"Deleted" : ${message.deleted}\n${message.prev_kvs.map((one) => kv('Prev', one)).join('')}`;
const get = (message: Shown['Get']['message']): string =>
  `${header(message.header)}${message.kvs.map((one) => kv('', one)).join('')}"More" : ${message.more}\n"Count" : ${message.count}\n`;
const put = (message: Shown['Put']['message']): string =>
  header(message.header) + (message.prev_kv === null ? '' : kv('Prev', message.prev_kv));
const headerOnly = (shown: { readonly message: { readonly header: Header } }): string =>
  header(shown.message.header);
const idAndTtl = ({ message }: Shown['Grant']): string =>
  `${header(message.header)}"ID" : ${message.ID}\n"TTL" : ${message.TTL}\n`;

const known: Known = {
  Del: ({ message }) => del(message),
  Get: ({ message }) => get(message),
  Put: ({ message }) => put(message),
  Txn: ({ message }) =>
    `${header(message.header)}"Succeeded" : ${message.succeeded}\n${message.responses
      .map((response) =>
        response.response_range
          ? get(response.response_range)
          : response.response_put
            ? put(response.response_put)
            : response.response_delete_range
              ? del(response.response_delete_range)
              : '',
      )
      .join('')}`,
  Watch: ({ message }) =>
    header(message.header) +
    message.events
      .map(
        (event) =>
          `"Type" : ${event.type}\n${event.prev_kv === null ? '' : kv('Prev', event.prev_kv)}${kv('', event.kv)}`,
      )
      .join(''),
  Grant: idAndTtl,
  KeepAlive: idAndTtl,
  Revoke: headerOnly,
  TimeToLive: ({ message }) =>
    `${header(message.header)}"ID" : ${message.ID}\n"TTL" : ${message.TTL}\n"GrantedTTL" : ${message.grantedTTL}\n` +
    message.keys.map((key) => `"Key" : ${goQuote(key)}\n`).join(''),
  Leases: ({ message }) => header(message.header) + message.leases.map(({ ID }) => `"ID" : ${ID}\n`).join(''),
  MemberList: ({ message }) =>
    header(message.header) +
    message.members
      .map(
        (member) =>
          `"ID" : ${member.ID}\n"Name" : ${goQuote(member.name)}\n` +
          member.peerURLs.map((url) => `"PeerURL" : ${goQuote(url)}\n`).join('') +
          member.clientURLs.map((url) => `"ClientURL" : ${goQuote(url)}\n`).join('') +
          `"IsLearner" : ${member.isLearner}\n\n`,
      )
      .join(''),
  EndpointHealth: (list) =>
    list
      .map(
        (one) =>
          `"Endpoint" : ${goQuote(one.endpoint)}\n"Health" : ${one.health}\n"Took" : ${goDuration(one.took)}\n"Error" : ${one.error}\n\n`,
      )
      .join(''),
  EndpointStatus: (list, version) =>
    list
      .map(({ endpoint, answer: { message } }) => {
        const newer = version !== '3.4';
        return (
          `${header(message.header)}"Version" : ${goQuote(message.version)}\n` +
          (newer ? `"StorageVersion" : ${goQuote(message.storageVersion)}\n` : '') +
          `"DBSize" : ${message.dbSize}\n` +
          (newer ? `"DBSizeInUse" : ${message.dbSizeInUse}\n"DBSizeQuota" : ${message.dbSizeQuota}\n` : '') +
          `"Leader" : ${message.leader}\n"IsLearner" : ${message.isLearner}\n"RaftIndex" : ${message.raftIndex}\n` +
          `"RaftTerm" : ${message.raftTerm}\n"RaftAppliedIndex" : ${message.raftAppliedIndex}\n` +
          `"Errors" : [${message.errors.join(' ')}]\n"Endpoint" : ${goQuote(endpoint)}\n` +
          (newer
            ? `"DowngradeTargetVersion" : ${goQuote(message.downgradeInfo?.targetVersion ?? '')}\n"DowngradeEnabled" : ${message.downgradeInfo?.enabled ?? false}\n`
            : '') +
          '\n'
        );
      })
      .join(''),
  EndpointHashKV: (list, version) =>
    list
      .map(
        ({ endpoint, answer: { message } }) =>
          `${header(message.header)}"Endpoint" : ${goQuote(endpoint)}\n"Hash" : ${message.hash}\n` +
          (version === '3.4' ? '' : `"HashRevision" : ${message.hash_revision}\n`) +
          '\n',
      )
      .join(''),
  Alarm: ({ message }) =>
    header(message.header) +
    message.alarms.map((one) => `"MemberID" : ${one.memberID}\n"AlarmType" : ${one.alarm}\n\n`).join(''),
  DBStatus: (status, version) =>
    `"Hash" : ${status.hash}\n"Revision" : ${status.revision}\n"Keys" : ${status.totalKey}\n"Size" : ${status.totalSize}\n` +
    (version === '3.4' ? '' : `"Version" : ${goQuote(status.version)}\n`),
  RoleAdd: headerOnly,
  RoleGet: ({ message }) =>
    header(message.header) +
    message.perm
      .map(
        (one) =>
          // Two blanks before the type: so does upstream.
          `"PermType" :  ${one.permType}\n"Key" : ${goQuote(one.key)}\n"RangeEnd" : ${goQuote(one.range_end)}\n`,
      )
      .join(''),
  RoleDelete: headerOnly,
  RoleList: ({ message }) =>
    `${header(message.header)}"Roles" :${message.roles.map((role) => ` ${goQuote(role)}`).join('')}\n`,
  RoleGrantPermission: headerOnly,
  RoleRevokePermission: headerOnly,
  UserAdd: headerOnly,
  UserChangePassword: headerOnly,
  UserGrantRole: headerOnly,
  UserRevokeRole: headerOnly,
  UserDelete: headerOnly,
};

/** `-w fields`: one field a line, `"Name" : value`. */
export class FieldsPrinter implements Printer {
  readonly #version: Version;

  constructor(version: Version) {
    this.#version = version;
  }

  show<K extends ShownKind>(kind: K, shown: Shown[K]): Output | undefined {
    const write = known[kind] as ((shown: Shown[K], version: Version) => string) | undefined;
    return write && { stdout: write(shown, this.#version) };
  }
}
