import type { Header } from '../client/messages.ts';
import { CallError, ExitError, exitCode } from '../errors.ts';
import type { CommandSpec } from '../interface.ts';

const enable: CommandSpec = {
  name: 'enable',
  usage: '',
  short: {
    en: 'Asks for users and permissions from now on',
    'pt-BR': 'Passa a exigir usuários e permissões',
  },
  async run(session, _flags, args) {
    if (args.length > 0)
      throw new ExitError(exitCode.badArgs, 'auth enable command does not accept any arguments');
    const client = await session.client();
    const { timeout } = session;
    for (;;) {
      try {
        await client.call('AuthEnable', {}, { timeout });
        break;
      } catch (error) {
        if (
          !(error instanceof CallError) ||
          error.message !== 'etcdserver: root user does not have root role'
        )
          throw error;
        // What is missing is made: the role, and that root has it.
        try {
          await client.call('RoleAdd', { name: 'root' }, { timeout });
        } catch (failure) {
          if (!(failure instanceof CallError) || failure.message !== 'etcdserver: role name already exists')
            throw failure;
        }
        await client.call('UserGrantRole', { user: 'root', role: 'root' }, { timeout });
      }
    }
    await session.print('Authentication Enabled\n');
  },
};

const disable: CommandSpec = {
  name: 'disable',
  usage: '',
  short: { en: 'Asks for no users any more', 'pt-BR': 'Deixa de exigir usuários' },
  async run(session, _flags, args) {
    if (args.length > 0)
      throw new ExitError(exitCode.badArgs, 'auth disable command does not accept any arguments');
    const client = await session.client();
    await client.call('AuthDisable', {}, { timeout: session.timeout });
    await session.print('Authentication Disabled\n');
  },
};

const status: CommandSpec = {
  name: 'status',
  usage: '',
  since: '3.6',
  short: { en: 'Whether users are asked for', 'pt-BR': 'Se usuários são exigidos' },
  async run(session, _flags, args) {
    if (args.length > 0)
      throw new ExitError(exitCode.badArgs, 'auth status command does not accept any arguments');
    const client = await session.client();
    const answer = await client.call<{ header: Header; enabled: boolean; authRevision: string }>(
      'AuthStatus',
      {},
      { timeout: session.timeout },
    );
    await session.show('AuthStatus', answer);
  },
};

export const auth: CommandSpec = {
  name: 'auth',
  usage: '<enable or disable>',
  short: { en: 'Turns authentication on and off', 'pt-BR': 'Liga e desliga a autenticação' },
  subcommands: [disable, enable, status],
};
