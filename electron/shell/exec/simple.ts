import { serialize } from '../parse/grammar.ts';
import { quoteForShell } from '../expand/parameter-ops.ts';
import type { SimpleCommandNode } from '../parse/ast.ts';
import { assign } from './assign.ts';
import { Interrupted } from './control-flow.ts';
import type { Executor } from './executor.ts';
import { sinkOf, type Frame } from './frame.ts';
import { runFunction } from './function.ts';
import { lookupCommand } from './lookup.ts';

/** Builtins whose arguments may be assignments: their values are not split and `name=(…)` is an array. */
const declarations = new Set(['declare', 'typeset', 'local', 'export', 'readonly']);

/** A simple command: assignments, redirections, then a function, builtin or command. Models POSIX 2.9.1. */
export async function runSimple(shell: Executor, node: SimpleCommandNode, frame: Frame): Promise<number> {
  const replaced = await aliased(shell, node);
  if (replaced !== null) return withoutAlias(shell, replaced.name, () => shell.runText(replaced.text, frame));
  const mark = shell.substitutions;
  shell.captured = null;
  const argv = await words(shell, node);
  if (argv.length === 0) return assignOnly(shell, node, frame);
  if (argv[0] === 'exec' && argv.length === 1 && shell.services.builtins.has('exec'))
    return replaceStreams(shell, node, frame);
  const opened = await shell.open(node.redirections, frame);
  try {
    await trace(shell, frame, argv);
    const undo: Array<() => void> = [];
    try {
      for (const assignment of node.assignments) {
        const probe = shell.subshell();
        const value = await shell.within(opened.frame, () => assignValue(shell, probe, assignment));
        undo.push(shell.state.variables.overlay(assignment.name, value));
      }
      return await dispatch(shell, argv, opened.frame);
    } finally {
      for (const restore of undo.reverse()) restore();
    }
  } finally {
    await opened.close();
    shell.endSubstitutions(mark);
  }
}

async function assignValue(
  shell: Executor,
  probe: Executor,
  assignment: SimpleCommandNode['assignments'][number],
): Promise<string> {
  if (assignment.value === null) return '';
  const value = await shell.expander.single(assignment.value);
  return assignment.append ? (probe.state.variables.get(assignment.name) ?? '') + value : value;
}

async function words(shell: Executor, node: SimpleCommandNode): Promise<string[]> {
  if (node.name === null) return [];
  const { expander } = shell;
  const argv = await expander.fields([node.name]);
  if (argv.length === 1 && declarations.has(argv[0] ?? '')) {
    for (const word of node.args) {
      const first = word.parts[0];
      if (first?.type === 'Literal' && /^[A-Za-z_]\w*\+?=\(/.test(first.value))
        argv.push(await arrayText(shell, word));
      else if (first?.type === 'Literal' && /^[A-Za-z_]\w*(\[[^\]]*\])?\+?=/.test(first.value))
        argv.push(await expander.single(word));
      else argv.push(...(await expander.fields([word])));
    }
    return argv;
  }
  argv.push(...(await expander.fields(node.args)));
  return argv;
}

/** `name=(…)` as an argument, with everything expanded and quoted so that `declare` can read it back. */
async function arrayText(shell: Executor, word: SimpleCommandNode['args'][number]): Promise<string> {
  let text = '';
  for (const part of word.parts) {
    if (part.type === 'Literal') text += part.value;
    else if (part.type === 'Glob') text += part.pattern;
    else {
      const unquoted =
        part.type === 'ParameterExpansion' ||
        part.type === 'CommandSubstitution' ||
        part.type === 'BraceExpansion' ||
        (part.type === 'DoubleQuoted' && part.parts.length === 1);
      const pieces = unquoted
        ? await shell.expander.fields([{ type: 'Word', parts: [part] }])
        : [await shell.expander.single({ type: 'Word', parts: [part] })];
      text += pieces.map((piece) => quoteForShell(piece)).join(' ');
    }
  }
  return text;
}

async function assignOnly(shell: Executor, node: SimpleCommandNode, frame: Frame): Promise<number> {
  const opened = await shell.open(node.redirections, frame);
  try {
    for (const assignment of node.assignments) {
      const value = await assign(shell, assignment);
      if (shell.state.options.xtrace)
        await sinkOf(frame, 2).write(`+ ${assignment.name}=${tracedWord(value)}\n`);
    }
  } finally {
    await opened.close();
  }
  return shell.captured ?? 0;
}

/** `exec` with redirections only: they stay. */
async function replaceStreams(shell: Executor, node: SimpleCommandNode, frame: Frame): Promise<number> {
  const opened = await shell.open(node.redirections, frame);
  for (const fd of [...frame.fds.keys()]) if (!opened.frame.fds.has(fd)) frame.fds.delete(fd);
  for (const [fd, value] of opened.frame.fds) frame.fds.set(fd, value);
  return 0;
}

async function trace(shell: Executor, frame: Frame, argv: readonly string[]): Promise<void> {
  if (!shell.state.options.xtrace) return;
  await sinkOf(frame, 2).write(`+ ${argv.map(tracedWord).join(' ')}\n`);
}

function tracedWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : quoteForShell(word);
}

async function dispatch(shell: Executor, argv: readonly string[], frame: Frame): Promise<number> {
  const name = argv[0] as string;
  const definition = shell.state.functions.get(name);
  if (definition !== undefined) return runFunction(shell, definition, argv, frame);
  const found = await lookupCommand(shell, name);
  if (found === null) return shell.complain(frame, `${name}: command not found`, 127);
  const code = await found.run(shell, argv, frame);
  if (frame.signal.aborted) throw new Interrupted(frame.signal);
  return code;
}

const expanding = new Set<string>();

/** The text that replaces a command whose name is an alias; `null` when it is none. */
function aliased(shell: Executor, node: SimpleCommandNode): Promise<{ name: string; text: string } | null> {
  const { state } = shell;
  const only = node.name?.parts.length === 1 ? node.name.parts[0] : undefined;
  if (state.aliases.size === 0 || only?.type !== 'Literal' || expanding.has(only.value))
    return Promise.resolve(null);
  if (!state.interactive && state.shopt.get('expand_aliases') !== true) return Promise.resolve(null);
  const value = state.aliases.get(only.value);
  if (value === undefined) return Promise.resolve(null);
  const rest: SimpleCommandNode = {
    ...node,
    name: node.args[0] ?? null,
    args: node.args.slice(1),
    assignments: [],
  };
  const lead: SimpleCommandNode = { ...node, name: null, args: [], redirections: [] };
  const text = [lead, rest].map((part) => textOf(part));
  return Promise.resolve({
    name: only.value,
    text: `${text[0] ?? ''} ${value}${value.endsWith(' ') ? '' : ' '}${text[1] ?? ''}`.trim(),
  });
}

function textOf(node: SimpleCommandNode): string {
  if (node.name === null && node.assignments.length === 0 && node.redirections.length === 0) return '';
  return serialize({
    type: 'Script',
    statements: [
      {
        type: 'Statement',
        operators: [],
        background: false,
        pipelines: [{ type: 'Pipeline', negated: false, commands: [node] }],
      },
    ],
  }).trimEnd();
}

async function withoutAlias(_shell: Executor, name: string, work: () => Promise<number>): Promise<number> {
  expanding.add(name);
  try {
    return await work();
  } finally {
    expanding.delete(name);
  }
}
