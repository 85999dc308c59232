import type { Taint } from '../api/types.ts';
import type { RuntimeName } from '../machine/interface.ts';
import type { TopologyMachine } from './interface.ts';
import { TopologyError } from './topology-error.ts';

const RUNTIMES: readonly RuntimeName[] = ['containerd', 'cri-o', 'docker', 'mirantis'];
/** Windows Server by year, with the build that its kernel says. */
const WINDOWS: Readonly<Record<string, string>> = {
  windows: '10.0.20348',
  'windows-2019': '10.0.17763',
  'windows-2022': '10.0.20348',
  'windows-2025': '10.0.26100',
};

/** The choice that makes such a machine, e.g. `windows-2022`; undefined for Linux. */
export function windowsChoice({ os, osVersion }: TopologyMachine): string | undefined {
  if (os !== 'windows') return undefined;
  const found = Object.entries(WINDOWS).find(([name, build]) => name !== 'windows' && build === osVersion);
  return found?.[0] ?? 'windows';
}

/** By which clusters keep Linux Pods without a node selector away from Windows. */
const WINDOWS_TAINT: Taint = { key: 'os', value: 'windows', effect: 'NoSchedule' };
const KUBELET = /^kubelet-v?(1\.(\d+)\.\d+)$/;
/** Kubelets that are modelled: from the last before dockershim was deprecated to the cluster's own. */
const OLDEST_MINOR = 19;
const NEWEST_MINOR = 34;
/** The last minor version whose kubelet speaks to Docker by itself. */
const LAST_DOCKERSHIM = 23;
const CHOICES = [...RUNTIMES, ...Object.keys(WINDOWS), 'tainted', 'spare', 'kubelet-1.MINOR.PATCH'];

function choose(machine: TopologyMachine, choice: string, isManaged: boolean): TopologyMachine {
  const { name } = machine;
  const runtime = RUNTIMES.find((one) => one === choice);
  if (runtime !== undefined) return { ...machine, runtime };
  const osVersion = WINDOWS[choice];
  if (osVersion !== undefined) {
    if (machine.controlPlane !== undefined || machine.loadBalancer !== undefined)
      throw new TopologyError(
        'windows-control-plane',
        { name },
        `${name} cannot run Windows: Kubernetes builds kube-apiserver, kube-controller-manager, kube-scheduler and etcd for Linux only, so a control plane runs on Linux; choose a worker`,
      );
    return { ...machine, os: 'windows', osVersion };
  }
  if (choice === 'tainted') {
    if (machine.os !== 'windows')
      throw new TopologyError(
        'tainted-linux',
        { name },
        `${name} is no Windows machine: "tainted" follows "windows"`,
      );
    return { ...machine, taints: [...machine.taints, WINDOWS_TAINT] };
  }
  if (choice === 'spare') {
    if (machine.controlPlane !== undefined)
      throw new TopologyError(
        'spare-control-plane',
        { name },
        `${name} cannot be spare: it is the control plane that others join`,
      );
    if (isManaged)
      throw new TopologyError(
        'spare-managed',
        { name },
        `${name} cannot be spare: the nodes of a managed cluster are joined by its cloud, not by kubeadm; choose a kubeadm topology`,
      );
    return { ...machine, isSpare: true };
  }
  const [, version, minor] = KUBELET.exec(choice) ?? [];
  if (version !== undefined) {
    if (Number(minor) < OLDEST_MINOR || Number(minor) > NEWEST_MINOR)
      throw new TopologyError(
        'kubelet-version',
        { name, version, oldest: `1.${OLDEST_MINOR}`, newest: `1.${NEWEST_MINOR}` },
        `${name}: kubelets from 1.${OLDEST_MINOR} to 1.${NEWEST_MINOR} are modelled, not ${version}`,
      );
    return { ...machine, kubeletVersion: `v${version}` };
  }
  throw new TopologyError(
    'unknown-choice',
    { name, choice, choices: CHOICES.join(', ') },
    `unknown choice "${choice}" for ${name}: choose among ${CHOICES.join(', ')}`,
  );
}

function hasDockershim({ runtime, kubeletVersion = `v1.${NEWEST_MINOR}.0` }: TopologyMachine): boolean {
  const isDocker = runtime === 'docker' || runtime === 'mirantis';
  return isDocker && Number(kubeletVersion.split('.')[1]) <= LAST_DOCKERSHIM;
}

function check(machine: TopologyMachine): TopologyMachine {
  if (machine.os === 'windows' && machine.runtime !== undefined && machine.runtime !== 'containerd')
    throw new TopologyError(
      'windows-runtime',
      { name: machine.name, runtime: machine.runtime },
      `${machine.name}: on Windows only containerd is modelled, not ${machine.runtime}`,
    );
  if (machine.os === 'windows' && machine.isSpare === true)
    throw new TopologyError(
      'windows-spare',
      { name: machine.name },
      `${machine.name}: kubeadm join of a Windows machine is not modelled`,
    );
  if (machine.isSpare === true && hasDockershim(machine))
    throw new TopologyError(
      'dockershim-spare',
      { name: machine.name },
      `${machine.name}: kubeadm join of a kubelet that has dockershim is not modelled`,
    );
  return machine;
}

/**
 * Machines as somebody wants them: `choices` are `MACHINE=CHOICE[+CHOICE…]`, e.g. `worker-1=docker+kubelet-1.23.17`,
 * `worker-2=windows-2022+tainted`, `worker-2=spare`. @throws TopologyError that says what can be chosen
 */
export function withChoices(
  machines: readonly TopologyMachine[],
  choices: readonly string[],
): readonly TopologyMachine[] {
  let result = machines;
  const isManaged = machines.some(({ controlPlane }) => controlPlane?.startedBy === 'unit');
  for (const text of choices) {
    const [name = '', wanted = ''] = text.split('=', 2);
    const found = result.find((machine) => machine.name === name);
    const nodes = machines.filter(({ isNode }) => isNode).map((machine) => machine.name);
    if (found?.isNode !== true)
      throw new TopologyError(
        'no-node',
        { name, names: nodes.join(', ') },
        `there is no node "${name}" in this topology: choose among ${nodes.join(', ')}`,
      );
    const chosen = check(
      wanted.split('+').reduce((machine, choice) => choose(machine, choice, isManaged), found),
    );
    result = result.map((machine) => (machine === found ? chosen : machine));
  }
  return result;
}
