import type { CommandSpec } from '../command-spec.ts';
import { findCommand } from '../command-line.ts';
import { helpText, languageOf, optionsText } from '../help.ts';
import { apiResources, apiVersions } from './api-resources.ts';
import { apply } from './apply.ts';
import { attach } from './attach.ts';
import { auth } from './auth.ts';
import { config } from './config.ts';
import { cp } from './cp.ts';
import { create } from './create.ts';
import { del } from './delete.ts';
import { describe } from './describe.ts';
import { diff } from './diff.ts';
import { drain } from './drain.ts';
import { edit } from './edit.ts';
import { events } from './events.ts';
import { exec } from './exec.ts';
import { explain } from './explain.ts';
import { expose } from './expose.ts';
import { get } from './get.ts';
import { kustomize } from './kustomize.ts';
import { annotate, label } from './label.ts';
import { logs } from './logs.ts';
import { cordon, taint, uncordon } from './node-verbs.ts';
import { portForward } from './port-forward.ts';
import { top } from './top.ts';
import { patch } from './patch.ts';
import { replace } from './replace.ts';
import { rollout } from './rollout.ts';
import { runPod } from './run.ts';
import { scale } from './scale.ts';
import { autoscale } from './autoscale.ts';
import { certificate } from './certificate.ts';
import { debug } from './debug.ts';
import { plugin } from './plugin.ts';
import { proxy } from './proxy.ts';
import { completion } from './completion.ts';
import { clusterInfo, version } from './server-info.ts';
import { set } from './set.ts';
import { wait } from './wait.ts';

const options: CommandSpec = {
  name: 'options',
  usage: '',
  group: 'other',
  short: { en: 'List the flags of every command.', 'pt-BR': 'Lista as opções de todos os comandos.' },
  arguments: { of: 'nothing' },
  run: (session) => session.out(optionsText(languageOf(session.io.env))),
};

const help: CommandSpec = {
  name: 'help',
  usage: '[command] | STRING_TO_SEARCH',
  group: 'other',
  short: { en: 'Help about any command.', 'pt-BR': 'Ajuda sobre qualquer comando.' },
  arguments: { of: 'nothing' },
  run: async (session, _flags, args) => {
    const language = languageOf(session.io.env);
    const { command, path, rest } = findCommand(root, args);
    if (rest.length > 0)
      await session.err(`Unknown help topic [${args.map((each) => `\`${each}\``).join(' ')}]\n`);
    const page = helpText(rest.length > 0 ? root : command, rest.length > 0 ? root.name : path, language);
    await (rest.length > 0 ? session.err(page) : session.out(page));
  },
};

/** Holds nothing in this version, as upstream's. */
const alpha: CommandSpec = {
  name: 'alpha',
  usage: '',
  group: 'other',
  short: { en: 'Commands that may change.', 'pt-BR': 'Comandos que podem mudar.' },
  arguments: { of: 'nothing' },
  run: (session) => session.err('No alpha commands are available in this version of kubectl\n'),
};

/** All of kubectl, in the order suggestions are listed. */
export const root: CommandSpec = {
  name: 'kubectl',
  usage: '[command]',
  short: {
    en: 'kubectl talks to a Kubernetes cluster through its API.',
    'pt-BR': 'kubectl conversa com um cluster Kubernetes pela API.',
  },
  subcommands: [
    create,
    expose,
    runPod,
    set,
    explain,
    get,
    edit,
    del,
    rollout,
    scale,
    autoscale,
    certificate,
    clusterInfo,
    top,
    cordon,
    uncordon,
    drain,
    taint,
    describe,
    diff,
    logs,
    attach,
    exec,
    portForward,
    proxy,
    cp,
    auth,
    debug,
    events,
    apply,
    patch,
    replace,
    wait,
    kustomize,
    label,
    annotate,
    completion,
    apiResources,
    apiVersions,
    config,
    plugin,
    version,
    options,
    help,
    alpha,
  ],
};
