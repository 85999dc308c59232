import type { FaultVerb, MachineView } from '../../../electron/shared/contract/diagram.ts';
import { useText } from '../../i18n/use-text.ts';
import { useDiagram } from '../../stores/diagram.ts';
import { useUi } from '../../stores/ui.ts';
import { span } from '../controllers/span.ts';
import type { ThingAction } from './use-thing-actions.ts';

/** From here on a disk is worth a word: the kubelet deletes images, and soon evicts Pods. */
const DISK_WARNS = 85;
const DISK_BAD = 95;
/** Whole percents that the menu offers. */
const FILLS = [85, 92, 97, 100] as const;
const HOUR = 3_600_000;
/** Milliseconds, ahead and behind. */
const SKEWS = [60_000, HOUR, 24 * HOUR, 365 * 24 * HOUR, -60_000, -HOUR, -24 * HOUR] as const;

/** What is wrong with a machine, in words; and what breaks and mends it. */
export function useMachineFaults() {
  const diagram = useDiagram();
  const ui = useUi();
  const { t, n } = useText();

  /** `1 h ahead`, `5 min behind`. */
  function skewText(ms: number): string {
    return t(ms > 0 ? 'faults.ahead' : 'faults.behind', { time: span(Math.abs(ms)) });
  }

  function faultsOf(
    machine: MachineView,
  ): readonly { readonly text: string; readonly tone: 'warn' | 'bad' }[] {
    if (!machine.powered) return [];
    const { diskUsed, clockSkew, missingSocket, stoppedUnits } = machine;
    return [
      ...(diskUsed >= DISK_WARNS
        ? [
            {
              text: t('faults.disk', { n: n(diskUsed) }),
              tone: diskUsed >= DISK_BAD ? ('bad' as const) : ('warn' as const),
            },
          ]
        : []),
      ...(clockSkew === 0
        ? []
        : [{ text: t('faults.clock', { skew: skewText(clockSkew) }), tone: 'warn' as const }]),
      ...(missingSocket === null ? [] : [{ text: t('faults.socket'), tone: 'bad' as const }]),
      ...stoppedUnits.map((unit) => ({ text: t('faults.unit', { unit }), tone: 'warn' as const })),
    ];
  }

  /** `fault` follows when the person agrees. */
  function askSocketRemoval(
    machine: string,
    fault: (verb: FaultVerb, action: string, target: string) => void,
  ): void {
    ui.confirm({
      title: 'menu.removeSocket',
      body: 'menu.removeSocketBody',
      params: { machine },
      run: () => fault({ verb: 'socket-remove', machine }, 'menu.removeSocket', machine),
    });
  }

  /** Entries of its menu. `fault` carries a verb out and tells. */
  function actionsOf(
    {
      name: machine,
      diskUsed,
      diskFilled,
      clockSkew,
      missingSocket,
      isNode,
      activeUnits,
      stoppedUnits,
    }: MachineView,
    fault: (verb: FaultVerb, action: string, target: string) => void,
  ): ThingAction[] {
    const choice = (id: string, title: string, items: NonNullable<ThingAction['items']>): ThingAction[] =>
      items.length === 0 ? [] : [{ id, title, group: 'fault', run: () => undefined, items }];
    const plain = (id: string, title: string, run: () => void): ThingAction => ({
      id,
      title,
      group: 'fault',
      run,
    });
    const setClock = (ms: number, title: string): void =>
      fault({ verb: 'clock', machine, ms }, title, machine);
    const units = (verb: 'unit-stop' | 'unit-start', title: string, of: readonly string[]): ThingAction[] =>
      choice(
        verb,
        title,
        of.map((unit) => ({
          text: unit,
          run: () => fault({ verb, machine, unit }, title, `${machine}, ${unit}`),
        })),
      );
    const components = diagram.byMachine.get(machine) ?? [];
    const hasRuntime = isNode && components.some(({ kind }) => kind === 'container-runtime');
    return [
      ...choice(
        'disk-fill',
        'menu.fillMachineDisk',
        FILLS.filter((percent) => percent > diskUsed).map((percent) => ({
          text: t('faults.percent', { n: n(percent) }),
          run: () =>
            fault(
              { verb: 'disk-fill', machine, percent },
              'menu.fillMachineDisk',
              `${machine}, ${percent} %`,
            ),
        })),
      ),
      ...(diskFilled
        ? [
            plain('disk-free', 'menu.freeMachineDisk', () =>
              fault({ verb: 'disk-free', machine }, 'menu.freeMachineDisk', machine),
            ),
          ]
        : []),
      ...choice(
        'clock',
        'menu.setClock',
        SKEWS.filter((ms) => ms !== clockSkew).map((ms) => ({
          text: skewText(ms),
          run: () => setClock(ms, 'menu.setClock'),
        })),
      ),
      ...(clockSkew === 0
        ? []
        : [plain('clock-right', 'menu.setClockRight', () => setClock(0, 'menu.setClockRight'))]),
      ...(hasRuntime && missingSocket === null
        ? [plain('socket-remove', 'menu.removeSocket', () => askSocketRemoval(machine, fault))]
        : []),
      ...units('unit-stop', 'menu.stopUnit', activeUnits),
      ...units('unit-start', 'menu.startUnit', stoppedUnits),
    ];
  }

  return { faultsOf, actionsOf, skewText, askSocketRemoval };
}
