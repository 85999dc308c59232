import type { FlagSet, FlagSpec } from '../../kubectl/flags.ts';
import type { Header, Permission } from '../client/messages.ts';
import { ExitError, exitCode } from '../errors.ts';
import type { CommandSpec } from '../interface.ts';
import { NO_END, prefixEnd } from '../range.ts';

type Headed = { readonly header: Header };

const bad = (message: string): ExitError => new ExitError(exitCode.badArgs, message);

function only(args: readonly string[], command: string): string {
  if (args.length !== 1) throw bad(`role ${command} command requires role name as its argument`);
  return args[0] as string;
}

const rangeFlags: readonly FlagSpec[] = [
  {
    name: 'from-key',
    kind: 'bool',
    help: { en: 'every key from this one on', 'pt-BR': 'toda chave desta em diante' },
  },
  {
    name: 'prefix',
    kind: 'bool',
    help: { en: 'every key that begins so', 'pt-BR': 'toda chave que começa assim' },
  },
];

/** Key and end of a permission. Models permRange of etcdctl. @throws ExitError */
function permissionRange(flags: FlagSet, args: readonly string[]): { key: Buffer; end: Buffer } {
  const [prefix, fromKey] = [flags.bool('prefix'), flags.bool('from-key')];
  if (prefix && fromKey) throw bad('--from-key and --prefix flags are mutually exclusive');
  if (args.length > 1 && prefix) throw bad('unexpected endkey argument with --prefix flag');
  if (args.length > 1 && fromKey) throw bad('unexpected endkey argument with --from-key flag');
  const key = Buffer.from(args[0] ?? '');
  if (prefix) return key.length === 0 ? { key: NO_END, end: NO_END } : { key, end: prefixEnd(key) };
  if (fromKey) return { key: key.length === 0 ? NO_END : key, end: NO_END };
  return { key, end: Buffer.from(args[1] ?? '') };
}

const add: CommandSpec = {
  name: 'add',
  usage: '<role name>',
  short: { en: 'Adds a role', 'pt-BR': 'Cria um papel' },
  async run(session, _flags, args) {
    const role = only(args, 'add');
    const client = await session.client();
    const answer = await client.call<Headed>('RoleAdd', { name: role }, { timeout: session.timeout });
    await session.show('RoleAdd', { ...answer, role });
  },
};

const remove: CommandSpec = {
  name: 'delete',
  usage: '<role name>',
  short: { en: 'Deletes a role', 'pt-BR': 'Apaga um papel' },
  async run(session, _flags, args) {
    const role = only(args, 'delete');
    const client = await session.client();
    const answer = await client.call<Headed>('RoleDelete', { role }, { timeout: session.timeout });
    await session.show('RoleDelete', { ...answer, role });
  },
};

const get: CommandSpec = {
  name: 'get',
  usage: '<role name>',
  short: { en: 'Permissions of a role', 'pt-BR': 'Permissões de um papel' },
  async run(session, _flags, args) {
    const role = only(args, 'get');
    const client = await session.client();
    const answer = await client.call<Headed & { perm: Permission[] }>(
      'RoleGet',
      { role },
      { timeout: session.timeout },
    );
    await session.show('RoleGet', { ...answer, role });
  },
};

const list: CommandSpec = {
  name: 'list',
  usage: '',
  short: { en: 'Lists the roles', 'pt-BR': 'Lista os papéis' },
  async run(session, _flags, args) {
    if (args.length > 0) throw bad('role list command requires no arguments');
    const client = await session.client();
    await session.show(
      'RoleList',
      await client.call<Headed & { roles: string[] }>('RoleList', {}, { timeout: session.timeout }),
    );
  },
};

const grantPermission: CommandSpec = {
  name: 'grant-permission',
  usage: '[options] <role name> <permission type> <key> [endkey]',
  short: { en: 'Allows a role to read or write keys', 'pt-BR': 'Permite a um papel ler ou escrever chaves' },
  flags: rangeFlags,
  async run(session, flags, args) {
    if (args.length < 3)
      throw bad('role grant command requires role name, permission type, and key [endkey] as its argument');
    const [role, type, ...range] = args as [string, string, ...string[]];
    const permType = type.toUpperCase();
    if (!['READ', 'WRITE', 'READWRITE'].includes(permType)) throw bad(`invalid permission type: ${type}`);
    const { key, end } = permissionRange(flags, range);
    const client = await session.client();
    const request = { name: role, perm: { permType, key, range_end: end } };
    const answer = await client.call<Headed>('RoleGrantPermission', request, { timeout: session.timeout });
    await session.show('RoleGrantPermission', { ...answer, role });
  },
};

const revokePermission: CommandSpec = {
  name: 'revoke-permission',
  usage: '<role name> <key> [endkey]',
  short: { en: 'Takes a permission from a role', 'pt-BR': 'Tira uma permissão de um papel' },
  flags: rangeFlags,
  async run(session, flags, args) {
    if (args.length < 2)
      throw bad('role revoke-permission command requires role name and key [endkey] as its argument');
    const [role, ...range] = args as [string, ...string[]];
    const { key, end } = permissionRange(flags, range);
    const client = await session.client();
    const answer = await client.call<Headed>(
      'RoleRevokePermission',
      { role, key, range_end: end },
      { timeout: session.timeout },
    );
    await session.show('RoleRevokePermission', { ...answer, role, key: key.toString(), end: end.toString() });
  },
};

export const role: CommandSpec = {
  name: 'role',
  usage: '<subcommand>',
  short: { en: 'Roles', 'pt-BR': 'Papéis' },
  subcommands: [add, remove, get, grantPermission, list, revokePermission],
};
