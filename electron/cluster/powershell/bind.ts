import type { Argument } from './ast.ts';
import type { Cmdlet, Invocation } from './cmdlet.ts';
import { commandClass } from './cmdlet.ts';
import type { PsValue } from './interface.ts';
import { PsError } from './interface.ts';
import { isTrue, textOf } from './values.ts';
import type { Expression } from './ast.ts';

const COMMON = ['ErrorAction', 'WarningAction', 'OutVariable', 'OutBuffer'];
const COMMON_SWITCHES = ['Verbose', 'Debug', 'Confirm', 'WhatIf'];
const ALIASES: Readonly<Record<string, string>> = {
  ea: 'ErrorAction',
  n: 'Name',
  cn: 'ComputerName',
  last: 'Tail',
};

export interface Bound extends Pick<Invocation, 'values' | 'switches' | 'blocks'> {
  /** `-ErrorAction SilentlyContinue` or `Ignore`. */
  readonly silent: boolean;
  /** `-ErrorAction Stop`. */
  readonly stop: boolean;
}

/** Gives a cmdlet's arguments to its parameters: by name, of which the beginning is enough, then by position. @throws PsError */
export async function bind(
  cmdlet: Cmdlet,
  args: readonly Argument[],
  valueOf: (expression: Expression) => Promise<PsValue>,
): Promise<Bound> {
  const { name, parameters = [], positions = 0, blocks: blockNames = [] } = cmdlet;
  const switches = [...(cmdlet.switches ?? []), ...COMMON_SWITCHES];
  const named = [...parameters, ...COMMON];
  const values = new Map<string, PsValue>();
  const on = new Set<string>();
  const blocks = new Map<string, Invocation['blocks'] extends ReadonlyMap<string, infer B> ? B : never>();
  const fail = (message: string, exception: string, id: string): PsError =>
    new PsError(message, 'InvalidArgument', '', exception, `${id},${commandClass(name)}`);
  const find = (given: string): string => {
    const wanted = given.toLowerCase();
    const all = [...new Set([...parameters, ...blockNames, ...switches, ...COMMON])];
    const exact = all.find((one) => one.toLowerCase() === wanted);
    if (exact !== undefined) return exact;
    const starting = all.filter((one) => one.toLowerCase().startsWith(wanted));
    const alias = ALIASES[wanted];
    if (starting.length !== 1 && alias !== undefined && all.includes(alias)) return alias;
    if (starting.length > 1)
      throw fail(
        `Parameter cannot be processed because the parameter name '${given}' is ambiguous. Possible matches include: ${starting.map((one) => `-${one}`).join(' ')}.`,
        'ParameterBindingException',
        'AmbiguousParameter',
      );
    const [only] = starting;
    if (only === undefined)
      throw fail(
        `A parameter cannot be found that matches parameter name '${given}'.`,
        'ParameterBindingException',
        'NamedParameterNotFound',
      );
    return only;
  };
  let expecting: string | undefined;
  const rest: Exclude<Argument, { kind: 'parameter' }>[] = [];
  const give = async (parameter: string, argument: Argument): Promise<void> => {
    if (argument.kind === 'block') blocks.set(parameter, argument.statements);
    else if (argument.value !== undefined) values.set(parameter, await valueOf(argument.value));
  };
  for (const argument of args) {
    if (expecting !== undefined && argument.kind !== 'parameter') {
      await give(expecting, argument);
      expecting = undefined;
    } else if (argument.kind === 'parameter') {
      if (expecting !== undefined) break;
      const parameter = find(argument.name);
      if (switches.includes(parameter) && !named.includes(parameter)) {
        if (argument.value === undefined || isTrue(await valueOf(argument.value))) on.add(parameter);
      } else if (argument.value !== undefined) values.set(parameter, await valueOf(argument.value));
      else expecting = parameter;
    } else rest.push(argument);
  }
  if (expecting !== undefined)
    throw fail(
      `Missing an argument for parameter '${expecting}'. Specify a parameter of type 'System.String' and try again.`,
      'ParameterBindingException',
      'MissingArgument',
    );
  for (const argument of rest) {
    const free = (one: string): boolean => !values.has(one) && !blocks.has(one);
    const block = argument.kind === 'block' ? blockNames.find(free) : undefined;
    const target = block ?? parameters.slice(0, positions).find(free);
    if (target === undefined)
      throw fail(
        `A positional parameter cannot be found that accepts argument '${argument.kind === 'block' ? '{}' : textOf(await valueOf(argument.value))}'.`,
        'ParameterBindingException',
        'PositionalParameterNotFound',
      );
    await give(target, argument);
  }
  const action = textOf(values.get('ErrorAction') ?? '').toLowerCase();
  return { values, switches: on, blocks, silent: /^(silentlycontinue|ignore|0)$/.test(action), stop: action === 'stop' };
} // prettier-ignore
