import type { CommandIo } from '../../interface.ts';
import type { Header, Permission } from '../client/messages.ts';
import { ExitError, exitCode } from '../errors.ts';
import type { CommandSpec } from '../interface.ts';
import { readSecret } from '../read-secret.ts';

type Headed = { readonly header: Header };

const bad = (message: string): ExitError => new ExitError(exitCode.badArgs, message);

function only(args: readonly string[], command: string): string {
  if (args.length !== 1) throw bad(`user ${command} command requires user name as its argument`);
  return args[0] as string;
}

/** The new password: asked for twice at a terminal, else the first word of standard input. @throws ExitError */
async function newPassword(io: CommandIo, name: string, interactive: boolean): Promise<string> {
  if (!interactive) {
    for await (const line of io.stdin.lines()) return line.trim().split(/\s+/)[0] ?? '';
    return '';
  }
  const first = await readSecret(io, `Password of ${name}: `);
  if (first === '') throw bad('empty password');
  const second = await readSecret(io, `Type password of ${name} again for confirmation: `);
  if (first !== second) throw bad('given passwords are different');
  return first;
}

const add: CommandSpec = {
  name: 'add',
  usage: '<user name or user:password> [options]',
  short: { en: 'Adds a user', 'pt-BR': 'Cria um usuário' },
  flags: [
    { name: 'interactive', kind: 'bool', initial: 'true', help: { en: 'ask for the password at the terminal; false: read it from standard input', 'pt-BR': 'pergunta a senha no terminal; false: lê da entrada padrão' } },
    { name: 'new-user-password', kind: 'string', help: { en: 'the password', 'pt-BR': 'a senha' } },
    { name: 'no-password', kind: 'bool', help: { en: 'no password: known by certificate only', 'pt-BR': 'sem senha: conhecido só por certificado' } },
  ], // prettier-ignore
  async run(session, flags, args) {
    const given = only(args, 'add');
    let [name, password] = [given, ''];
    const noPassword = flags.bool('no-password');
    if (!noPassword) {
      const colon = given.indexOf(':');
      if (flags.string('new-user-password') !== '') password = flags.string('new-user-password');
      else if (colon >= 0) {
        [name, password] = [given.slice(0, colon), given.slice(colon + 1)];
        if (name === '') throw bad('empty user name is not allowed');
      } else password = await newPassword(session.io, given, flags.bool('interactive'));
    }
    const client = await session.client();
    const request = { name, password, options: { no_password: noPassword } };
    const answer = await client.call<Headed>('UserAdd', request, { timeout: session.timeout });
    await session.show('UserAdd', { ...answer, user: name });
  },
};

const remove: CommandSpec = {
  name: 'delete',
  usage: '<user name>',
  short: { en: 'Deletes a user', 'pt-BR': 'Apaga um usuário' },
  async run(session, _flags, args) {
    const user = only(args, 'delete');
    const client = await session.client();
    const answer = await client.call<Headed>('UserDelete', { name: user }, { timeout: session.timeout });
    await session.show('UserDelete', { ...answer, user });
  },
};

const get: CommandSpec = {
  name: 'get',
  usage: '<user name> [options]',
  short: { en: 'Roles of a user', 'pt-BR': 'Papéis de um usuário' },
  flags: [
    {
      name: 'detail',
      kind: 'bool',
      help: { en: "also the roles' permissions", 'pt-BR': 'também as permissões dos papéis' },
    },
  ],
  async run(session, flags, args) {
    const user = only(args, 'get');
    const client = await session.client();
    const { timeout } = session;
    const answer = await client.call<Headed & { roles: string[] }>('UserGet', { name: user }, { timeout });
    if (!flags.bool('detail')) return session.show('UserGet', { ...answer, user });
    await session.print(`User: ${user}\n`);
    for (const role of answer.message.roles) {
      await session.print('\n');
      const detail = await client.call<Headed & { perm: Permission[] }>('RoleGet', { role }, { timeout });
      await session.show('RoleGet', { ...detail, role });
    }
  },
};

const list: CommandSpec = {
  name: 'list',
  usage: '',
  short: { en: 'Lists the users', 'pt-BR': 'Lista os usuários' },
  async run(session, _flags, args) {
    if (args.length > 0) throw bad('user list command requires no arguments');
    const client = await session.client();
    await session.show(
      'UserList',
      await client.call<Headed & { users: string[] }>('UserList', {}, { timeout: session.timeout }),
    );
  },
};

const passwd: CommandSpec = {
  name: 'passwd',
  usage: '<user name> [options]',
  short: { en: 'Changes the password of a user', 'pt-BR': 'Muda a senha de um usuário' },
  flags: [
    { name: 'interactive', kind: 'bool', initial: 'true', help: { en: 'ask at the terminal; false: read standard input', 'pt-BR': 'pergunta no terminal; false: lê a entrada padrão' } },
  ], // prettier-ignore
  async run(session, flags, args) {
    const name = only(args, 'passwd');
    const password = await newPassword(session.io, name, flags.bool('interactive'));
    const client = await session.client();
    const answer = await client.call<Headed>(
      'UserChangePassword',
      { name, password },
      { timeout: session.timeout },
    );
    await session.show('UserChangePassword', answer);
  },
};

const grantRole: CommandSpec = {
  name: 'grant-role',
  usage: '<user name> <role name>',
  short: { en: 'Gives a user a role', 'pt-BR': 'Dá um papel a um usuário' },
  async run(session, _flags, args) {
    if (args.length !== 2) throw bad('user grant command requires user name and role name as its argument');
    const [user, role] = args as [string, string];
    const client = await session.client();
    const answer = await client.call<Headed>('UserGrantRole', { user, role }, { timeout: session.timeout });
    await session.show('UserGrantRole', { ...answer, user, role });
  },
};

const revokeRole: CommandSpec = {
  name: 'revoke-role',
  usage: '<user name> <role name>',
  short: { en: 'Takes a role from a user', 'pt-BR': 'Tira um papel de um usuário' },
  async run(session, _flags, args) {
    if (args.length !== 2) throw bad('user revoke-role requires user name and role name as its argument');
    const [user, role] = args as [string, string];
    const client = await session.client();
    const answer = await client.call<Headed>(
      'UserRevokeRole',
      { name: user, role },
      { timeout: session.timeout },
    );
    await session.show('UserRevokeRole', { ...answer, user, role });
  },
};

export const user: CommandSpec = {
  name: 'user',
  usage: '<subcommand>',
  short: { en: 'Users', 'pt-BR': 'Usuários' },
  subcommands: [add, remove, get, grantRole, list, passwd, revokeRole],
};
