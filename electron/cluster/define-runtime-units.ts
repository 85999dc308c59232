import { containerdProgram } from './cri/containerd.ts';
import { crioProgram } from './cri/cri-o.ts';
import { criDockerdProgram } from './cri/docker/cri-dockerd.ts';
import { dockerdProgram } from './cri/docker/dockerd.ts';
import type { MachineRuntimes } from './cri/machine-runtimes.ts';
import type { Machine, Program } from './machine/interface.ts';
import { PackageDatabase } from './machine/packages.ts';

interface RuntimeUnit {
  readonly name: string;
  readonly description: string;
  /** Any of them brings it. */
  readonly packages: readonly string[];
  readonly argv: readonly string[];
  readonly program: (runtimes: MachineRuntimes) => Program;
  /** As the package's unit says it. */
  readonly restartSeconds: number;
}

const UNITS: readonly RuntimeUnit[] = [
  {
    name: 'containerd',
    description: 'containerd container runtime',
    packages: ['containerd.io'],
    argv: ['containerd'],
    program: (runtimes) => containerdProgram(runtimes.of('containerd')),
    restartSeconds: 5,
  },
  {
    name: 'crio',
    description: 'Container Runtime Interface for OCI (CRI-O)',
    packages: ['cri-o'],
    argv: ['/usr/bin/crio'],
    program: (runtimes) => crioProgram(runtimes.of('cri-o')),
    restartSeconds: 10,
  },
  {
    name: 'docker',
    description: 'Docker Application Container Engine',
    packages: ['docker-ce', 'docker-ee'],
    argv: ['/usr/bin/dockerd', '-H', 'fd://', '--containerd=/run/containerd/containerd.sock'],
    program: (runtimes) => dockerdProgram(runtimes.of(runtimes.name === 'mirantis' ? 'mirantis' : 'docker')),
    restartSeconds: 2,
  },
  {
    name: 'cri-docker',
    description: 'CRI Interface for Docker Application Container Engine',
    packages: ['cri-dockerd'],
    argv: ['/usr/bin/cri-dockerd', '--container-runtime-endpoint', 'fd://'],
    program: () => criDockerdProgram,
    restartSeconds: 2,
  },
];

/** The runtimes' units: there when their package is, whichever the machine began with. */
export function defineRuntimeUnits(machine: Machine, runtimes: MachineRuntimes): void {
  const database = new PackageDatabase(machine.files);
  for (const { name, description, packages, argv, program, restartSeconds } of UNITS)
    machine.units.define({
      name,
      description,
      program: program(runtimes),
      argv,
      restart: 'always',
      restartSeconds,
      isInstalled: () => {
        const installed = database.list;
        // A machine that was set up before packages were kept has containerd.
        if (installed.length === 0) return name === 'containerd';
        return packages.some((one) => installed.some((other) => other.name === one));
      },
    });
}
