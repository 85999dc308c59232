import type { FaultVerb, MachineView } from '../../../electron/shared/contract/diagram.ts';
import { useAttempt } from '../../composables/use-attempt.ts';
import { useText } from '../../i18n/use-text.ts';
import { useControllers } from '../../stores/controllers.ts';
import { useDiagram } from '../../stores/diagram.ts';
import { useEtcd } from '../../stores/etcd.ts';
import { useRecords } from '../../stores/records.ts';
import { useScheduling } from '../../stores/scheduling.ts';
import { useTerminals } from '../../stores/terminals.ts';
import { useUi } from '../../stores/ui.ts';
import type { Selection } from '../../stores/ui.ts';
import { useMachineFaults } from './use-machine-faults.ts';
import { useEtcdActions } from './use-etcd-actions.ts';

export interface ThingAction {
  readonly id: string;
  /** Key of the catalogue. */
  readonly title: string;
  readonly group: 'look' | 'process' | 'operate' | 'fault' | 'machine' | 'link';
  readonly disabled?: boolean;
  readonly run: () => void;
  /** Instead of running: a choice. */
  readonly items?: readonly { readonly text: string; readonly run: () => void }[];
}

/** What one can do with a machine, a component or a Pod; used by the context menu and the inspectors alike. */
export function useThingActions() {
  const diagram = useDiagram();
  const etcd = useEtcd();
  const records = useRecords();
  const terminals = useTerminals();
  const scheduling = useScheduling();
  const controllers = useControllers();
  const ui = useUi();
  const attempt = useAttempt();
  const { t } = useText();

  function fault(verb: FaultVerb, action: string, target: string): void {
    void attempt(() => diagram.fault(verb)).then((done) => {
      if (done) ui.announce(t('menu.done', { action: t(action), target }));
    });
  }

  const forEtcd = useEtcdActions(fault);
  const machineFaults = useMachineFaults();

  /** Opens the newest record about it: a decision where there is one. */
  function why(actor: string, about: string): void {
    const mine = records.kept.filter(
      (record) => record.actor === actor || (about !== '' && record.summary.includes(about)),
    );
    const record = mine.findLast((one) => one.kind === 'decision') ?? mine.at(-1);
    if (record === undefined) ui.showMessages(actor);
    else ui.select({ type: 'record', id: record.id });
  }

  function look(thing: Selection, actor: string, about: string): ThingAction[] {
    return [
      { id: 'inspect', title: 'menu.inspect', group: 'look', run: () => ui.select(thing) },
      { id: 'why', title: 'menu.why', group: 'look', run: () => why(actor, about) },
      { id: 'messages', title: 'menu.messages', group: 'look', run: () => ui.showMessages(actor) },
    ];
  }

  function shell(machine: string): ThingAction {
    return {
      id: 'shell',
      title: 'menu.shell',
      group: 'look',
      run: () => void attempt(() => terminals.open('lab', machine)),
    };
  }

  /** Cutting and healing, with every other machine or with those of `among`. */
  function links(machine: MachineView, among?: readonly string[]): ThingAction[] {
    const others = diagram.machines
      .filter((one) => one.name !== machine.name && one.role !== 'outside')
      .map((one) => one.name)
      .filter((name) => among === undefined || among.includes(name));
    if (others.length === 0) return [];
    const isCut = (from: string, to: string): boolean =>
      diagram.cuts.some((cut) => cut.from === from && cut.to === to);
    const choices = (verb: 'cut' | 'heal', title: string): ThingAction['items'] =>
      others.flatMap((other) => {
        const pairs = (
          [
            [machine.name, other],
            [other, machine.name],
          ] as const
        ).filter(([from, to]) => isCut(from, to) === (verb === 'heal'));
        const one = (from: string, to: string): void => fault({ verb, from, to }, title, `${from} → ${to}`);
        const both =
          pairs.length === 2
            ? [
                {
                  text: `${other} (${t('menu.both')})`,
                  run: () => pairs.forEach(([from, to]) => one(from, to)),
                },
              ]
            : [];
        return [
          ...both,
          ...pairs.map(([from, to]) => ({ text: `${from} → ${to}`, run: () => one(from, to) })),
        ];
      });
    return [
      {
        id: 'cut',
        title: 'menu.cutTo',
        group: 'link',
        run: () => undefined,
        items: choices('cut', 'menu.cutTo'),
      },
      {
        id: 'heal',
        title: 'menu.healTo',
        group: 'link',
        run: () => undefined,
        items: choices('heal', 'menu.healTo'),
      },
    ];
  }

  function forMachine(machine: MachineView): ThingAction[] {
    const thing: Selection = { type: 'machine', name: machine.name };
    if (machine.role === 'outside') return look(thing, machine.name, '');
    const power: ThingAction = machine.powered
      ? {
          id: 'power-off',
          title: 'menu.powerOff',
          group: 'machine',
          run: () =>
            ui.confirm({
              title: 'menu.powerOff',
              body: 'menu.powerOffBody',
              params: { machine: machine.name },
              run: () => fault({ verb: 'power-off', machine: machine.name }, 'menu.powerOff', machine.name),
            }),
        }
      : {
          id: 'power-on',
          title: 'menu.powerOn',
          group: 'machine',
          run: () => fault({ verb: 'power-on', machine: machine.name }, 'menu.powerOn', machine.name),
        };
    const enter = machine.powered ? [shell(machine.name)] : [];
    const faults = machine.powered ? machineFaults.actionsOf(machine, fault) : [];
    return [
      ...look(thing, machine.name, `machine ${machine.name}`),
      ...enter,
      power,
      ...faults,
      ...links(machine),
    ];
  }

  function queues(machine: string): ThingAction {
    return {
      id: 'controllers',
      title: 'controllers.open',
      group: 'look',
      run: () => controllers.show(undefined, machine),
    };
  }

  function forComponent(id: string): ThingAction[] {
    const component = diagram.picture.components.get(id);
    if (component === undefined) return [];
    const machine = diagram.picture.machines.get(component.machine);
    const thing: Selection = { type: 'component', id };
    if (component.runsAs === 'outside') return look(thing, id, '');
    const up = component.health === 'running' || component.health === 'starting';
    const off = machine?.powered === false;
    const isEtcd = component.kind === 'etcd';
    const act = (verb: 'stop' | 'start' | 'kill', disabled: boolean): ThingAction => ({
      id: verb,
      title: `menu.${verb}`,
      group: 'process',
      disabled: disabled || off,
      run: () => fault({ verb, component: id }, `menu.${verb}`, id),
    });
    return [
      ...look(thing, id, ''),
      ...(isEtcd ? forEtcd.places(component.machine) : []),
      ...(component.kind === 'kube-controller-manager' ? [queues(component.machine)] : []),
      ...(off ? [] : [shell(component.machine)]),
      act('stop', !up),
      act('start', up),
      act('kill', !up),
      ...(isEtcd && !off ? forEtcd.verbs(component.machine) : []),
      ...(isEtcd && machine !== undefined
        ? links(
            machine,
            etcd.members.map((member) => member.machine),
          )
        : []),
    ];
  }

  function actionsFor(thing: Selection): ThingAction[] {
    switch (thing.type) {
      case 'machine': {
        const machine = diagram.picture.machines.get(thing.name);
        return machine === undefined ? [] : forMachine(machine);
      }
      case 'component':
        return forComponent(thing.id);
      case 'pod': {
        const pod = diagram.picture.pods.get(thing.uid);
        if (pod === undefined) return [];
        const about = `${pod.namespace}/${pod.name}`;
        const [inspect, reason] = look(thing, '', about);
        const enter = pod.node === null ? [] : [shell(pod.node)];
        const { namespace, name } = pod;
        const decision: ThingAction = {
          id: 'decision',
          title: pod.node === null ? 'scheduler.whyPending' : 'scheduler.whyHere',
          group: 'look',
          run: () => scheduling.show({ namespace, name }),
        };
        return [...(inspect && reason ? [inspect, reason] : []), decision, ...enter];
      }
      case 'record':
        return [];
    }
  }

  function titleOf(thing: Selection): string {
    switch (thing.type) {
      case 'machine':
        return thing.name;
      case 'component':
        return thing.id;
      case 'pod': {
        const pod = diagram.picture.pods.get(thing.uid);
        return pod === undefined ? thing.uid : `${pod.namespace}/${pod.name}`;
      }
      case 'record':
        return String(thing.id);
    }
  }

  return { actionsFor, titleOf, why };
}
