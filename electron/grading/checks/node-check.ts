import type { LocalizedText } from '../../shared/contract/text.ts';
import type { CheckSpecOf } from '../../shared/lab/check-schema.ts';
import type { Check, CheckFactory } from '../interface.ts';
import { both } from '../wording.ts';

interface Part {
  readonly met: boolean;
  readonly expected: LocalizedText;
  readonly actual: LocalizedText;
}

/** Looks at a machine: its power, a process, a file. */
export const nodeCheck: CheckFactory<CheckSpecOf<'node'>> = (spec): Check => ({
  onMachines: () => true,
  evaluate: ({ cluster }) => {
    const machine = cluster.machine(spec.machine);
    const parts: Part[] = [];
    if (spec.powered !== undefined)
      parts.push(
        part(spec.powered, machine?.powered === true, both('ligada', 'on'), both('desligada', 'off')),
      );
    if (spec.process !== undefined) {
      const { name, running } = spec.process;
      const words = [
        both(`${name} em execução`, `${name} running`),
        both(`${name} parado`, `${name} not running`),
      ] as const;
      parts.push(part(running, machine?.isRunning(name) === true, ...words));
    }
    if (spec.file !== undefined) parts.push(filePart(spec.file, machine?.read(spec.file.path)));
    const met = parts.filter((each) => each.met).length;
    const name = spec.machine;
    const texts = (pick: (each: Part) => LocalizedText): LocalizedText =>
      both(
        `${name}: ${parts.map((each) => pick(each)['pt-BR']).join(', ')}`,
        `${name}: ${parts.map((each) => pick(each).en).join(', ')}`,
      );
    return {
      credit: machine === undefined ? 0 : met / parts.length,
      expected: spec.expected ?? texts((each) => each.expected),
      actual:
        machine === undefined
          ? both(`a máquina ${name} não pode ser vista`, `machine ${name} cannot be seen`)
          : texts((each) => each.actual),
    };
  },
});

function part(wanted: boolean, is: boolean, yes: LocalizedText, no: LocalizedText): Part {
  return { met: wanted === is, expected: wanted ? yes : no, actual: is ? yes : no };
}

function filePart(file: NonNullable<CheckSpecOf<'node'>['file']>, text: string | undefined): Part {
  const { path, exists, contains } = file;
  const there = both(`${path} existe`, `${path} exists`);
  const gone = both(`${path} não existe`, `${path} does not exist`);
  if (contains === undefined || !exists || text === undefined)
    return part(exists, text !== undefined, there, gone);
  const has = new RegExp(contains).test(text);
  const words = [
    both(`${path} contém /${contains}/`, `${path} contains /${contains}/`),
    both(`${path} não contém /${contains}/`, `${path} does not contain /${contains}/`),
  ] as const;
  return part(true, has, ...words);
}
