import type { InstalledPackage } from '../../machine/packages.ts';
import { PackageDatabase } from '../../machine/packages.ts';
import { parseOptions } from '../commands/options.ts';
import type { CommandContext, MachineCommand } from '../interface.ts';
import { CommandError } from '../interface.ts';
import { packageIndex } from './package-index.ts';

const LOCKED = '  ';
/** Unpacking and setting up one package, in milliseconds. */
const WORK = 900;

interface Change {
  readonly name: string;
  readonly to: string;
  readonly from: InstalledPackage | undefined;
}

function failed(text: string): CommandError {
  return new CommandError(`E: ${text}\n`, 100);
}

/** The newest version that a pattern such as `1.24.*` fits. @throws CommandError */
function versionOf(name: string, pattern: string | undefined): string {
  const available = packageIndex.get(name)?.versions;
  const newest = available?.at(-1);
  if (available === undefined || newest === undefined) throw failed(`Unable to locate package ${name}`);
  if (pattern === undefined) return newest;
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const whole = new RegExp(`^${parts.join('.*')}$`);
  const found = available.findLast((version) => whole.test(version));
  if (found === undefined) throw failed(`Version '${pattern}' for '${name}' was not found`);
  return found;
}

/** Dotted numbers from the left; enough for the versions of one package here. */
function isOlder(one: string, other: string): boolean {
  const numbers = (text: string): number[] => [...text.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  const [a, b] = [numbers(one), numbers(other)];
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** What is asked for and what it needs, in the order in which it is set up. */
function changesFor(wanted: readonly string[], database: PackageDatabase): readonly Change[] {
  const changes = new Map<string, Change>();
  const add = (name: string, pattern: string | undefined): void => {
    const to = versionOf(name, pattern);
    for (const needed of packageIndex.get(name)?.depends ?? [])
      if (database.get(needed) === undefined && !changes.has(needed)) add(needed, undefined);
    const from = database.get(name);
    if (from?.version !== to) changes.set(name, { name, to, from });
  };
  for (const text of wanted) {
    const [name = '', pattern] = text.split('=', 2);
    add(name, pattern);
  }
  return [...changes.values()];
}

function list(context: CommandContext, title: string, names: readonly string[]): void {
  if (names.length > 0) context.out(`${title}\n${LOCKED}${names.join(' ')}\n`);
}

async function confirmed(context: CommandContext, yes: boolean): Promise<boolean> {
  if (yes) return true;
  context.out('Do you want to continue? [Y/n] ');
  const answer = await context.terminal?.line();
  if (answer !== undefined && /^(|y|yes)$/i.test(answer.trim())) return true;
  context.out('Abort.\n');
  return false;
}

async function install(
  args: readonly string[],
  context: CommandContext,
  database: PackageDatabase,
): Promise<number> {
  const { flags, rest } = parseOptions('apt-get', args, {
    flags: {
      '-y': 'y', '--yes': 'y', '--assume-yes': 'y', '-q': 'q', '-qq': 'q', '--allow-change-held-packages': 'held',
      '--allow-downgrades': 'down', '--only-upgrade': 'only', '--no-install-recommends': 'no',
    },
  }); // prettier-ignore
  context.out(
    'Reading package lists... Done\nBuilding dependency tree... Done\nReading state information... Done\n',
  );
  const changes = changesFor(rest, database);
  const held = changes.filter(({ from }) => from?.hold === true);
  const fresh = changes.filter(({ from }) => from === undefined);
  const down = changes.filter(({ from, to }) => from !== undefined && isOlder(to, from.version));
  const up = changes.filter((change) => !fresh.includes(change) && !down.includes(change));
  const names = (some: readonly Change[]): string[] => some.map(({ name }) => name);
  list(context, 'The following held packages will be changed:', names(held));
  list(context, 'The following NEW packages will be installed:', names(fresh));
  list(context, 'The following packages will be upgraded:', names(up));
  list(context, 'The following packages will be DOWNGRADED:', names(down));
  const counted = down.length > 0 ? `, ${down.length} downgraded` : '';
  context.out(
    `${up.length} upgraded, ${fresh.length} newly installed${counted}, 0 to remove and 0 not upgraded.\n`,
  );
  if (changes.length === 0) return 0;
  if (held.length > 0 && !flags.has('held'))
    throw failed('Held packages were changed and -y was used without --allow-change-held-packages.');
  if (down.length > 0 && flags.has('y') && !flags.has('down'))
    throw failed('Packages were downgraded and -y was used without --allow-downgrades.');
  if (!(await confirmed(context, flags.has('y')))) return 1;
  for (const change of changes) await setUp(change, context, database);
  return 0;
}

async function setUp(
  { name, to, from }: Change,
  context: CommandContext,
  database: PackageDatabase,
): Promise<void> {
  const { machine, process } = context;
  if (from === undefined) context.out(`Selecting previously unselected package ${name}.\n`);
  context.out(`Preparing to unpack .../${name}_${to.replace(':', '%3a')}_amd64.deb ...\n`);
  context.out(`Unpacking ${name} (${to})${from === undefined ? '' : ` over (${from.version})`} ...\n`);
  await process.clock.sleep(WORK);
  context.out(`Setting up ${name} (${to}) ...\n`);
  database.put({ name, version: to, hold: from?.hold ?? false });
  const found = packageIndex.get(name);
  for (const [path, text] of Object.entries(found?.files ?? {}))
    if (!machine.files.exists(path)) machine.files.write(path, text);
  machine.units.reload();
  // A service that is new is started; one that runs goes on as it is until somebody restarts it.
  if (from === undefined) for (const unit of found?.units ?? []) machine.units.start(unit);
}

async function remove(args: readonly string[], context: CommandContext, database: PackageDatabase): Promise<number> {
  const { flags, rest } = parseOptions('apt-get', args, { flags: { '-y': 'y', '--yes': 'y', '--purge': 'p', '-q': 'q' } });
  context.out('Reading package lists... Done\nBuilding dependency tree... Done\nReading state information... Done\n');
  const gone = rest.filter((name) => database.get(name) !== undefined);
  const unknown = rest.find((name) => !packageIndex.has(name) && !gone.includes(name));
  if (unknown !== undefined) throw failed(`Unable to locate package ${unknown}`);
  for (const name of rest) if (!gone.includes(name)) context.out(`Package '${name}' is not installed, so not removed\n`);
  list(context, 'The following packages will be REMOVED:', gone);
  context.out(`0 upgraded, 0 newly installed, ${gone.length} to remove and 0 not upgraded.\n`);
  if (gone.length === 0) return 0;
  if (!(await confirmed(context, flags.has('y')))) return 1;
  for (const name of gone) {
    context.out(`Removing ${name} (${database.get(name)?.version ?? ''}) ...\n`);
    for (const unit of packageIndex.get(name)?.units ?? [])
      if (context.machine.units.get(unit) !== undefined) context.machine.units.stop(unit);
    await context.process.clock.sleep(WORK);
    database.remove(name);
    context.machine.units.reload();
  }
  return 0;
} // prettier-ignore

/** `apt-get` on the offline list of packages: install, remove, update. Nothing is fetched. */
export const aptGet: MachineCommand = async (args, context) => {
  const at = args.findIndex((argument) => !argument.startsWith('-'));
  const database = new PackageDatabase(context.machine.files);
  const rest = args.filter((_argument, index) => index !== at);
  switch (args[at]) {
    case 'install':
      return install(rest, context, database);
    case 'remove':
    case 'purge':
      return remove(rest, context, database);
    case 'update':
      context.out('Reading package lists... Done\n');
      return 0;
    default:
      throw failed(`Invalid operation ${args[at] ?? ''}`);
  }
};

/** `apt-mark hold|unhold|showhold`. */
export const aptMark: MachineCommand = (args, { machine, out }) => {
  const database = new PackageDatabase(machine.files);
  const [verb, ...names] = args;
  if (verb === 'showhold') {
    for (const { name, hold } of database.list) if (hold) out(`${name}\n`);
    return 0;
  }
  if (verb !== 'hold' && verb !== 'unhold') throw failed('No command specified');
  for (const name of names) {
    const installed = database.get(name);
    if (installed === undefined) throw failed(`Can't select installed nor candidate version from package '${name}' as it has neither of them`);
    database.put({ ...installed, hold: verb === 'hold' });
    out(verb === 'hold' ? `${name} set on hold.\n` : `Canceled hold on ${name}.\n`);
  }
  return 0;
}; // prettier-ignore

/** `apt-cache madison|policy`. */
export const aptCache: MachineCommand = (args, { machine, out }) => {
  const [verb, name = ''] = args;
  const available = packageIndex.get(name);
  if (verb === 'madison') {
    for (const version of [...(available?.versions ?? [])].reverse())
      out(`${name.padStart(10)} | ${version.padStart(10)} | offline list Packages\n`);
    return 0;
  }
  if (verb !== 'policy') throw failed(`Invalid operation ${verb ?? ''}`);
  if (available === undefined) throw new CommandError(`N: Unable to locate package ${name}\n`, 0);
  const installed = new PackageDatabase(machine.files).get(name)?.version ?? '(none)';
  out(`${name}:\n  Installed: ${installed}\n  Candidate: ${available.versions.at(-1) ?? '(none)'}\n`);
  return 0;
};

/** `dpkg -l [NAME…]`. */
export const dpkg: MachineCommand = (args, { machine, out }) => {
  const [verb, ...names] = args;
  if (verb !== '-l' && verb !== '--list') throw new CommandError('dpkg: error: need an action option\n', 2);
  const found = new PackageDatabase(machine.files).list.filter(
    ({ name }) => names.length === 0 || names.includes(name),
  );
  if (found.length === 0)
    throw new CommandError(`dpkg-query: no packages found matching ${names.join(' ')}\n`);
  out('||/ Name           Version                        Architecture\n');
  for (const { name, version, hold } of found)
    out(`${hold ? 'hi' : 'ii'}  ${name.padEnd(14)} ${version.padEnd(30)} amd64\n`);
  return 0;
};
