import type { KeyValue, Permission } from '../client/messages.ts';
import { goDuration, hexBytes, hexId, leaseId } from './go-text.ts';
import type { Output, Printer, Shown, ShownKind, Version } from './interface.ts';
import { prefixEnd } from '../range.ts';
import { dbStatusRows, hashRows, memberRows, statusRows, type Rows } from './rows.ts';

const NEWLINE = Buffer.from('\n');

/** `-w simple`: what a person reads, and what scripts are fed. Keys and values are their own bytes. */
export class SimplePrinter implements Printer {
  readonly #hex: boolean;
  readonly #version: Version;

  constructor(version: Version, hex: boolean) {
    this.#version = version;
    this.#hex = hex;
  }

  show<K extends ShownKind>(kind: K, shown: Shown[K]): Output | undefined {
    switch (kind) {
      case 'Del':
        return { stdout: this.#del((shown as Shown['Del']).message) };
      case 'Get': {
        const { message, valueOnly } = shown as Shown['Get'];
        return { stdout: this.#kvs(message.kvs, valueOnly) };
      }
      case 'Put':
        return { stdout: this.#put((shown as Shown['Put']).message) };
      case 'Txn':
        return { stdout: this.#txn((shown as Shown['Txn']).message) };
      case 'Watch':
        return {
          stdout: Buffer.concat(
            (shown as Shown['Watch']).message.events.flatMap((event) => [
              Buffer.from(`${event.type}\n`),
              ...(event.prev_kv === null ? [] : [this.#kvs([event.prev_kv])]),
              this.#kvs([event.kv]),
            ]),
          ),
        };
      case 'EndpointHealth':
        return this.#health(shown as Shown['EndpointHealth']);
      default:
        return { stdout: this.#text(kind, shown) };
    }
  }

  #kvs(kvs: readonly KeyValue[], valueOnly = false): Buffer {
    const bytes = (value: Buffer): Buffer => (this.#hex ? Buffer.from(hexBytes(value)) : value);
    return Buffer.concat(
      kvs.flatMap((kv) => [...(valueOnly ? [] : [bytes(kv.key), NEWLINE]), bytes(kv.value), NEWLINE]),
    );
  }

  #del(message: Shown['Del']['message']): Buffer {
    return Buffer.concat([Buffer.from(`${message.deleted}\n`), this.#kvs(message.prev_kvs)]);
  }

  #put(message: Shown['Put']['message']): Buffer {
    return Buffer.concat([
      Buffer.from('OK\n'),
      ...(message.prev_kv === null ? [] : [this.#kvs([message.prev_kv])]),
    ]);
  }

  #txn(message: Shown['Txn']['message']): Buffer {
    return Buffer.concat([
      Buffer.from(message.succeeded ? 'SUCCESS\n' : 'FAILURE\n'),
      ...message.responses.flatMap((response) => [
        NEWLINE,
        response.response_range
          ? this.#kvs(response.response_range.kvs)
          : response.response_put
            ? this.#put(response.response_put)
            : response.response_delete_range
              ? this.#del(response.response_delete_range)
              : NEWLINE,
      ]),
    ]);
  }

  /** 3.4 writes health to stderr, newer ones what is healthy to stdout. */
  #health(list: Shown['EndpointHealth']): Output {
    const lines = { stdout: '', stderr: '' };
    for (const { endpoint, took, error } of list) {
      const to = error === '' && this.#version !== '3.4' ? 'stdout' : 'stderr';
      lines[to] +=
        error === ''
          ? `${endpoint} is healthy: successfully committed proposal: took = ${goDuration(took)}\n`
          : `${endpoint} is unhealthy: failed to commit proposal: ${error}\n`;
    }
    return lines;
  }

  #text(kind: ShownKind, shown: Shown[ShownKind]): string {
    const lines = (rows: Rows): string => rows.rows.map((row) => `${row.join(', ')}\n`).join('');
    switch (kind) {
      case 'Grant': {
        const { message } = shown as Shown['Grant'];
        return `lease ${leaseId(message.ID)} granted with TTL(${message.TTL}s)\n`;
      }
      case 'Revoke':
        return `lease ${leaseId((shown as Shown['Revoke']).id)} revoked\n`;
      case 'KeepAlive': {
        const { message } = shown as Shown['KeepAlive'];
        return `lease ${leaseId(message.ID)} keepalived with TTL(${message.TTL})\n`;
      }
      case 'TimeToLive':
        return timeToLive(shown as Shown['TimeToLive']);
      case 'Leases': {
        const { leases } = (shown as Shown['Leases']).message;
        return `found ${leases.length} leases\n${leases.map(({ ID }) => `${leaseId(ID)}\n`).join('')}`;
      }
      case 'Alarm':
        return (shown as Shown['Alarm']).message.alarms
          .map((one) => `memberID:${one.memberID} alarm:${one.alarm} \n`)
          .join('');
      case 'MemberAdd': {
        const { message } = shown as Shown['MemberAdd'];
        return `Member ${hexId(message.member.ID).padStart(16)} added to cluster ${hexId(message.header.cluster_id).padStart(16)}\n`;
      }
      case 'MemberRemove':
        return member(shown as Shown['MemberRemove'], 'removed from');
      case 'MemberUpdate':
        return member(shown as Shown['MemberUpdate'], 'updated in');
      case 'MemberPromote':
        return member(shown as Shown['MemberPromote'], 'promoted in');
      case 'MemberList':
        return lines(memberRows(shown as Shown['MemberList']));
      case 'EndpointStatus':
        return lines(statusRows(shown as Shown['EndpointStatus'], this.#version));
      case 'EndpointHashKV':
        return lines(hashRows(shown as Shown['EndpointHashKV'], this.#version));
      case 'DBStatus':
        return lines(dbStatusRows(shown as Shown['DBStatus'], this.#version));
      case 'MoveLeader': {
        const { leader, target } = shown as Shown['MoveLeader'];
        return `Leadership transferred from ${hexId(leader)} to ${hexId(target)}\n`;
      }
      default:
        return authText(kind, shown);
    }
  }
}

function timeToLive({ message, withKeys }: Shown['TimeToLive']): string {
  const lease = leaseId(message.ID);
  if (message.grantedTTL === '0' && message.TTL === '-1') return `lease ${lease} already expired\n`;
  const keys = withKeys ? `, attached keys([${message.keys.map(String).join(' ')}])` : '';
  return `lease ${lease} granted with TTL(${message.grantedTTL}s), remaining(${message.TTL}s)${keys}\n`;
}

function member({ id, message }: Shown['MemberRemove'], what: string): string {
  return `Member ${hexId(id).padStart(16)} ${what} cluster ${hexId(message.header.cluster_id).padStart(16)}\n`;
}

function authText(kind: ShownKind, shown: Shown[ShownKind]): string {
  const { user, role } = shown as { user?: string; role?: string };
  switch (kind) {
    case 'RoleAdd':
      return `Role ${role} created\n`;
    case 'RoleGet':
      return rolePermissions(shown as Shown['RoleGet']);
    case 'RoleList':
      return (shown as Shown['RoleList']).message.roles.map((one) => `${one}\n`).join('');
    case 'RoleDelete':
      return `Role ${role} deleted\n`;
    case 'RoleGrantPermission':
      return `Role ${role} updated\n`;
    case 'RoleRevokePermission': {
      const { key, end } = shown as Shown['RoleRevokePermission'];
      if (end === '') return `Permission of key ${key} is revoked from role ${role}\n`;
      return `Permission of range [${key}, ${end === '\0' ? '<open ended>' : `${end})`} is revoked from role ${role}\n`;
    }
    case 'UserAdd':
      return `User ${user} created\n`;
    case 'UserGet':
      return `User: ${user}\nRoles:${(shown as Shown['UserGet']).message.roles.map((one) => ` ${one}`).join('')}\n`;
    case 'UserList':
      return (shown as Shown['UserList']).message.users.map((one) => `${one}\n`).join('');
    case 'UserChangePassword':
      return 'Password updated\n';
    case 'UserGrantRole':
      return `Role ${role} is granted to user ${user}\n`;
    case 'UserRevokeRole':
      return `Role ${role} is revoked from user ${user}\n`;
    case 'UserDelete':
      return `User ${user} deleted\n`;
    case 'AuthStatus': {
      const { message } = shown as Shown['AuthStatus'];
      return `Authentication Status: ${message.enabled}\nAuthRevision: ${message.authRevision}\n`;
    }
    default:
      throw new Error(`SimplePrinter: ${kind} is not known`);
  }
}

function rolePermissions({ role, message }: Shown['RoleGet']): string {
  const range = (permission: Permission): string => {
    const [key, end] = [permission.key.toString(), permission.range_end.toString()];
    if (end === '') return `\t${key}\n`;
    const prefix = prefixEnd(permission.key).equals(permission.range_end) ? ` (prefix ${key})` : '';
    return `\t[${key}, ${end === '\0' ? '<open ended>' : `${end})`}${prefix}\n`;
  };
  const allowed = (...types: string[]): string =>
    message.perm
      .filter(({ permType }) => types.includes(permType))
      .map(range)
      .join('');
  return `Role ${role}\nKV Read:\n${allowed('READ', 'READWRITE')}KV Write:\n${allowed('WRITE', 'READWRITE')}`;
}
