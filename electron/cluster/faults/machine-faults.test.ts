import { beforeEach, describe, expect, it } from 'vitest';
import type { Simulation } from '../../base/simulation.ts';
import { newTestSimulation } from '../../base/simulation.testing.ts';
import { CriServer } from '../cri/cri-server.ts';
import { volatileStore } from '../machine/local-state.ts';
import { SimulatedMachine } from '../machine/machine.ts';
import { SimulatedNetwork } from '../network/network.ts';
import { BALLAST, MachineFaults } from './machine-faults.ts';

const SPEC = {
  name: 'worker-1',
  ip: '10.0.0.1',
  role: 'worker',
  os: 'linux',
  cpus: 2,
  memory: 1,
  disk: 10_000_000_000,
  isNode: true,
} as const;
const SOCKET = '/run/containerd/containerd.sock';
let simulation: Simulation;
let network: SimulatedNetwork;
let machine: SimulatedMachine;
let faults: MachineFaults;
let changes: number;

const run = (ms = 100): Promise<void> => simulation.runUntil(simulation.now + ms);

beforeEach(async () => {
  simulation = newTestSimulation();
  network = new SimulatedNetwork(simulation);
  machine = new SimulatedMachine(SPEC, simulation, network, volatileStore());
  machine.units.define({
    name: 'containerd',
    description: 'containerd container runtime',
    argv: ['/usr/bin/containerd'],
    restart: 'always',
    restartSeconds: 5,
    program: (process) => {
      new CriServer(process, undefined).listen(SOCKET);
      return new Promise(() => undefined);
    },
  });
  machine.units.enable('containerd', true);
  machine.units.start('containerd');
  changes = 0;
  faults = new MachineFaults(
    simulation,
    (name) => {
      if (name !== SPEC.name) throw new Error(`machine "${name}" not found`);
      return { machine, spec: {} };
    },
    () => (changes += 1),
  );
  await run();
});

describe('MachineFaults', () => {
  it('fills the disk to a share with a file, fuller still, and frees it', async () => {
    const before = machine.disk.used;
    faults.fillDisk('worker-1', 90);
    await run();
    expect(faults.state('worker-1')).toMatchObject({ diskUsed: 90, ballast: 9_000_000_000 - before });
    faults.fillDisk('worker-1', 100);
    await run();
    expect(machine.disk.available).toBe(0);
    expect(() => machine.files.write('/root/x', 'y')).toThrow('write /root/x: no space left on device');
    faults.freeDisk('worker-1');
    await run();
    expect(machine.disk.used).toBe(before);
    expect(machine.files.exists(BALLAST)).toBe(false);
    expect(changes).toBe(3);
  });

  it('refuses a share that is reached already, and to free what nobody filled', async () => {
    expect(() => faults.fillDisk('worker-1', 1)).toThrow('the disk of worker-1 is 22 % full already');
    expect(() => faults.freeDisk('worker-1')).toThrow('there is no /var/tmp/ballast on worker-1');
  });

  it('sets the clock wrong and right, as an input of the learner', async () => {
    faults.setClock('worker-1', -60_000);
    await run();
    expect(faults.state('worker-1').clockSkew).toBe(-60_000);
    expect(machine.now()).toBe(simulation.now - 60_000);
    faults.setClock('worker-1', 0);
    await run();
    expect(faults.state('worker-1').clockSkew).toBe(0);
    const inputs = [...simulation.log.range(0)].filter(({ kind }) => kind === 'input');
    expect(inputs).toMatchObject([
      { action: 'clock', detail: { machine: 'worker-1', ms: -60_000 } },
      { action: 'clock', detail: { machine: 'worker-1', ms: 0 } },
    ]);
  });

  it('deletes the socket of a runtime that goes on; a restart brings it back', async () => {
    expect(network.hasSocket('worker-1', SOCKET)).toBe(true);
    faults.removeSocket('worker-1');
    await run();
    expect(network.hasSocket('worker-1', SOCKET)).toBe(false);
    expect(faults.state('worker-1')).toMatchObject({ missingSocket: SOCKET, stoppedUnits: [] });
    expect(() => faults.removeSocket('worker-1')).toThrow(`there is no ${SOCKET} on worker-1`);
    machine.units.restart('containerd');
    await run(10_000);
    expect(network.hasSocket('worker-1', SOCKET)).toBe(true);
    expect(faults.state('worker-1').missingSocket).toBeUndefined();
  });

  it('stops and starts units; a stopped runtime lacks no socket', async () => {
    faults.stopUnit('worker-1', 'containerd');
    await run();
    expect(faults.state('worker-1')).toMatchObject({
      stoppedUnits: ['containerd'],
      activeUnits: [],
      missingSocket: undefined,
    });
    faults.startUnit('worker-1', 'containerd');
    await run();
    expect(faults.state('worker-1')).toMatchObject({ stoppedUnits: [], activeUnits: ['containerd'] });
    expect(() => faults.stopUnit('worker-1', 'sshd')).toThrow('Unit sshd.service could not be found.');
  });

  it('does nothing on a machine without power', () => {
    machine.powerOff();
    expect(() => faults.fillDisk('worker-1', 90)).toThrow('worker-1 is powered off');
    expect(() => faults.setClock('worker-1', 1)).toThrow('worker-1 is powered off');
    expect(() => faults.setClock('worker-2', 1)).toThrow('machine "worker-2" not found');
  });
});
