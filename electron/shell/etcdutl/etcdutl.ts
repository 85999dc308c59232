import { completions } from '../etcdctl/completions.ts';
import { runProgram } from '../etcdctl/run.ts';
import type { Command } from '../interface.ts';
import { etcdutlProgram } from './program.ts';

/** `etcdutl` as a command of the lab shell. */
export const etcdutl: Command = {
  name: 'etcdutl',
  summary: { en: "Work on etcd's files", 'pt-BR': 'Trabalha nos arquivos do etcd' },
  run: (io) => runProgram(etcdutlProgram, io),
  complete: (words, index, context) =>
    Promise.resolve(completions(etcdutlProgram, words, index, context.env)),
};
