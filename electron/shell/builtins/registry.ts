import { controlBuiltins } from './control.ts';
import { folderBuiltins } from './folders.ts';
import { inputBuiltins } from './input.ts';
import type { Builtin } from './interface.ts';
import { jobBuiltins } from './jobs.ts';
import { nameBuiltins } from './names.ts';
import { outputBuiltins } from './output.ts';
import { optionBuiltins } from './shell-options.ts';
import { testBuiltins } from './test.ts';
import { variableBuiltins } from './variables.ts';

const all = [
  controlBuiltins,
  folderBuiltins,
  inputBuiltins,
  jobBuiltins,
  nameBuiltins,
  outputBuiltins,
  optionBuiltins,
  testBuiltins,
  variableBuiltins,
].flat();

/** Commands that are part of the shell itself because they read or change its state. */
export const builtins: ReadonlyMap<string, Builtin> = new Map(all.map((builtin) => [builtin.name, builtin]));
