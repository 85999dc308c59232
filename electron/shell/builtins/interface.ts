import type { Executor } from '../exec/executor.ts';
import type { Frame } from '../exec/frame.ts';

/** What a builtin works on: unlike a command it may change the shell it runs in. */
export interface BuiltinCall {
  readonly argv: readonly string[];
  readonly shell: Executor;
  readonly frame: Frame;
  out(text: string): Promise<void>;
  /** Writes `bash: NAME: text` with the prefix bash would use here. */
  fail(text: string, code?: number): Promise<number>;
}

export interface Builtin {
  readonly name: string;
  run(call: BuiltinCall): Promise<number>;
}
