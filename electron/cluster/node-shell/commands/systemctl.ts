import type { Unit } from '../../machine/interface.ts';
import { columns } from '../human.ts';
import type { CommandContext, MachineCommand } from '../interface.ts';
import { CommandError } from '../interface.ts';
import { powerOff, reboot } from './power.ts';
import { printStatus } from './systemctl-status.ts';

const WANTS = '/etc/systemd/system/multi-user.target.wants';

function nameOf(argument: string): string {
  return argument.replace(/\.service$/, '');
}

function subState(unit: Unit): string {
  return { active: 'running', inactive: 'dead', failed: 'failed', activating: 'auto-restart' }[unit.active];
}

function fileState(unit: Unit): string {
  return unit.masked ? 'masked' : unit.enabled ? 'enabled' : 'disabled';
}

function listUnits(context: CommandContext, flags: readonly string[]): void {
  const all = flags.includes('--all') || flags.includes('-a');
  const failed = flags.includes('--failed') || flags.includes('--state=failed');
  const running = flags.includes('--state=running');
  const units = [...context.machine.units.list]
    .filter((unit) =>
      failed
        ? unit.active === 'failed'
        : running
          ? unit.active === 'active'
          : all || unit.active !== 'inactive',
    )
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = units.map((unit) => [
    `${unit.active === 'failed' ? '●' : ' '} ${unit.name}.service`,
    unit.masked ? 'masked' : 'loaded',
    unit.active,
    subState(unit),
    unit.description,
  ]);
  if (flags.includes('--no-legend')) return context.out(columns(rows, 0, 1));
  context.out(columns([['  UNIT', 'LOAD', 'ACTIVE', 'SUB', 'DESCRIPTION'], ...rows], 0, 1));
  context.out(
    `\nLegend: LOAD   → Reflects whether the unit definition was properly loaded.\n        ACTIVE → The high-level unit activation state, i.e. generalization of SUB.\n        SUB    → The low-level unit activation state, values depend on unit type.\n\n${units.length} loaded units listed.${all || failed ? '' : ' Pass --all to see loaded but inactive units, too.'}\nTo show all installed unit files use 'systemctl list-unit-files'.\n`,
  );
}

function listUnitFiles(context: CommandContext, flags: readonly string[]): void {
  const units = [...context.machine.units.list].sort((a, b) => (a.name < b.name ? -1 : 1));
  const rows = units.map((unit) => [`${unit.name}.service`, fileState(unit), 'enabled']);
  if (flags.includes('--no-legend')) return context.out(columns(rows, 0, 1));
  context.out(columns([['UNIT FILE', 'STATE', 'PRESET'], ...rows], 0, 1));
  context.out(`\n${units.length} unit files listed.\n`);
}

function find(verb: string, argument: string, context: CommandContext): Unit {
  const unit = context.machine.units.get(nameOf(argument));
  if (unit !== undefined) return unit;
  const name = `${nameOf(argument)}.service`;
  switch (verb) {
    case 'status':
      throw new CommandError(`Unit ${name} could not be found.\n`, 4);
    case 'enable':
    case 'disable':
      throw new CommandError(`Failed to ${verb} unit: Unit file ${name} does not exist.\n`, 1);
    case 'cat':
      throw new CommandError(`No files found for ${name}.\n`, 1);
    default:
      throw new CommandError(`Failed to ${verb} ${name}: Unit ${name} not found.\n`, 5);
  }
}

/** Starts, stops or restarts; systemctl waits for a stop: what it stopped is gone when it returns. */
async function run(verb: 'start' | 'stop' | 'restart', unit: Unit, context: CommandContext): Promise<void> {
  const { units } = context.machine;
  if (unit.masked && verb !== 'stop')
    throw new CommandError(
      `Failed to ${verb} ${unit.name}.service: Unit ${unit.name}.service is masked.\n`,
      1,
    );
  if (unit.changedOnDisk)
    context.err(
      `Warning: The unit file, source configuration file or drop-ins of ${unit.name}.service changed on disk. Run 'systemctl daemon-reload' to reload units.\n`,
    );
  units[verb](unit.name);
  while (verb === 'stop' && units.get(unit.name)?.process !== undefined)
    await context.process.clock.sleep(10);
  if (verb === 'restart')
    while (unit.process !== undefined && units.get(unit.name)?.process?.pid === unit.process.pid)
      await context.process.clock.sleep(10);
}

function enable(verb: 'enable' | 'disable', unit: Unit, context: CommandContext): void {
  const { units, files } = context.machine;
  if (unit.masked && verb === 'enable')
    throw new CommandError(
      `Failed to enable unit: Unit file /etc/systemd/system/${unit.name}.service is masked.\n`,
      1,
    );
  const link = `${WANTS}/${unit.name}.service`;
  const path = unit.file?.path ?? `/usr/lib/systemd/system/${unit.name}.service`;
  if (verb === 'enable' && files.lstat(link) === undefined) {
    files.link(link, path);
    context.err(`Created symlink ${link} → ${path}.\n`);
  }
  if (verb === 'disable' && files.lstat(link) !== undefined) {
    files.remove(link);
    context.err(`Removed "${link}".\n`);
  }
  units.enable(unit.name, verb === 'enable');
}

function mask(verb: 'mask' | 'unmask', unit: Unit, context: CommandContext): void {
  const path = `/etc/systemd/system/${unit.name}.service`;
  if (verb === 'mask' && !unit.masked && context.machine.files.lstat(path) !== undefined)
    throw new CommandError(`Failed to mask unit: File '${path}' already exists.\n`, 1);
  context.machine.units.mask(unit.name, verb === 'mask');
  if (verb === 'mask' && !unit.masked) context.err(`Created symlink ${path} → /dev/null.\n`);
  if (verb === 'unmask' && unit.masked) context.err(`Removed "${path}".\n`);
}

/** A unit that is not there yet cannot come either. */
function maskUnknown(verb: 'mask' | 'unmask', name: string, { machine, err }: CommandContext): void {
  const { files, units } = machine;
  const path = `/etc/systemd/system/${name}.service`;
  err(`Unit ${name}.service does not exist, proceeding anyway.\n`);
  if (verb === 'unmask') return;
  files.link(path, '/dev/null');
  err(`Created symlink ${path} → /dev/null.\n`);
  units.reload();
}

/** `systemctl is-active`, `is-enabled`, `is-failed`: a word for each; 0 when one of them is so. */
function ask(
  verb: 'is-active' | 'is-enabled' | 'is-failed',
  names: readonly string[],
  context: CommandContext,
  quiet: boolean,
): number {
  const asked = { 'is-active': 'active', 'is-enabled': 'enabled', 'is-failed': 'failed' }[verb];
  const no = verb === 'is-active' ? 3 : 1;
  let code = verb === 'is-failed' ? no : 4;
  let yes = false;
  for (const name of names) {
    const unit = context.machine.units.get(nameOf(name));
    const word =
      verb === 'is-enabled'
        ? unit === undefined
          ? 'not-found'
          : fileState(unit)
        : (unit?.active ?? 'inactive');
    if (!quiet) context.out(`${word}\n`);
    if (unit !== undefined) code = no;
    yes ||= word === asked;
  }
  return yes ? 0 : code;
}

function show(unit: Unit, flags: readonly string[], context: CommandContext): void {
  const all: Readonly<Record<string, string>> = {
    Id: `${unit.name}.service`,
    Description: unit.description,
    LoadState: unit.masked ? 'masked' : 'loaded',
    ActiveState: unit.active,
    SubState: subState(unit),
    UnitFileState: fileState(unit),
    FragmentPath: unit.file?.path ?? '',
    DropInPaths: (unit.file?.dropIns ?? []).join(' '),
    MainPID: String(unit.process?.pid ?? 0),
    Result: unit.result,
    NeedDaemonReload: unit.changedOnDisk ? 'yes' : 'no',
  };
  const wanted = flags
    .find((flag) => /^(-p|--property=)/.test(flag))
    ?.replace(/^(-p|--property=)/, '')
    .split(',');
  const value = flags.includes('--value');
  for (const [key, text] of Object.entries(all))
    if (wanted === undefined || wanted.includes(key)) context.out(value ? `${text}\n` : `${key}=${text}\n`);
}

/** `systemctl VERB [UNIT…]`. Models systemd 255 as far as services go. */
export const systemctl: MachineCommand = async (args, context) => {
  const joined = args.flatMap((arg, at) =>
    arg === '-p' ? [`-p${args[at + 1] ?? ''}`] : args[at - 1] === '-p' ? [] : [arg],
  );
  const flags = joined.filter((arg) => arg.startsWith('-'));
  const [verb = 'list-units', ...names] = joined.filter((arg) => !arg.startsWith('-'));
  const { units } = context.machine;
  switch (verb) {
    case 'list-units':
      listUnits(context, flags);
      return 0;
    case 'list-unit-files':
      listUnitFiles(context, flags);
      return 0;
    case 'daemon-reload':
      units.reload();
      return 0;
    case 'poweroff':
    case 'halt':
      return powerOff(context);
    case 'reboot':
      return reboot(context);
    case 'is-active':
    case 'is-enabled':
    case 'is-failed':
      return ask(verb, names, context, flags.includes('--quiet') || flags.includes('-q'));
    case 'is-system-running': {
      const degraded = units.list.some(({ active }) => active === 'failed');
      context.out(degraded ? 'degraded\n' : 'running\n');
      return degraded ? 1 : 0;
    }
    case 'status': {
      let code = 0;
      for (const [at, name] of names.entries()) {
        const unit = find(verb, name, context);
        if (at > 0) context.out('\n');
        printStatus(unit, context);
        if (unit.active !== 'active') code = 3;
      }
      return code;
    }
    case 'cat':
      for (const name of names) {
        const { file, masked } = find(verb, name, context);
        if (masked)
          context.out(
            `# /etc/systemd/system/${nameOf(name)}.service\n# Unit ${nameOf(name)}.service is masked.\n`,
          );
        context.out((file?.texts ?? []).map(([path, text]) => `# ${path}\n${text}`).join('\n'));
      }
      return 0;
    case 'show':
      for (const name of names) show(find(verb, name, context), flags, context);
      return 0;
    case 'reset-failed':
      for (const { name } of names.length === 0 ? units.list : names.map((name) => find(verb, name, context)))
        units.reset(name);
      return 0;
    case 'start':
    case 'stop':
    case 'restart':
    case 'try-restart':
    case 'reload':
    case 'reload-or-restart':
    case 'enable':
    case 'disable':
    case 'mask':
    case 'unmask':
      if (names.length === 0) throw new CommandError('Too few arguments.\n');
      for (const name of names)
        if ((verb === 'mask' || verb === 'unmask') && units.get(nameOf(name)) === undefined)
          maskUnknown(verb, nameOf(name), context);
        else await change(verb, find(verb, name, context), context, flags.includes('--now'));
      return 0;
    default:
      throw new CommandError(`Unknown command verb '${verb}'.\n`);
  }
};

async function change(verb: string, unit: Unit, context: CommandContext, now: boolean): Promise<void> {
  switch (verb) {
    case 'enable':
    case 'disable':
      enable(verb, unit, context);
      if (now) await run(verb === 'enable' ? 'start' : 'stop', unit, context);
      return;
    case 'mask':
    case 'unmask':
      mask(verb, unit, context);
      if (now && verb === 'mask') await run('stop', find('stop', unit.name, context), context);
      return;
    case 'reload':
      throw new CommandError(
        `Failed to reload ${unit.name}.service: Job type reload is not applicable for unit ${unit.name}.service.\n`,
        1,
      );
    case 'try-restart':
      if (unit.process !== undefined) await run('restart', unit, context);
      return;
    case 'reload-or-restart':
      return run('restart', unit, context);
    default:
      return run(verb as 'start' | 'stop' | 'restart', unit, context);
  }
}
