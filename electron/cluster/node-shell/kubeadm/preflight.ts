import { SocketCriClient } from '../../cri/cri-client.ts';
import { CriError } from '../../cri/interface.ts';
import { PackageDatabase } from '../../machine/packages.ts';
import type { CommandContext } from '../interface.ts';
import { kubeadmError } from './kubeadm-error.ts';
import { socketPathOf } from './cri-socket.ts';

/** What one check finds. */
interface Finding {
  readonly warnings?: readonly string[];
  readonly errors?: readonly string[];
}

/** A look at the machine before kubeadm changes it. */
export interface Check {
  readonly name: string;
  readonly run: (context: CommandContext) => Finding | Promise<Finding>;
}

const dashed = (path: string): string => path.replaceAll('/', '-');
const NO_FINDING: Finding = {};

export const fileAvailable = (path: string): Check => ({
  name: `FileAvailable-${dashed(path)}`,
  run: ({ machine }) => (machine.files.exists(path) ? { errors: [`${path} already exists`] } : NO_FINDING),
});

export const folderAvailable = (path: string): Check => ({
  name: `DirAvailable-${dashed(path)}`,
  run: ({ machine }) =>
    machine.files.list(path).length > 0 ? { errors: [`${path} is not empty`] } : NO_FINDING,
});

export const portOpen = (port: number): Check => ({
  name: `Port-${port}`,
  run: ({ machine }) =>
    machine.listeners().some((listener) => listener.port === String(port) && listener.ip === machine.spec.ip)
      ? { errors: [`Port ${port} is in use`] }
      : NO_FINDING,
});

export const fewerCores = (needed: number): Check => ({
  name: 'NumCPU',
  run: ({ machine: { spec } }) =>
    spec.cpus < needed
      ? { errors: [`the number of available CPUs ${spec.cpus} is less than the required ${needed}`] }
      : NO_FINDING,
});

/** The runtime answers at its endpoint, in CRI v1. */
const runtimeAnswers = (endpoint: string): Check => ({
  name: 'CRI',
  run: async ({ process, machine }) => {
    const cri = new SocketCriClient(process.net, machine.spec.name, socketPathOf(endpoint), machine.files);
    try {
      await cri.call('Version', {});
      return NO_FINDING;
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      return {
        errors: [
          `could not connect to the container runtime: failed to create new CRI runtime service: validate service connection: validate CRI v1 runtime API for endpoint "${endpoint}": ${error.message}`,
        ],
      };
    } finally {
      cri.close();
    }
  },
});

const swapIsOff: Check = {
  name: 'Swap',
  run: ({ machine: { files } }) => {
    const lines = files.exists('/proc/swaps') ? files.read('/proc/swaps').trim().split('\n') : [];
    if (lines.length < 2) return NO_FINDING;
    return {
      warnings: [
        'swap is supported for cgroup v2 only. The kubelet must be properly configured to use swap. Please refer to https://kubernetes.io/docs/concepts/architecture/nodes/#swap-memory, or disable swap on the node',
      ],
    };
  },
};

/** `[major, minor]` of `v1.34.9` */
function minorOf(version: string): number {
  return Number(/^v?1\.(\d+)/.exec(version)?.[1] ?? Number.NaN);
}

const kubeletIsInstalled: Check = {
  name: 'KubeletVersion',
  run: ({ machine }) => {
    const database = new PackageDatabase(machine.files);
    const [kubelet, kubeadm] = [database.get('kubelet'), database.get('kubeadm')];
    if (kubelet === undefined)
      return {
        errors: [
          `couldn't get kubelet version: cannot execute 'kubelet --version': exec: "kubelet": executable file not found in $PATH`,
        ],
      };
    // kubeadm joins kubelets of three minor versions back.
    const version = kubelet.version.replace(/-.*$/, '');
    if (minorOf(version) < minorOf(kubeadm?.version ?? version) - 3)
      return {
        errors: [
          `Kubelet version ${JSON.stringify(version)} is lower than kubeadm can support. Please upgrade kubelet`,
        ],
      };
    return NO_FINDING;
  },
};

const kubeletIsEnabled: Check = {
  name: 'Service-Kubelet',
  run: ({ machine }) => {
    const unit = machine.units.get('kubelet');
    if (unit === undefined) return { warnings: ['kubelet service does not exist'] };
    if (unit.enabled) return NO_FINDING;
    return {
      warnings: [`kubelet service is not enabled, please run 'systemctl enable kubelet.service'`],
    };
  },
};

/** Those of `kubeadm init` and `join` alike. Models addCommonChecks (cmd/kubeadm/app/preflight/checks.go, v1.34). */
export function commonChecks(endpoint: string): readonly Check[] {
  return [runtimeAnswers(endpoint), swapIsOff, kubeletIsInstalled, kubeletIsEnabled, portOpen(10_250)];
}

/**
 * Runs the checks and tells what they found. `ignored`: names, in small letters, whose errors are only warnings; `all` for all.
 * @throws CommandError when there were errors
 */
export async function runChecks(
  checks: readonly Check[],
  ignored: ReadonlySet<string>,
  context: CommandContext,
): Promise<void> {
  let found = '';
  for (const { name, run } of checks) {
    const { warnings = [], errors = [] } = await run(context);
    const harmless = ignored.has('all') || ignored.has(name.toLowerCase());
    for (const warning of [...warnings, ...(harmless ? errors : [])])
      context.err(`\t[WARNING ${name}]: ${warning}\n`);
    if (!harmless) for (const error of errors) found += `\t[ERROR ${name}]: ${error}\n`;
  }
  if (found === '') return;
  context.err(
    `[preflight] Some fatal errors occurred:\n${found}[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\`\n`,
  );
  throw kubeadmError('error execution phase preflight: preflight checks failed');
}

/** `--ignore-preflight-errors=Swap,NumCPU` */
export function ignoredErrors(text: string | undefined): ReadonlySet<string> {
  return new Set((text ?? '').split(',').map((name) => name.trim().toLowerCase()));
}
