import { LeaseSession, Place } from '../client/concurrency.ts';
import type { RangeResponse } from '../client/messages.ts';
import { ExitError, exitCode } from '../errors.ts';
import type { CommandSpec } from '../interface.ts';
import { aborted } from '../aborted.ts';

export const lock: CommandSpec = {
  name: 'lock',
  usage: '<lockname> [exec-command arg1 arg2 ...]',
  short: { en: 'Waits for a named lock and holds it', 'pt-BR': 'Espera por uma trava com nome e a segura' },
  long: {
    en: 'Holds the lock until Ctrl-C, or as long as the command runs. Others that ask for it wait in line.',
    'pt-BR': 'Segura a trava até Ctrl-C, ou enquanto o comando roda. Outros que a pedem esperam na fila.',
  },
  flags: [
    { name: 'ttl', kind: 'int', initial: '10', help: { en: 'seconds after which a lost holder loses it', 'pt-BR': 'segundos após os quais quem sumiu a perde' } },
  ], // prettier-ignore
  async run(session, flags, args) {
    const [name, ...command] = args;
    if (name === undefined) {
      throw new ExitError(
        exitCode.badArgs,
        'lock takes a lock name argument and an optional command to execute',
      );
    }
    const { signal } = session.io;
    const client = await session.clientUntilClosed();
    const lease = await LeaseSession.open(client, flags.number('ttl'));
    try {
      const place = new Place(lease, name);
      await place.acquire('', signal);
      if (command.length > 0) {
        const env = {
          ...session.io.env,
          ETCD_LOCK_KEY: place.key,
          ETCD_LOCK_REV: place.header?.revision ?? '0',
        };
        const code = await session.io.spawn(command, { env });
        await place.release();
        if (code === 0) return 0;
        throw new ExitError(session.version === '3.4' ? exitCode.error : code, `exit status ${code}`);
      }
      const held = await client.call<RangeResponse>('Range', { key: Buffer.from(place.key) });
      if (held.message.kvs.length === 0) throw new ExitError(exitCode.error, 'lock lost on init');
      await session.show('Get', held);
      const how = await Promise.race([
        aborted(signal).then(() => 'released'),
        lease.expired.then(() => 'expired'),
      ]);
      if (how === 'expired') throw new ExitError(exitCode.error, 'session expired');
      await place.release();
      return 0;
    } finally {
      lease.close();
    }
  },
};
