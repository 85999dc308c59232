import type { Statement } from './ast.ts';
import type { PsValue, ShellIo, WindowsHost } from './interface.ts';
import { PsError } from './interface.ts';
import { itemsOf, textOf } from './values.ts';

/** Where a session is, and what its cmdlets may ask of it. */
export interface SessionAccess {
  readonly host: WindowsHost;
  readonly io: ShellIo;
  /** The current folder, e.g. `/k`. */
  cwd: string;
  /** Resolves on Ctrl-C. */
  readonly interrupted: Promise<void>;
  readonly isInterrupted: boolean;
  /** A script block with `$_`. */
  runBlock(statements: readonly Statement[], item: PsValue): Promise<readonly PsValue[]>;
  /** Names of commands: cmdlets, aliases (`name -> definition`) and programs. */
  readonly commands: readonly { readonly type: string; readonly name: string; readonly source: string }[];
}

/** What a cmdlet was called with. */
export interface Invocation {
  readonly session: SessionAccess;
  /** By the parameter's whole name. */
  readonly values: ReadonlyMap<string, PsValue>;
  readonly switches: ReadonlySet<string>;
  readonly blocks: ReadonlyMap<string, readonly Statement[]>;
  /** What comes through the pipe; undefined for the first of a pipeline. */
  readonly input: AsyncIterable<PsValue> | undefined;
  /** Tells an error, and goes on. */
  error(error: PsError): void;
}

export interface Cmdlet {
  /** e.g. `Get-Service`. */
  readonly name: string;
  /** Parameters that take a value; those with a position first, in their order. */
  readonly parameters?: readonly string[];
  /** How many of them have a position. */
  readonly positions?: number;
  readonly switches?: readonly string[];
  /** Parameters that take a script block, or a value. */
  readonly blocks?: readonly string[];
  run(call: Invocation): AsyncIterable<PsValue> | Promise<void>;
}

/** `Microsoft.PowerShell.Commands.GetServiceCommand` for `Get-Service`. */
export function commandClass(name: string): string {
  return `Microsoft.PowerShell.Commands.${name.replaceAll('-', '')}Command`;
}

/** A parameter's texts: one, several, or none. */
export function textsOf(call: Invocation, name: string): readonly string[] {
  const value = call.values.get(name);
  return value === undefined ? [] : itemsOf(value).map(textOf);
}

export function textArgument(call: Invocation, name: string): string | undefined {
  const value = call.values.get(name);
  return value === undefined ? undefined : textOf(value);
}

/** @throws PsError for what is no number */
export function numberArgument(call: Invocation, cmdlet: string, name: string): number | undefined {
  const text = textArgument(call, name);
  if (text === undefined) return undefined;
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new PsError(
    `Cannot bind parameter '${name}'. Cannot convert value "${text}" to type "System.Int32". Error: "Input string was not in a correct format."`,
    'InvalidArgument',
    '',
    'ParameterBindingException',
    `CannotConvertArgumentNoMessage,${commandClass(cmdlet)}`,
  );
}

/** All of the input. */
export async function allOf(input: AsyncIterable<PsValue> | undefined): Promise<PsValue[]> {
  const items: PsValue[] = [];
  if (input !== undefined) for await (const item of input) items.push(item);
  return items;
}
