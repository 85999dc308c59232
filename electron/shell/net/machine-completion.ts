import type { MachinesClient } from './machines-client.ts';

const VERBS: Readonly<Record<string, readonly string[]>> = {
  systemctl: [
    'cat', 'daemon-reload', 'disable', 'enable', 'is-active', 'is-enabled', 'is-failed', 'list-unit-files', 'list-units', 'mask',
    'poweroff', 'reboot', 'reload', 'reset-failed', 'restart', 'show', 'start', 'status', 'stop', 'unmask',
  ],
  crictl: [
    'attach', 'exec', 'images', 'info', 'inspect', 'inspecti', 'inspectp', 'logs', 'pods', 'ps', 'pull', 'rm', 'rmi', 'rmp', 'stats',
    'statsp', 'stop', 'stopp', 'version',
  ],
  openssl: ['verify', 'version', 'x509'],
  kubeadm: ['certs', 'config', 'init', 'join', 'reset', 'token', 'version'],
}; // prettier-ignore
const TAKES_UNITS = new Set([
  'cat', 'disable', 'enable', 'is-active', 'is-enabled', 'is-failed', 'mask', 'reload', 'restart', 'show', 'start', 'status', 'stop', 'unmask',
]); // prettier-ignore

/** Words that a program of a machine takes: verbs, names of units. An empty answer is for files. */
export async function completeOnMachine(
  client: MachinesClient,
  machine: string,
  words: readonly string[],
  index: number,
  signal: AbortSignal,
): Promise<string[]> {
  const [name = '', verb = ''] = words;
  const units =
    name === 'systemctl'
      ? index > 1 && TAKES_UNITS.has(verb)
      : name === 'journalctl' && words[index - 1] === '-u';
  if (units) return unitsOf(client, machine, signal);
  return index === 1 ? [...(VERBS[name] ?? [])] : [];
}

async function unitsOf(client: MachinesClient, machine: string, signal: AbortSignal): Promise<string[]> {
  const asked = { argv: ['systemctl', 'list-unit-files', '--no-legend'], cwd: '/' };
  const answer = await client.exec(machine, asked, signal);
  let text = '';
  if (answer !== null) for await (const piece of answer.pieces) if ('stdout' in piece) text += piece.stdout;
  return text
    .split('\n')
    .map((line) => line.split(/\s/)[0] ?? '')
    .filter((unit) => unit !== '');
}
