import { beforeEach, describe, expect, it } from 'vitest';
import type { Process } from '../machine/interface.ts';
import { RuntimeHarness, runContainer } from './runtime.testing.ts';

const MIB = 1024 ** 2;
const STRESS = ['stress', '--cpu', '2'];
const SYSTEMD = `version = 3
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
  SystemdCgroup = true # as kubeadm wants it
`;
let node: RuntimeHarness;
let containerd: Process;
beforeEach(() => {
  node = new RuntimeHarness();
  containerd = node.startContainerd();
});

describe('statistics of the runtime service', () => {
  it('count a container that burns two cores, cut by its quota', async () => {
    const resources = { cpuPeriod: 100_000, cpuQuota: 50_000, memoryLimitInBytes: 64 * MIB };
    const { stats } = await node.as(async (cri, { clock }) => {
      const { containerId } = await runContainer(cri, 'polinux/stress', {
        command: STRESS,
        linux: { resources },
      });
      await clock.sleep(10_000);
      return cri.call('ContainerStats', { containerId });
    }, { ms: 30_000 }); // prettier-ignore
    expect(stats.attributes.metadata).toEqual({ name: 'main', attempt: 0 });
    expect(stats.cpu.usageNanoCores).toBe(500_000_000);
    expect(stats.cpu.usageCoreNanoSeconds / 1e9).toBeCloseTo(5, 1);
    expect(stats.memory).toMatchObject({ workingSetBytes: 0, availableBytes: 64 * MIB });
  });

  it('add up to those of the sandbox, and follow an update of the limits', async () => {
    const { stats } = await node.as(async (cri) => {
      const { containerId, podSandboxId } = await runContainer(cri, 'polinux/stress', { command: STRESS });
      await cri.call('UpdateContainerResources', { containerId, linux: { cpuQuota: 150_000, cpuPeriod: 100_000 } });
      return cri.call('PodSandboxStats', { podSandboxId });
    }); // prettier-ignore
    expect(stats.linux.cpu.usageNanoCores).toBe(1_500_000_000);
    expect(stats.linux.process.processCount).toBe(4);
    expect(stats.linux.containers).toHaveLength(1);
  });

  it('end a container whose memory is cut below what it holds', async () => {
    const { status } = await node.as(async (cri, { clock }) => {
      const { containerId } = await runContainer(cri, 'nginx');
      await clock.sleep(1_000);
      await cri.call('UpdateContainerResources', { containerId, linux: { memoryLimitInBytes: MIB } });
      return cri.call('ContainerStatus', { containerId });
    });
    expect(status).toMatchObject({ state: 'CONTAINER_EXITED', reason: 'OOMKilled', exitCode: 137 });
  });

  it('know the disk: images, and what a container wrote', async () => {
    const [before, after, own] = await node.as(async (cri) => {
      const { containerId } = await runContainer(cri, 'nginx');
      const { imageFilesystems: first } = await cri.call('ImageFsInfo', {});
      const cmd = ['sh', '-c', 'echo 123456789 > /tmp/a'];
      await cri.call('ExecSync', { containerId, cmd, timeout: 0 });
      const { imageFilesystems: second } = await cri.call('ImageFsInfo', {});
      return [first[0], second[0], (await cri.call('ContainerStats', { containerId })).stats.writableLayer];
    });
    expect(before?.fsId.mountpoint).toBe('/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs');
    expect((after?.usedBytes ?? 0) - (before?.usedBytes ?? 0)).toBe(10);
    expect(own).toMatchObject({ usedBytes: 10, inodesUsed: 1 });
  });
});

describe('the log of a container', () => {
  it('goes on in a new file once it was moved and reopened', async () => {
    const log = '/var/log/pods/default_web_uid-of-web/main/0.log';
    await node.as(async (cri, { files, clock }) => {
      const { containerId } = await runContainer(cri, 'busybox', {
        command: ['sh', '-c', 'echo one; sleep 5; echo two; sleep 60'],
      });
      await clock.sleep(1_000);
      files.rename(log, `${log}.old`);
      await cri.call('ReopenContainerLog', { containerId });
    });
    expect(node.machine.files.read(`${log}.old`)).toContain('stdout F one\n');
    expect(node.machine.files.read(log)).toMatch(/^\S+ stdout F two\n$/);
  });

  it('loses what is written while nobody reopened it', async () => {
    const log = '/var/log/pods/default_web_uid-of-web/main/0.log';
    await node.as(async (cri, { files, clock }) => {
      await runContainer(cri, 'busybox', { command: ['sh', '-c', 'echo one; sleep 5; echo two; sleep 60'] });
      await clock.sleep(1_000);
      files.remove(log);
    });
    expect(node.machine.files.exists(log)).toBe(false);
  });
});

describe('calls that are refused', () => {
  const refusals: readonly (readonly [string, string])[] = [
    ['CheckpointContainer', 'rpc error: code = Unimplemented desc = method CheckpointContainer not implemented'],
    ['ListMetricDescriptors', 'rpc error: code = Unimplemented desc = method ListMetricDescriptors not implemented'],
    ['ContainerStats', 'rpc error: code = NotFound desc = failed to find container: not found'],
    ['UpdateContainerResources', 'rpc error: code = NotFound desc = failed to find container: not found'],
    ['ReopenContainerLog', 'rpc error: code = NotFound desc = an error occurred when try to find container "nope": not found'],
  ]; // prettier-ignore
  it.each(refusals)('%s', async (method, text) => {
    const call = node.as((cri) =>
      cri.call(method as 'CheckpointContainer', { containerId: 'nope', linux: {} } as never),
    );
    await expect(call).rejects.toThrow(text);
  });
});

describe('what the runtime says of itself', () => {
  it('the cgroup driver of its configuration, and details when asked', async () => {
    expect(await node.as((cri) => cri.call('RuntimeConfig', {}))).toEqual({
      linux: { cgroupDriver: 'CGROUPFS' },
    });
    node.machine.files.write('/etc/containerd/config.toml', SYSTEMD);
    containerd.kill('SIGTERM');
    await node.test.run(100);
    node.startContainerd();
    expect(await node.as((cri) => cri.call('RuntimeConfig', {}))).toEqual({
      linux: { cgroupDriver: 'SYSTEMD' },
    });
    expect(await node.as((cri) => cri.call('Status', {}))).not.toHaveProperty('info');
    const { info } = await node.as((cri) => cri.call('Status', { verbose: true }));
    expect(info?.['lastCNILoadStatus']).toBe('"OK"');
  });
});
