import type { JournalEntry, Unit } from '../../machine/interface.ts';
import { journalTime, systemdAgo, systemdTime } from '../human.ts';
import type { CommandContext } from '../interface.ts';

/** `Nov 23 22:55:03 cp-1 kubelet[1001]: text`, as journalctl writes an entry. */
export function journalLine(entry: JournalEntry, machine: string): string {
  return `${journalTime(entry.time)} ${machine} ${entry.identifier}[${entry.pid}]: ${entry.message}`;
}

function activeText({ active, result }: Unit): string {
  switch (active) {
    case 'active':
      return 'active (running)';
    case 'activating':
      return `activating (auto-restart)${result === 'success' ? '' : ` (Result: ${result})`}`;
    case 'failed':
      return `failed (Result: ${result})`;
    case 'inactive':
      return 'inactive (dead)';
  }
}

/** What `systemctl status` says of a unit, as systemd 255 does; tasks, memory and CPU are not modelled. */
export function printStatus(unit: Unit, context: CommandContext): void {
  const { out } = context;
  const { process, file, last, since } = unit;
  const now = context.process.clock.now();
  if (unit.changedOnDisk)
    context.err(
      `Warning: The unit file, source configuration file or drop-ins of ${unit.name}.service changed on disk. Run 'systemctl daemon-reload' to reload units.\n`,
    );
  const dot =
    unit.active === 'active' || unit.active === 'activating' ? '●' : unit.active === 'failed' ? '×' : '○';
  const line = (label: string, text: string): void => out(`${label.padStart(11)}: ${text}\n`);
  out(unit.masked ? `${dot} ${unit.name}.service\n` : `${dot} ${unit.name}.service - ${unit.description}\n`);
  const path = file?.path ?? `/usr/lib/systemd/system/${unit.name}.service`;
  line(
    'Loaded',
    unit.masked
      ? `masked (Reason: Unit ${unit.name}.service is masked.)`
      : `loaded (${path}; ${unit.enabled ? 'enabled' : 'disabled'}; preset: enabled)`,
  );
  const folders = new Map<string, string[]>();
  for (const dropIn of file?.dropIns ?? []) {
    const slash = dropIn.lastIndexOf('/');
    folders.set(dropIn.slice(0, slash), [
      ...(folders.get(dropIn.slice(0, slash)) ?? []),
      dropIn.slice(slash + 1),
    ]);
  }
  let first = true;
  for (const [folder, names] of folders) {
    if (first) line('Drop-In', folder);
    else out(`             ${folder}\n`);
    first = false;
    out(`             └─${names.join(', ')}\n`);
  }
  line(
    'Active',
    `${activeText(unit)}${since === undefined ? '' : ` since ${systemdTime(since)}; ${systemdAgo(now - since)}`}`,
  );
  for (const [at, text] of (file?.documentation ?? []).entries()) line(at === 0 ? 'Docs' : '', text);
  if (process === undefined && last !== undefined) {
    line(
      'Process',
      `${last.pid} ExecStart=${file?.execStart ?? ''} (code=${last.code}, status=${last.status})`,
    );
    line('Main PID', `${last.pid} (code=${last.code}, status=${last.status})`);
  }
  if (process !== undefined) {
    const name = (process.argv[0] ?? unit.name).replace(/^.*\//, '');
    line('Main PID', `${process.pid} (${name})`);
    line('CGroup', `/system.slice/${unit.name}.service`);
    out(`             └─${process.pid} ${process.argv.join(' ')}\n`);
  }
  const entries = context.machine.units.journal(unit.name).slice(-10);
  if (entries.length > 0)
    out(`\n${entries.map((entry) => journalLine(entry, context.machine.spec.name)).join('\n')}\n`);
}
