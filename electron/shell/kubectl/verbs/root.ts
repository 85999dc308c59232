import type { CommandSpec } from '../command-spec.ts';
import { apply } from './apply.ts';
import { create } from './create.ts';
import { del } from './delete.ts';
import { get } from './get.ts';
import { scale } from './scale.ts';

/** All of kubectl. The order is the one suggestions are listed in. */
export const root: CommandSpec = {
  name: 'kubectl',
  usage: '[command]',
  short: { en: 'kubectl talks to a Kubernetes cluster through its API.', 'pt-BR': 'kubectl conversa com um cluster Kubernetes pela API.' },
  subcommands: [create, get, del, scale, apply],
};
