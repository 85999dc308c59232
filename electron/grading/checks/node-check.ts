import type { LocalizedText } from '../../shared/contract/text.ts';
import type { CheckSpecOf } from '../../shared/lab/check-schema.ts';
import type { Check, CheckFactory, MachineView } from '../interface.ts';
import { both, countCredit, describeCount } from '../wording.ts';

type Spec = CheckSpecOf<'node'>;

interface Part {
  /** 0 to 1. */
  readonly credit: number;
  readonly expected: LocalizedText;
  readonly actual: LocalizedText;
}

/** Looks at a machine: its power, a process, a unit, a socket, a file, containers and images. */
export const nodeCheck: CheckFactory<Spec> = (spec): Check => ({
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
    if (machine !== undefined) parts.push(...laterParts(spec, machine));
    const credit = parts.reduce((sum, each) => sum + each.credit, 0);
    const name = spec.machine;
    const texts = (pick: (each: Part) => LocalizedText): LocalizedText =>
      both(
        `${name}: ${parts.map((each) => pick(each)['pt-BR']).join(', ')}`,
        `${name}: ${parts.map((each) => pick(each).en).join(', ')}`,
      );
    return {
      credit: machine === undefined ? 0 : credit / parts.length,
      expected: spec.expected ?? (machine === undefined ? both(name, name) : texts((each) => each.expected)),
      actual:
        machine === undefined
          ? both(`a máquina ${name} não pode ser vista`, `machine ${name} cannot be seen`)
          : texts((each) => each.actual),
    };
  },
});

function part(wanted: boolean, is: boolean, yes: LocalizedText, no: LocalizedText): Part {
  return { credit: wanted === is ? 1 : 0, expected: wanted ? yes : no, actual: is ? yes : no };
}

function laterParts(spec: Spec, machine: MachineView): Part[] {
  const parts: Part[] = [];
  if (spec.unit !== undefined) {
    const { name, active } = spec.unit;
    const state = machine.unit(name);
    const words = [
      both(`unidade ${name} ativa`, `unit ${name} active`),
      both(
        state === undefined ? `não há unidade ${name}` : `unidade ${name} parada`,
        state === undefined ? `no unit ${name}` : `unit ${name} not active`,
      ),
    ] as const;
    parts.push(part(active, state === 'active', ...words));
  }
  if (spec.socket !== undefined) {
    const { path, listening } = spec.socket;
    const words = [
      both(`alguém escuta em ${path}`, `somebody listens at ${path}`),
      both(`ninguém escuta em ${path}`, `nobody listens at ${path}`),
    ] as const;
    parts.push(part(listening, machine.listens(path), ...words));
  }
  if (spec.containers !== undefined) parts.push(containersPart(spec.containers, machine));
  if (spec.image !== undefined) {
    const { name, present } = spec.image;
    const words = [
      both(`imagem ${name} presente`, `image ${name} present`),
      both(`imagem ${name} ausente`, `image ${name} absent`),
    ] as const;
    parts.push(part(present, machine.hasImage(name), ...words));
  }
  return parts;
}

function containersPart(wanted: NonNullable<Spec['containers']>, machine: MachineView): Part {
  const pod = wanted.pod === undefined ? undefined : new RegExp(wanted.pod);
  const name = wanted.name === undefined ? undefined : new RegExp(wanted.name);
  const rule = wanted.count ?? { atLeast: 1 };
  const found = machine
    .containers()
    .filter(
      (each) =>
        each.running === (wanted.state === 'running') &&
        pod?.test(`${each.namespace}/${each.pod}`) !== false &&
        name?.test(each.name) !== false,
    ).length;
  const count = describeCount(rule);
  const [state, stateEn] = wanted.state === 'running' ? ['em execução', 'running'] : ['encerrados', 'exited'];
  return {
    credit: countCredit(rule, found),
    expected: both(`contêineres ${state}: ${count['pt-BR']}`, `containers ${stateEn}: ${count.en}`),
    actual: both(`contêineres ${state}: ${found}`, `containers ${stateEn}: ${found}`),
  };
}

function filePart(file: NonNullable<Spec['file']>, text: string | undefined): Part {
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
