import type { FaultVerb } from '../../../electron/shared/contract/diagram.ts';
import { useText } from '../../i18n/use-text.ts';
import { useDiagram } from '../../stores/diagram.ts';
import { useEtcd } from '../../stores/etcd.ts';
import { useUi } from '../../stores/ui.ts';
import type { ThingAction } from './use-thing-actions.ts';

/** Virtual milliseconds. The first is what a healthy disk takes. */
const SYNCS = [1, 50, 200, 1000] as const;
const DELAYS = [50, 300, 1000] as const;

/** What one can do with a member of etcd besides what every component allows. `fault` carries a verb out and tells. */
export function useEtcdActions(fault: (verb: FaultVerb, action: string, target: string) => void) {
  const diagram = useDiagram();
  const etcd = useEtcd();
  const ui = useUi();
  const { t, n } = useText();

  /** Places in the app that show more of it. */
  function places(machine: string): ThingAction[] {
    return [
      {
        id: 'etcd-keys',
        title: 'menu.etcdKeys',
        group: 'look',
        run: () => ui.showEtcd('keys', etcd.members.length > 1 ? machine : null),
      },
      { id: 'etcd-members', title: 'menu.etcdMembers', group: 'look', run: () => ui.showEtcd('members') },
    ];
  }

  function choice(id: string, title: string, items: NonNullable<ThingAction['items']>): ThingAction {
    return { id, title, group: 'fault', run: () => undefined, items };
  }

  function slowDisk(machine: string, now: number): ThingAction {
    const items = SYNCS.map((ms) => ({
      text:
        t(ms === SYNCS[0] ? 'menu.fsyncNormal' : 'menu.fsyncMs', { ms: n(ms) }) + (ms === now ? ' ✓' : ''),
      run: () => fault({ verb: 'etcd-fsync', machine, ms }, 'menu.slowDisk', `${machine}, ${ms} ms`),
    }));
    return choice('slow-disk', 'menu.slowDisk', items);
  }

  /** Both directions between this member's machine and each of the others'. */
  function slowNetwork(machine: string): ThingAction {
    const others = etcd.members.map((member) => member.machine).filter((other) => other !== machine);
    const items = others.flatMap((other) => {
      const set = (ms: number): void => {
        fault({ verb: 'delay', from: machine, to: other, ms }, 'menu.slowNetwork', `${machine} → ${other}`);
        fault({ verb: 'delay', from: other, to: machine, ms }, 'menu.slowNetwork', `${other} → ${machine}`);
      };
      const slow = diagram.delays.some(
        ({ from, to }) => (from === machine && to === other) || (from === other && to === machine),
      );
      return [
        ...DELAYS.map((ms) => ({ text: t('menu.delayMs', { other, ms: n(ms) }), run: () => set(ms) })),
        ...(slow ? [{ text: t('menu.delayNone', { other }), run: () => set(0) }] : []),
      ];
    });
    return choice('slow-network', 'menu.slowNetwork', items);
  }

  /** What changes the member or its surroundings. */
  function verbs(machine: string): ThingAction[] {
    const member = etcd.byMachine.get(machine);
    if (member === undefined) return [];
    const { running, diskFull, fsync, raft } = member;
    const several = etcd.members.length > 1;
    const plain = (
      verb: 'etcd-defragment' | 'etcd-snapshot' | 'etcd-move-leader',
      title: string,
    ): ThingAction => ({
      id: verb,
      title,
      group: 'operate',
      disabled: !running,
      run: () => fault({ verb, machine }, title, machine),
    });
    const leads = etcd.leader?.machine === machine;
    return [
      plain('etcd-snapshot', 'menu.snapshot'),
      plain('etcd-defragment', 'menu.defragment'),
      ...(several && !leads && raft?.role !== 'learner'
        ? [plain('etcd-move-leader', 'menu.moveLeader')]
        : []),
      slowDisk(machine, fsync),
      ...(several ? [slowNetwork(machine)] : []),
      {
        id: 'etcd-disk',
        title: diskFull ? 'menu.freeDisk' : 'menu.fillDisk',
        group: 'fault',
        run: () => {
          if (diskFull) fault({ verb: 'etcd-disk', machine, full: false }, 'menu.freeDisk', machine);
          else
            ui.confirm({
              title: 'menu.fillDisk',
              body: 'menu.fillDiskBody',
              params: { machine },
              run: () => fault({ verb: 'etcd-disk', machine, full: true }, 'menu.fillDisk', machine),
            });
        },
      },
      {
        id: 'etcd-corrupt',
        title: 'menu.corrupt',
        group: 'fault',
        disabled: !running,
        run: () =>
          ui.confirm({
            title: 'menu.corrupt',
            body: 'menu.corruptBody',
            params: { machine },
            run: () => fault({ verb: 'etcd-corrupt', machine }, 'menu.corrupt', machine),
          }),
      },
    ];
  }

  return { places, verbs };
}
