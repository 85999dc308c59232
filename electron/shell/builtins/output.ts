import type { Builtin } from './interface.ts';
import { printfFormat, unescape } from './printf-format.ts';

const echo: Builtin = {
  name: 'echo',
  async run(call) {
    let newline = true;
    let escapes = false;
    let at = 1;
    for (; at < call.argv.length && /^-[neE]+$/.test(call.argv[at] as string); at++) {
      const flags = call.argv[at] as string;
      for (const flag of flags.slice(1)) {
        if (flag === 'n') newline = false;
        else escapes = flag === 'e';
      }
    }
    const text = call.argv.slice(at).join(' ');
    if (!escapes) await call.out(text + (newline ? '\n' : ''));
    else {
      const shown = unescape(text, 'echo');
      await call.out(shown.text + (newline && !shown.stop ? '\n' : ''));
    }
    return 0;
  },
};

const printf: Builtin = {
  name: 'printf',
  async run(call) {
    const args = call.argv.slice(1);
    let variable: string | undefined;
    if (args[0] === '-v') {
      variable = args[1];
      args.splice(0, 2);
    }
    if (args[0] === '--') args.shift();
    const format = args.shift();
    if (format === undefined) {
      await call.fail('usage: printf [-v var] format [arguments]', 2);
      return 2;
    }
    const printed = printfFormat(format, args);
    for (const text of printed.errors) await call.fail(text);
    if (variable === undefined) await call.out(printed.text);
    else {
      const match = /^(\w+)\[(.*)\]$/.exec(variable);
      if (match === null) call.shell.state.variables.set(variable, printed.text);
      else
        call.shell.state.variables.setElement(
          match[1] as string,
          await call.shell.expander.subscript(match[1] as string, match[2] as string),
          printed.text,
        );
    }
    return printed.errors.length > 0 ? 1 : 0;
  },
};

export const outputBuiltins: readonly Builtin[] = [echo, printf];
