import { FlagError, FlagSet, type FlagSpec } from '../../kubectl/flags.ts';
import { argify } from '../argify.ts';
import type { EtcdClient } from '../client/etcd-client.ts';
import type { WatchResponse } from '../client/messages.ts';
import { messageType } from '../client/schema.ts';
import { watchError, WatchStream } from '../client/watch-stream.ts';
import { CallError, ExitError, exitCode } from '../errors.ts';
import type { CommandSpec } from '../interface.ts';
import { LineReader } from '../line-reader.ts';
import { goQuote } from '../print/go-text.ts';
import type { Session } from '../session.ts';
import { rangeOf } from './get.ts';
import { watchWords, type WatchWords } from './watch-words.ts';

const flags: readonly FlagSpec[] = [
  {
    name: 'interactive',
    short: 'i',
    kind: 'bool',
    help: { en: 'read commands line by line', 'pt-BR': 'lê comandos linha a linha' },
  },
  {
    name: 'prefix',
    kind: 'bool',
    help: { en: 'every key that begins so', 'pt-BR': 'toda chave que começa assim' },
  },
  {
    name: 'prev-kv',
    kind: 'bool',
    help: { en: 'show what a key held before', 'pt-BR': 'mostra o que a chave tinha antes' },
  },
  {
    name: 'progress-notify',
    kind: 'bool',
    help: {
      en: 'have the server say from time to time how far it is',
      'pt-BR': 'faz o servidor dizer de tempos em tempos até onde está',
    },
  },
  {
    name: 'rev',
    kind: 'int',
    initial: '0',
    help: { en: 'first revision to show', 'pt-BR': 'primeira revisão a mostrar' },
  },
];

/** Opens a watch. @throws ExitError for words that make none */
function openWatch(
  session: Session,
  client: EtcdClient,
  set: FlagSet,
  words: readonly string[],
): WatchStream {
  const [key, end] = words;
  const bad = (text: string): ExitError => new ExitError(exitCode.badArgs, text);
  if (key === undefined) throw bad('bad number of arguments');
  const prefix = set.bool('prefix');
  if (words.length === 2 && prefix) throw bad('`range_end` and `--prefix` are mutually exclusive');
  const range = rangeOf(key, words.length === 2 ? end : undefined, prefix, false);
  return new WatchStream(
    client,
    {
      ...range,
      revision: set.number('rev'),
      prevKv: set.bool('prev-kv'),
      progressNotify: set.bool('progress-notify'),
    },
    session.io.signal,
  );
}

async function printWatch(session: Session, watch: WatchStream, command: readonly string[]): Promise<void> {
  for await (const response of watch.responses()) {
    if (response.canceled) await session.io.stderr.write(`watch was canceled (${watchError(response)})\n`);
    else if (response.events.length === 0)
      await session.print(`progress notify: ${response.header.revision}\n`);
    await session.show('Watch', {
      type: messageType('etcdserverpb.WatchResponse'),
      bytes: Buffer.alloc(0),
      message: response,
    });
    if (command.length > 0) await runFor(session, response, command);
  }
}

/** Runs the person's command once for each event, with the event in its environment. @throws ExitError when it fails */
async function runFor(session: Session, response: WatchResponse, command: readonly string[]): Promise<void> {
  for (const event of response.events) {
    const code = await session.io.spawn(command, {
      env: {
        ...session.io.env,
        ETCD_WATCH_REVISION: response.header.revision,
        ETCD_WATCH_EVENT_TYPE: goQuote(event.type),
        ETCD_WATCH_KEY: goQuote(event.kv.key),
        ETCD_WATCH_VALUE: goQuote(event.kv.value),
      },
    });
    if (code === 0) continue;
    const words = `[${command.map((word) => goQuote(word)).join(' ')}]`;
    await session.io.stderr.write(`command ${words} error (exit status ${code})\n`);
    throw new ExitError(exitCode.error, '');
  }
}

/** Lines `watch [options] key [end] [-- command]` and `progress`, until the input ends. */
async function interactive(session: Session, env: { key: string; end: string }): Promise<number> {
  const client = await session.client();
  const lines = new LineReader(session.io.stdin);
  const open: WatchStream[] = [];
  let failed: unknown;
  const failure = new Promise<'failed'>((resolve) => {
    const start = (watch: WatchStream, command: readonly string[]): void => {
      open.push(watch);
      printWatch(session, watch, command).catch((error: unknown) => {
        failed = error;
        resolve('failed');
      });
    };
    void loop(start, resolve);
  });
  async function loop(
    start: (watch: WatchStream, command: readonly string[]) => void,
    end: (how: 'failed') => void,
  ): Promise<void> {
    try {
      for (;;) {
        const line = await lines.next();
        if (line === null) {
          const text =
            session.version === '3.4'
              ? 'Error reading watch request line: EOF'
              : 'error reading watch request line: EOF';
          throw new ExitError(exitCode.invalidInput, text);
        }
        const words = argify(line);
        if (words.length === 0)
          await session.io.stderr.write(`Invalid command: ${line} (watch and progress supported)\n`);
        else if (words[0] === 'progress') for (const watch of open) watch.requestProgress();
        else if (words[0] !== 'watch')
          await session.io.stderr.write(`Invalid command ${line} (only support watch)\n`);
        else if (words.length < 2 && env.key === '') {
          await session.io.stderr.write(`Invalid command ${line} (command type or key is not provided)\n`);
        } else {
          const set = new FlagSet(flags);
          const parsed = parseInteractive(set, words.slice(1), env);
          try {
            start(openWatch(session, client, set, parsed.words), parsed.command);
          } catch (error) {
            if (!(error instanceof ExitError)) throw error;
            await session.io.stderr.write(`Invalid command ${line} (${error.message})\n`);
          }
        }
      }
    } catch (error) {
      failed = error;
      end('failed');
    }
  }
  await failure;
  throw failed;
}

function parseInteractive(
  set: FlagSet,
  words: readonly string[],
  env: { key: string; end: string },
): WatchWords {
  let args: readonly string[];
  try {
    args = set.parse(words);
  } catch (error) {
    if (error instanceof FlagError) throw new ExitError(exitCode.badArgs, error.message);
    throw error;
  }
  return watchWords(words, args, set.dashAt, env);
}

export const watch: CommandSpec = {
  name: 'watch',
  usage: '[options] [key or prefix] [range_end] [--] [exec-command arg1 arg2 ...]',
  short: {
    en: 'Shows what happens to keys, as it happens',
    'pt-BR': 'Mostra o que acontece com chaves, enquanto acontece',
  },
  flags,
  async run(session, set, args) {
    const env = {
      key: session.io.env['ETCDCTL_WATCH_KEY'] ?? '',
      end: session.io.env['ETCDCTL_WATCH_RANGE_END'] ?? '',
    };
    if (env.key === '' && env.end !== '') {
      throw new ExitError(
        exitCode.badArgs,
        `ETCDCTL_WATCH_KEY is empty but got ETCDCTL_WATCH_RANGE_END=${goQuote(env.end)}`,
      );
    }
    if (set.bool('interactive')) return interactive(session, env);
    const { argv } = session.io;
    const { words, command } = watchWords(argv.slice(argv.indexOf('watch') + 1), args, set.dashAt, env);
    // Upstream finds out with the first event; a watch that cannot show any need not be opened.
    session.mustShow('Watch');
    const client = await session.client();
    const stream = openWatch(session, client, set, words);
    try {
      await printWatch(session, stream, command);
    } catch (error) {
      if (error instanceof CallError) throw new ExitError(exitCode.badConnection, error.message);
      throw error;
    }
    throw new ExitError(exitCode.interrupted, 'watch is canceled by the server');
  },
};
