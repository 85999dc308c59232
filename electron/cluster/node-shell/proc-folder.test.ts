import { beforeEach, describe, expect, it } from 'vitest';
import { newTestSimulation } from '../../base/simulation.testing.ts';
import type { Simulation } from '../../base/simulation.ts';
import { volatileStore } from '../machine/local-state.ts';
import { SimulatedMachine } from '../machine/machine.ts';
import { SimulatedNetwork } from '../network/network.ts';
import type { TopologyMachine } from '../topology/interface.ts';
import { buildTopology } from '../topology/topologies.ts';
import { execOnMachine } from './exec-on-machine.ts';
import { ProcFolder } from './proc-folder.ts';

let simulation: Simulation;
let machine: SimulatedMachine;

beforeEach(async () => {
  simulation = newTestSimulation();
  const [spec] = buildTopology('kubeadm-1-2').machines as [TopologyMachine];
  machine = new SimulatedMachine(spec, simulation, new SimulatedNetwork(simulation), volatileStore());
  machine.mount('/proc', new ProcFolder(machine));
  await simulation.runUntil(simulation.now + 90_000);
  machine.spawn({
    name: 'etcd',
    program: () => new Promise(() => undefined),
    argv: ['/usr/local/bin/etcd', '--name=cp-1'],
  });
});

async function run(line: string): Promise<{ text: string; code: number | undefined }> {
  const result = { text: '', code: undefined as number | undefined };
  const write = (text: string): void => void (result.text += text);
  const { done } = execOnMachine(machine, line.split(' '), { stdout: write, stderr: write }, () => undefined);
  void done.then((code) => (result.code = code));
  await simulation.runUntil(simulation.now + 1_000);
  return result;
}

describe('/proc', () => {
  it('tells of the machine as it is when somebody looks', () => {
    const { files } = machine;
    const pid = machine.processes[0]?.pid ?? 0;
    expect(files.list('/proc')).toEqual(
      [
        'cmdline',
        'cpuinfo',
        'loadavg',
        'meminfo',
        'mounts',
        'self/',
        'uptime',
        'version',
        '1/',
        `${pid}/`,
      ].sort(),
    );
    expect(files.read('/proc/uptime')).toBe('90.00 180.00\n');
    expect(files.read('/proc/cpuinfo').match(/^processor\t: \d$/gm)).toEqual([
      'processor\t: 0',
      'processor\t: 1',
    ]);
    expect(files.read('/proc/meminfo')).toMatch(/^MemTotal: {8}4194304 kB\nMemFree: +\d+ kB\n/);
    expect(files.readLink('/proc/mounts')).toBe('self/mounts');
    expect(files.read('/proc/mounts')).toContain(
      '/dev/vda1 / ext4 rw,relatime,discard,errors=remount-ro 0 0\n',
    );
    expect(files.read(`/proc/${pid}/cmdline`)).toBe('/usr/local/bin/etcd\0--name=cp-1\0');
    expect(files.read(`/proc/${pid}/status`)).toContain(`Name:\tetcd\n`);
    expect(files.read(`/proc/${pid}/stat`)).toMatch(new RegExp(`^${pid} \\(etcd\\) S 1 .* 9000 0 0\n$`));
    machine.processes[0]?.kill('SIGKILL');
    expect(files.exists(`/proc/${pid}`)).toBe(false);
    expect(() => files.read(`/proc/${pid}/status`)).toThrow(
      `open /proc/${pid}/status: no such file or directory`,
    );
  });

  it('is not written to, but what is set below sys is beside it', () => {
    const { files } = machine;
    expect(() => files.write('/proc/uptime', '0')).toThrow('open /proc/uptime: permission denied');
    files.write('/proc/sys/kernel/random/boot_id', 'one\n');
    expect(files.list('/proc')).toContain('sys/');
  });
});

describe('systemctl mask', () => {
  it('keeps a unit away that is not there yet', async () => {
    const path = '/etc/systemd/system/web.service';
    expect(await run('systemctl mask web')).toEqual({
      text: `Unit web.service does not exist, proceeding anyway.\nCreated symlink ${path} → /dev/null.\n`,
      code: 0,
    });
    expect(machine.files.readLink(path)).toBe('/dev/null');
    expect((await run('systemctl start web')).text).toBe(
      'Failed to start web.service: Unit web.service is masked.\n',
    );
    expect(await run('systemctl unmask web')).toEqual({ text: `Removed "${path}".\n`, code: 0 });
    expect((await run('systemctl unmask web')).text).toBe(
      'Unit web.service does not exist, proceeding anyway.\n',
    );
  });
});
