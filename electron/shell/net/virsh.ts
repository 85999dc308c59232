import type { Command, CommandIo } from '../interface.ts';
import type { MachineInfo, PowerAction } from './machines-client.ts';
import { MachinesClient } from './machines-client.ts';

const ACTIONS: ReadonlyMap<string, { action: PowerAction; done: string; needs: 'on' | 'off' }> = new Map([
  ['start', { action: 'start', done: 'started', needs: 'off' }],
  ['shutdown', { action: 'shutdown', done: 'is being shutdown', needs: 'on' }],
  ['destroy', { action: 'destroy', done: 'destroyed', needs: 'on' }],
  ['reboot', { action: 'reboot', done: 'is being rebooted', needs: 'on' }],
]);
const USAGE = 'usage: virsh list [--all] | start|shutdown|destroy|reboot|domstate MACHINE\n';

/** `virsh`: the power switches of the lab's machines, in the words of the tool that runs virtual machines on Linux. */
export const virsh: Command = {
  name: 'virsh',
  summary: {
    en: 'Power the machines of the lab on and off',
    'pt-BR': 'Liga e desliga as máquinas do laboratório',
  },
  async run(io) {
    const client = MachinesClient.from(io.env);
    if (client === undefined) {
      await io.stderr.write('error: failed to connect to the hypervisor\n');
      return 1;
    }
    const words = io.argv.slice(1).filter((word) => !word.startsWith('-'));
    const [verb, name] = words;
    const machines = await client.list(io.signal);
    if (verb === 'list') {
      await io.stdout.write(table(machines, io.argv.includes('--all') || io.argv.includes('-a')));
      return 0;
    }
    if (verb === undefined || name === undefined) {
      await io.stderr.write(USAGE);
      return 1;
    }
    const machine = machines.find((candidate) => candidate.name === name || candidate.address === name);
    if (machine === undefined) {
      await io.stderr.write(
        `error: failed to get domain '${name}'\nerror: Domain not found: no domain with matching name '${name}'\n`,
      );
      return 1;
    }
    if (verb === 'domstate') {
      await io.stdout.write(`${stateOf(machine)}\n\n`);
      return 0;
    }
    return press(io, client, verb, machine);
  },
  async complete(_words, index, context) {
    if (index === 1) return ['list', ...ACTIONS.keys(), 'domstate'];
    if (index !== 2) return [];
    const client = MachinesClient.from(context.env);
    return client === undefined ? [] : (await client.list(context.signal)).map((machine) => machine.name);
  },
};

async function press(
  io: CommandIo,
  client: MachinesClient,
  verb: string,
  machine: MachineInfo,
): Promise<number> {
  const known = ACTIONS.get(verb);
  if (known === undefined) {
    await io.stderr.write(`error: unknown command: '${verb}'\n${USAGE}`);
    return 1;
  }
  if (machine.powered !== (known.needs === 'on')) {
    await io.stderr.write(
      known.needs === 'off'
        ? 'error: Domain is already active\n'
        : `error: Failed to ${verb} domain '${machine.name}'\nerror: Requested operation is not valid: domain is not running\n`,
    );
    return 1;
  }
  await client.power(machine.name, known.action, io.signal);
  await io.stdout.write(`Domain '${machine.name}' ${known.done}\n\n`);
  return 0;
}

function stateOf({ powered }: MachineInfo): string {
  return powered ? 'running' : 'shut off';
}

function table(machines: readonly MachineInfo[], all: boolean): string {
  const shown = machines.filter(({ powered }) => all || powered);
  const width = Math.max(4, ...shown.map(({ name }) => name.length));
  let id = 0;
  const rows = shown.map((machine) => {
    const number = machine.powered ? String(++id) : '-';
    return ` ${number.padEnd(4)} ${machine.name.padEnd(width)}   ${stateOf(machine)}\n`;
  });
  return ` ${'Id'.padEnd(4)} ${'Name'.padEnd(width)}   State\n${'-'.repeat(17 + width)}\n${rows.join('')}\n`;
}
