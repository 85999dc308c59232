import type { CommandContext, MachineCommand } from '../interface.ts';
import { CommandError } from '../interface.ts';

/** How long a restart takes until the machine boots again, in virtual milliseconds. */
const REBOOT = 5000;

/** Off, once those are ready who hold it back (the kubelet): this command, like all processes, ends with the power. */
export async function powerOff({ machine }: CommandContext): Promise<number> {
  await machine.prepareShutdown();
  machine.powerOff();
  return 0;
}

/** Off and on again, by a timer that the machine's end does not cancel. */
export async function reboot({ machine, afterPowerLoss }: CommandContext): Promise<number> {
  await machine.prepareShutdown();
  afterPowerLoss(REBOOT, () => machine.powerOn());
  machine.powerOff();
  return 0;
}

const poweroff: MachineCommand = (_args, context) => powerOff(context);

const rebootCommand: MachineCommand = (_args, context) => reboot(context);

/** `shutdown [-h|-P|-r] [now|+0]` */
const shutdown: MachineCommand = (args, context) => {
  const time = args.find((arg) => !arg.startsWith('-'));
  if (time !== undefined && time !== 'now' && time !== '+0')
    throw new CommandError(`shutdown: "${time}" is not modelled; "now" is\n`);
  return args.includes('-r') || args.includes('--reboot') ? reboot(context) : powerOff(context);
};

export const powerCommands: Readonly<Record<string, MachineCommand>> = {
  poweroff,
  halt: poweroff,
  reboot: rebootCommand,
  shutdown,
};
