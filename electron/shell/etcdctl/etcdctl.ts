import type { Command } from '../interface.ts';
import { completions } from './completions.ts';
import { etcdctlProgram } from './program.ts';
import { runProgram } from './run.ts';

/** `etcdctl` as a command of the lab shell. */
export const etcdctl: Command = {
  name: 'etcdctl',
  summary: { en: 'Talk to etcd through its API', 'pt-BR': 'Conversa com o etcd pela API dele' },
  run: (io) => runProgram(etcdctlProgram, io),
  complete: (words, index, context) =>
    Promise.resolve(completions(etcdctlProgram, words, index, context.env)),
};
