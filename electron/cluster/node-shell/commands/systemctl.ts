import type { Unit } from '../../machine/interface.ts';
import type { CommandContext, MachineCommand } from '../interface.ts';
import { CommandError } from '../interface.ts';
import { powerOff, reboot } from './power.ts';
import { columns, journalTime, systemdAgo, systemdTime } from '../human.ts';

const STATES: Readonly<Record<Unit['active'], string>> = {
  active: 'active (running)',
  inactive: 'inactive (dead)',
  failed: 'failed (Result: exit-code)',
  activating: 'activating (auto-restart)',
};

function nameOf(argument: string): string {
  return argument.replace(/\.service$/, '');
}

function status(unit: Unit, context: CommandContext): void {
  const { process } = unit;
  const now = context.process.clock.now();
  const dot = unit.active === 'active' ? '●' : unit.active === 'failed' ? '×' : '○';
  const since =
    process === undefined
      ? ''
      : ` since ${systemdTime(process.startedAt)}; ${systemdAgo(now - process.startedAt)}`;
  const enabled = unit.enabled ? 'enabled' : 'disabled';
  context.out(`${dot} ${unit.name}.service - ${unit.description}\n`);
  context.out(
    `     Loaded: loaded (/usr/lib/systemd/system/${unit.name}.service; ${enabled}; preset: enabled)\n`,
  );
  context.out(`     Active: ${STATES[unit.active]}${since}\n`);
  if (process !== undefined) {
    context.out(`   Main PID: ${process.pid} (${process.argv[0] ?? unit.name})\n`);
    context.out(
      `     CGroup: /system.slice/${unit.name}.service\n             └─${process.pid} ${process.argv.join(' ')}\n`,
    );
  }
  const lines = context.machine.units.journal(unit.name).slice(-10);
  if (lines.length > 0)
    context.out(`\n${lines.map(({ time, line }) => `${journalTime(time)} ${line}`).join('\n')}\n`);
}

function listUnits(context: CommandContext, all: boolean): void {
  const units = context.machine.units.list.filter((unit) => all || unit.active !== 'inactive');
  const sub: Readonly<Record<Unit['active'], string>> = {
    active: 'running',
    inactive: 'dead',
    failed: 'failed',
    activating: 'auto-restart',
  };
  const rows = units.map((unit) => [
    `  ${unit.name}.service`,
    'loaded',
    unit.active,
    sub[unit.active],
    unit.description,
  ]);
  context.out(columns([['  UNIT', 'LOAD', 'ACTIVE', 'SUB', 'DESCRIPTION'], ...rows], 0, 1));
  context.out(`\n${units.length} loaded units listed.\n`);
}

function find(verb: string, argument: string, context: CommandContext): Unit {
  const unit = context.machine.units.get(nameOf(argument));
  if (unit !== undefined) return unit;
  const name = `${nameOf(argument)}.service`;
  if (verb === 'status') throw new CommandError(`Unit ${name} could not be found.\n`, 4);
  if (verb === 'enable' || verb === 'disable')
    throw new CommandError(`Failed to ${verb} unit: Unit ${name} does not exist\n`, 1);
  throw new CommandError(`Failed to ${verb} ${name}: Unit ${name} not found.\n`, 5);
}

/** `systemctl status|start|stop|restart|enable|disable|is-active|is-enabled|list-units|daemon-reload|poweroff|reboot` */
export const systemctl: MachineCommand = async (args, context) => {
  const words = args.filter((arg) => !arg.startsWith('-'));
  const now = args.includes('--now');
  const [verb = 'list-units', ...names] = words;
  const { units } = context.machine;
  switch (verb) {
    case 'list-units':
      listUnits(context, args.includes('--all') || args.includes('-a'));
      return 0;
    case 'daemon-reload':
      return 0;
    case 'poweroff':
    case 'halt':
      return powerOff(context);
    case 'reboot':
      return reboot(context);
    case 'is-active':
    case 'is-enabled': {
      let code = 0;
      for (const name of names) {
        const unit = units.get(nameOf(name));
        const word =
          verb === 'is-active'
            ? (unit?.active ?? 'inactive')
            : unit === undefined
              ? 'not-found'
              : unit.enabled
                ? 'enabled'
                : 'disabled';
        if (!args.includes('--quiet') && !args.includes('-q')) context.out(`${word}\n`);
        if (word !== 'active' && word !== 'enabled') code = verb === 'is-active' ? 3 : 1;
      }
      return code;
    }
    case 'status': {
      let code = 0;
      for (const name of names) {
        const unit = find(verb, name, context);
        status(unit, context);
        if (unit.active !== 'active') code = 3;
      }
      return code;
    }
    case 'start':
    case 'stop':
    case 'restart':
      if (names.length === 0) throw new CommandError('Too few arguments.\n');
      for (const name of names) {
        const unit = find(verb, name, context);
        units[verb](unit.name);
        // systemctl waits for a stop: what it stopped is gone when it returns.
        while (verb === 'stop' && units.get(unit.name)?.process !== undefined)
          await context.process.clock.sleep(10);
      }
      return 0;
    case 'enable':
    case 'disable':
      for (const name of names) {
        const unit = find(verb, name, context);
        const link = `/etc/systemd/system/multi-user.target.wants/${unit.name}.service`;
        if (verb === 'enable' && !unit.enabled)
          context.err(`Created symlink ${link} → /usr/lib/systemd/system/${unit.name}.service.\n`);
        if (verb === 'disable' && unit.enabled) context.err(`Removed "${link}".\n`);
        units.enable(unit.name, verb === 'enable');
        if (now) units[verb === 'enable' ? 'start' : 'stop'](unit.name);
      }
      return 0;
    default:
      throw new CommandError(`Unknown command verb '${verb}'.\n`);
  }
};
