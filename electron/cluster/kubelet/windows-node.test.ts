import { beforeEach, describe, expect, it } from 'vitest';
import type { Event, Node, PodSpec, RuntimeClass } from '../api/types.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { WINDOWS_CONTAINERD_CONFIG } from '../cri/variants/containerd-windows.ts';
import { volatileStore } from '../machine/local-state.ts';
import { KubeletHarness } from './kubelet.testing.ts';

const SERVERCORE = 'mcr.microsoft.com/windows/servercore:ltsc2022';
const IIS = 'mcr.microsoft.com/windows/servercore/iis:windowsservercore-ltsc2022';
const HANDLERS = `[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runhcs-wcow-process]
runtime_type = 'io.containerd.runhcs.v1'
`;

let node: KubeletHarness;

beforeEach(async () => {
  node = new KubeletHarness(volatileStore(), [], 'windows');
  node.machine.files.write(WINDOWS_CONTAINERD_CONFIG, HANDLERS);
  node.configure("staticPodPath: 'C:\\etc\\kubernetes\\manifests'\n");
  await node.start();
});

type Spec = Omit<PodSpec, 'nodeName'>;
const of = (image: string, more: Partial<Spec> = {}, container: object = {}): Spec => ({
  containers: [{ name: 'main', image, imagePullPolicy: 'IfNotPresent', ...container }],
  ...more,
});

/** What was said of a Pod: `Reason: message`. */
function events(name: string): string[] {
  return node.api
    .all<Event>(resourceTypes.events)
    .filter((event) => event.involvedObject.name === name)
    .map(({ reason, message }) => `${reason}: ${message}`);
}

async function run(name: string, spec: Spec, ms = 120_000): Promise<string> {
  node.createPod(name, spec);
  await node.test.run(ms);
  return node.state(name);
}

describe('a Windows node', () => {
  it('is one by its labels, its system and the limits under which it evicts', () => {
    const object = node.api.find<Node>(resourceTypes.nodes, 'worker-1');
    expect(object?.metadata?.labels).toMatchObject({
      'kubernetes.io/os': 'windows',
      'node.kubernetes.io/windows-build': '10.0.20348',
    });
    expect(object?.status?.nodeInfo).toMatchObject({
      operatingSystem: 'windows',
      osImage: 'Windows Server 2022 Datacenter',
      kernelVersion: '10.0.20348',
    });
    expect(object?.status?.runtimeHandlers?.map(({ name }) => name)).toEqual([
      '',
      'runhcs-wcow-hypervisor',
      'runhcs-wcow-process',
    ]);
    const { capacity, allocatable } = object?.status ?? {};
    const kept = parseInt(capacity?.['memory'] ?? '') - parseInt(allocatable?.['memory'] ?? '');
    // In KiB; Linux keeps 100 MiB.
    expect(kept).toBe(500 * 1024);
  });

  it('runs images of its own build, and none of Linux', async () => {
    expect(await run('iis', of(IIS))).toBe('Running');
    expect(await run('nginx', of('nginx:1.29'))).toMatch(/^(ErrImagePull|ImagePullBackOff)$/);
    expect(events('nginx')).toContain(
      'Failed: Failed to pull image "nginx:1.29": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:1.29": no match for platform in manifest: not found',
    );
    const older = 'mcr.microsoft.com/windows/servercore/iis:windowsservercore-ltsc2019';
    expect(await run('older', of(older))).toMatch(/^(ErrImagePull|ImagePullBackOff)$/);
  });

  it('turns away what says that it is for Linux', async () => {
    await run('linux', of('nginx', { os: { name: 'linux' } }));
    expect(node.pod('linux')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'PodOSNotSupported',
      message: "Pod was rejected: Failed to admit pod as the OS field doesn't match node OS",
    });
    expect(await run('windows', of(IIS, { os: { name: 'windows' } }))).toBe('Running');
  });

  it('turns away by the label of the Pod itself, as upstream does', async () => {
    node.createPod('labelled', of(IIS), { 'kubernetes.io/os': 'linux' });
    await node.test.run(5_000);
    expect(node.pod('labelled')?.status).toMatchObject({
      reason: 'PodOSSelectorNodeLabelDoesNotMatch',
      message:
        "Pod was rejected: Failed to admit pod as the `kubernetes.io/os` label doesn't match node label",
    });
  });

  it('keeps what is to be in memory on its disk: there is no tmpfs', async () => {
    const volumes = [{ name: 'cache', emptyDir: { medium: 'Memory' } }];
    const mount = { volumeMounts: [{ name: 'cache', mountPath: 'C:\\cache' }] };
    await run('cached', of(IIS, { volumes }, mount));
    const folder = `/var/lib/kubelet/pods/uid-of-cached/volumes/kubernetes.io~empty-dir/cache`;
    node.machine.files.write(`${folder}/left`, 'x');
    node.machine.powerOff();
    expect(node.machine.files.exists(`${folder}/left`)).toBe(true);
  });

  it('knows root by name', async () => {
    const nonRoot = { securityContext: { runAsNonRoot: true } };
    expect(await run('administrator', of(SERVERCORE, nonRoot))).toBe('CreateContainerConfigError');
    expect(events('administrator')).toContain(
      'Failed: Error: container\'s runAsUser (ContainerAdministrator) which will be regarded as root identity and will break non-root policy (pod: "administrator_default(uid-of-administrator)", container: main)',
    );
    const windowsOptions = { runAsUserName: 'ContainerUser' };
    const user = { securityContext: { runAsNonRoot: true, windowsOptions } };
    expect(await run('user', of(IIS, user))).toBe('Running');
  });

  it('asks the runtime for the handler of the RuntimeClass', async () => {
    const classOf = (name: string, handler: string): RuntimeClass => ({
      apiVersion: 'node.k8s.io/v1',
      kind: 'RuntimeClass',
      metadata: { name },
      handler,
    });
    node.api.seed(resourceTypes.runtimeClasses, classOf('windows-2022', 'runhcs-wcow-process'));
    node.api.seed(resourceTypes.runtimeClasses, classOf('kata', 'kata'));
    expect(await run('classed', of(IIS, { runtimeClassName: 'windows-2022' }))).toBe('Running');
    await run('kata', of(IIS, { runtimeClassName: 'kata' }));
    expect(events('kata')).toContain(
      'FailedCreatePodSandBox: Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox runtime: no runtime for "kata" is configured',
    );
    await run('gone', of(IIS, { runtimeClassName: 'gone' }));
    expect(events('gone')).toContain(
      'FailedCreatePodSandBox: Failed to create pod sandbox: runtimeclasses.node.k8s.io "gone" not found',
    );
  });

  it('refuses HostProcess containers that the API server was not asked about', async () => {
    const windowsOptions = { hostProcess: true };
    await run('mixed', of(IIS, { hostNetwork: false, securityContext: { windowsOptions } }));
    expect(events('mixed')).toContain(
      'FailedCreatePodSandBox: Failed to create pod sandbox: hostNetwork is required if Pod contains HostProcess containers',
    );
    expect(await run('host', of(IIS, { hostNetwork: true, securityContext: { windowsOptions } }))).toBe(
      'Running',
    );
  });

  it('is not ready without its runtime, and says where it looked', async () => {
    node.machine.units.stop('containerd');
    await node.test.run(60_000);
    const ready = node.api
      .find<Node>(resourceTypes.nodes, 'worker-1')
      ?.status?.conditions?.find(({ type }) => type === 'Ready');
    expect(ready?.status).toBe('False');
    expect(ready?.message).toContain('container runtime is down');
  });
});

it('a Linux node turns away what is for Windows, and cannot pull its images', async () => {
  node = new KubeletHarness();
  await node.start();
  await run('windows', of(IIS, { os: { name: 'windows' } }));
  expect(node.pod('windows')?.status?.reason).toBe('PodOSNotSupported');
  expect(await run('unsaid', of(IIS))).toMatch(/^(ErrImagePull|ImagePullBackOff)$/);
});
