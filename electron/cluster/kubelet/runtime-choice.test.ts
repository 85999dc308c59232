import { describe, expect, it } from 'vitest';
import { containerdProgram } from '../cri/containerd.ts';
import { dockerdProgram } from '../cri/docker/dockerd.ts';
import { NodeRuntime } from '../cri/node-runtime.ts';
import { RuntimeHarness } from '../cri/runtime.testing.ts';
import { kubeletProgram } from './kubelet-program.ts';
import { runtimeChoice } from './runtime-choice.ts';

const SYSTEMD =
  'apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\ncgroupDriver: systemd\n';

/** Standard error of a kubelet of a version, on a machine with Docker or nothing. */
async function kubelet(
  version: string,
  flags: readonly string[],
  daemon?: string,
): Promise<readonly string[]> {
  const node = new RuntimeHarness('docker');
  const { files } = node.machine;
  files.write('/var/lib/kubelet/config.yaml', SYSTEMD);
  if (daemon !== undefined) {
    files.write('/etc/docker/daemon.json', daemon);
    files.write('/etc/containerd/config.toml', 'disabled_plugins = ["cri"]\n');
    const below = new NodeRuntime(node.machine, node.runtime.images, () => node.test.simulation.now);
    node.start('containerd', containerdProgram(below));
    node.start('docker', dockerdProgram(node.runtime));
  }
  const lines: string[] = [];
  const process = node.machine.spawn({
    name: 'kubelet',
    program: kubeletProgram(() => version),
    argv: ['kubelet', '--config=/var/lib/kubelet/config.yaml', ...flags],
  });
  process.onDidWrite(({ line }) => lines.push(line.replace(/^(\w)\d{4} \S+ +\d+ /, '$1 ')));
  await node.test.run(10_000);
  return lines;
}

const DOCKER = '{"exec-opts": ["native.cgroupdriver=systemd"]}';
const DEPRECATED = 'Using dockershim is deprecated, please consider using a full-fledged CRI implementation';

describe('a kubelet and Docker', () => {
  it('speaks to Docker by itself until 1.23, and says from 1.20 on that it will not for long', async () => {
    const cni = ['--network-plugin=cni'];
    const joined = async (version: string): Promise<string> =>
      (await kubelet(version, cni, DOCKER)).join('\n');
    expect(await joined('v1.19.16')).not.toContain(DEPRECATED);
    expect(await joined('v1.20.15')).toContain(`W kubelet.go:297] ${DEPRECATED}`);
    const last = await joined('v1.23.17');
    expect(last).toContain(`I kubelet.go:314] ${DEPRECATED}`);
    expect(last).not.toContain('failed to get docker version');
  });

  it('does not know dockershim’s flags from 1.24 on', async () => {
    expect((await kubelet('v1.24.17', ['--network-plugin=cni'], DOCKER)).at(-1)).toBe(
      'E run.go:72] "command failed" err="failed to parse kubelet flag: unknown flag: --network-plugin"',
    );
  });

  it('ends when Docker does not answer, or has another cgroup driver', async () => {
    expect((await kubelet('v1.23.17', [])).at(-1)).toContain(
      'failed to run Kubelet: failed to get docker version: Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    );
    const other = await kubelet('v1.23.17', [], '{"exec-opts": ["native.cgroupdriver=cgroupfs"]}');
    expect(other.at(-1)).toContain(
      String.raw`failed to run Kubelet: misconfiguration: kubelet cgroup driver: \"systemd\" is different from docker cgroup driver: \"cgroupfs\"`,
    );
  });

  it('finds no CRI where containerd serves only Docker', async () => {
    expect((await kubelet('v1.24.17', [], DOCKER)).at(-1)).toContain(
      String.raw`validate service connection: validate CRI v1 runtime API for endpoint \"unix:///run/containerd/containerd.sock\": rpc error: code = Unimplemented desc = unknown service runtime.v1.RuntimeService`,
    );
  });
});

describe('flags of a version', () => {
  it('say where the runtime is', () => {
    const endpoint = '--container-runtime-endpoint=unix:///var/run/cri-dockerd.sock';
    expect(runtimeChoice([endpoint], 'v1.34.9')).toEqual({
      dockershim: false,
      socket: '/run/cri-dockerd.sock',
    });
    expect(runtimeChoice(['--container-runtime=remote', endpoint], 'v1.23.17').dockershim).toBe(false);
    expect(runtimeChoice([], 'v1.23.17')).toEqual({ dockershim: true, socket: '/run/dockershim.sock' });
    expect(() => runtimeChoice(['--container-runtime=remote'], 'v1.27.16')).toThrow(
      'failed to parse kubelet flag: unknown flag: --container-runtime',
    );
  });
});
