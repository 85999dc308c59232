import type { MachineView } from '../../../electron/shared/contract/diagram.ts';

/** The state of a machine as a key of the catalogue and a tone; null where there is nothing to say. */
export function machineState(machine: MachineView): { readonly text: string; readonly tone: string } | null {
  if (!machine.powered) return { text: 'diagram.off', tone: 'bad' };
  if (machine.role === 'outside') return null;
  if (machine.ready === null) return machine.isNode ? { text: 'diagram.unknownReady', tone: '' } : null;
  if (machine.ready === 'True') return { text: 'diagram.ready', tone: 'ok' };
  return machine.ready === 'False'
    ? { text: 'diagram.notReady', tone: 'bad' }
    : { text: 'diagram.unknownReady', tone: 'warn' };
}
