import type { CheckSpecOf } from '../../shared/lab/check-schema.ts';
import type { Check, CheckFactory } from '../interface.ts';
import { both } from '../wording.ts';

/** Whether a command was, or was not, used since the step began. */
export const commandCheck: CheckFactory<CheckSpecOf<'command'>> = (spec): Check => {
  const pattern = new RegExp(spec.pattern);
  return {
    onCommand: ({ line }) => pattern.test(line),
    evaluate: ({ commands }) => {
      const used = commands.filter(
        ({ line, exit }) => pattern.test(line) && (spec.exit === undefined || exit === spec.exit),
      );
      const last = used.at(-1);
      return {
        credit: used.length > 0 === spec.used ? 1 : 0,
        expected:
          spec.expected ??
          (spec.used
            ? both(`um comando que corresponda a ${spec.pattern}`, `a command that matches ${spec.pattern}`)
            : both(
                `nenhum comando que corresponda a ${spec.pattern}`,
                `no command that matches ${spec.pattern}`,
              )),
        actual:
          last === undefined
            ? both('não foi usado', 'not used')
            : both(`usado: ${last.line}`, `used: ${last.line}`),
      };
    },
  };
};
