import { beforeEach, describe, expect, it } from 'vitest';
import type { Lease, Node } from '../api/types.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { KubeletHarness } from './kubelet.testing.ts';

let node: KubeletHarness;

beforeEach(async () => {
  node = new KubeletHarness();
  await node.start();
});

const NGINX = {
  containers: [{ name: 'web', image: 'nginx:1.25', imagePullPolicy: 'IfNotPresent' }],
  restartPolicy: 'Always',
};

function eventsOf(kind: string): string[] {
  return node.api
    .all(resourceTypes.events)
    .filter((event) => (event as { involvedObject?: { kind?: string } }).involvedObject?.kind === kind)
    .map((event) => {
      const { type, reason, message, count } = event as {
        type?: string;
        reason?: string;
        message?: string;
        count?: number;
      };
      return `${type} ${reason} ${message}${(count ?? 1) > 1 ? ` (x${count})` : ''}`;
    });
}

describe('the node', () => {
  it('registers, gets ready, renews its lease and says nothing when nothing changes', async () => {
    const registered = node.api.find<Node>(resourceTypes.nodes, 'worker-1');
    expect(registered?.metadata?.labels).toMatchObject({
      'kubernetes.io/hostname': 'worker-1',
      'kubernetes.io/os': 'linux',
    });
    expect(registered?.status?.capacity).toMatchObject({ cpu: '4', pods: '110' });
    expect(registered?.status?.nodeInfo).toMatchObject({
      kubeletVersion: 'v1.34.9',
      containerRuntimeVersion: 'containerd://2.1.4',
    });
    const ready = registered?.status?.conditions?.find((condition) => condition.type === 'Ready');
    expect(ready).toMatchObject({
      status: 'True',
      reason: 'KubeletReady',
      message: 'kubelet is posting ready status',
    });
    await node.test.run(30_000);
    const before = node.api.actions.length;
    await node.test.run(60_000);
    const verbs = node.api.actions.slice(before).map(({ verb, resource }) => `${verb} ${resource}`);
    expect(new Set(verbs)).toEqual(new Set(['update leases.coordination.k8s.io']));
    const lease = node.api.find<Lease>(resourceTypes.leases, 'kube-node-lease/worker-1');
    expect(lease?.spec).toMatchObject({ holderIdentity: 'worker-1', leaseDurationSeconds: 40 });
  });

  it('is not ready without a network, or with its runtime down', async () => {
    node.machine.files.remove('/etc/cni/net.d');
    await node.test.run(21_000);
    const ready = (): unknown =>
      node.api
        .find<Node>(resourceTypes.nodes, 'worker-1')
        ?.status?.conditions?.find((condition) => condition.type === 'Ready');
    expect(ready()).toMatchObject({
      status: 'False',
      reason: 'KubeletNotReady',
      message:
        'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
    });
    node.machine.units.stop('containerd');
    await node.test.run(21_000);
    const network =
      'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';
    expect(ready()).toMatchObject({ status: 'False', message: network });
    await node.test.run(21_000);
    expect(ready()).toMatchObject({ message: `[container runtime is down, ${network}]` });
    await node.test.run(180_000);
    expect(ready()).toMatchObject({
      message: expect.stringMatching(
        /^\[container runtime is down, PLEG is not healthy: pleg was last seen active 3m\d+(\.\d+)?s ago; threshold is 3m0s, /,
      ) as string,
    });
    expect(eventsOf('Node')).toContain('Normal NodeNotReady Node worker-1 status is now: NodeNotReady');
  });
});

describe('a Pod', () => {
  it('goes from Pending to Running with upstream events and status', async () => {
    node.createPod('web-1', NGINX);
    await node.test.run(200);
    expect(node.pod('web-1')?.status).toMatchObject({ phase: 'Pending' });
    expect(node.state('web-1')).toBe('ContainerCreating');
    await node.test.run(10_000);
    const status = node.pod('web-1')?.status;
    expect(status).toMatchObject({
      phase: 'Running',
      observedGeneration: 1,
      hostIP: '10.0.0.21',
      podIP: '10.244.1.2',
      podIPs: [{ ip: '10.244.1.2' }],
      qosClass: 'BestEffort',
    });
    expect(status?.conditions?.map(({ type, status: value }) => `${type}=${value}`)).toEqual([
      'PodReadyToStartContainers=True',
      'Initialized=True',
      'Ready=True',
      'ContainersReady=True',
      'PodScheduled=True',
    ]);
    expect(status?.containerStatuses?.[0]).toMatchObject({
      name: 'web',
      ready: true,
      started: true,
      restartCount: 0,
      image: 'nginx:1.25',
      lastState: {},
      resources: {},
      imageID: expect.stringMatching(/^docker\.io\/library\/nginx@sha256:[0-9a-f]{64}$/) as string,
      containerID: expect.stringMatching(/^containerd:\/\/[0-9a-f]{64}$/) as string,
    });
    const events = eventsOf('Pod');
    expect(events[0]).toBe('Normal Pulling Pulling image "nginx:1.25"');
    expect(events[1]).toMatch(
      /^Normal Pulled Successfully pulled image "nginx:1\.25" in [\d.]+s \([\d.]+s including waiting\)\. Image size: \d+ bytes\.$/,
    );
    expect(events.slice(2)).toEqual([
      'Normal Created Created container: web',
      'Normal Started Started container web',
    ]);
  });

  it('does not pull twice, and a Pod that is settled causes no more writes', async () => {
    node.createPod('web-1', NGINX);
    await node.test.run(10_000);
    node.createPod('web-2', NGINX);
    await node.test.run(1_000);
    expect(node.state('web-2')).toBe('Running');
    expect(eventsOf('Pod')).toContain(
      'Normal Pulled Container image "nginx:1.25" already present on machine',
    );
    const before = node.api.actions.length;
    await node.test.run(120_000);
    expect(node.api.actions.slice(before).filter(({ verb }) => verb === 'patch')).toEqual([]);
  });

  it('ends within its grace period when deleted, and leaves nothing behind', async () => {
    node.createPod('web-1', NGINX);
    await node.test.run(10_000);
    node.markDeleted('web-1');
    await node.test.run(1_000);
    expect(node.pod('web-1')).toBeUndefined();
    expect(node.api.actions.find(({ verb }) => verb === 'delete')).toMatchObject({
      resource: 'pods',
      name: 'web-1',
      object: { gracePeriodSeconds: 0, preconditions: { uid: 'uid-of-web-1' } },
    });
    expect(eventsOf('Pod').at(-1)).toBe('Normal Killing Stopping container web');
    expect([node.runtime.store.containers.size, node.runtime.store.sandboxes.size]).toEqual([0, 0]);
    expect(node.machine.processes.map(({ name }) => name).sort()).toEqual(['containerd', 'kubelet']);
  });

  it('is killed after the grace period when its process ignores SIGTERM', async () => {
    node.createPod('deaf', {
      containers: [{ name: 'c', image: 'busybox:1.36', command: ['sleep', '3600'] }],
    });
    await node.test.run(10_000);
    expect(node.state('deaf')).toBe('Running');
    node.markDeleted('deaf', 30);
    await node.test.run(29_000);
    expect(node.pod('deaf')).toBeDefined();
    await node.test.run(3_000);
    expect(node.pod('deaf')).toBeUndefined();
  });

  it('that crashes is started again with growing delays', async () => {
    node.createPod('crash', {
      containers: [{ name: 'c', image: 'busybox:1.36', command: ['sh', '-c', 'sleep 1; exit 3'] }],
    });
    await node.test.run(6_500);
    const first = node.pod('crash')?.status?.containerStatuses?.[0];
    expect(first).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 3, reason: 'Error' } },
    });
    await node.test.run(16_000);
    const full = 'crash_default(uid-of-crash)';
    expect(
      eventsOf('Pod').some((event) =>
        event.startsWith(`Warning BackOff Back-off restarting failed container c in pod ${full}`),
      ),
    ).toBe(true);
    expect(node.pod('crash')?.status?.containerStatuses?.[0]?.restartCount).toBe(2);
    for (let waited = 0; waited < 40 && node.state('crash') !== 'CrashLoopBackOff'; waited += 1)
      await node.test.run(500);
    expect(node.pod('crash')?.status?.containerStatuses?.[0]?.state?.waiting).toEqual({
      reason: 'CrashLoopBackOff',
      message: `back-off 20s restarting failed container=c pod=${full}`,
    });
    expect(node.pod('crash')?.status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [c]',
    });
    await node.test.run(600_000);
    expect(node.pod('crash')?.status?.containerStatuses?.[0]?.restartCount).toBeLessThan(8);
    // One that is running and one that is dead, no more.
    expect(node.runtime.store.containers.size).toBeLessThanOrEqual(2);
  });

  it('that cannot have its image waits with the text of the registry', async () => {
    node.createPod('typo', { containers: [{ name: 'c', image: 'nginx:nope' }] });
    await node.test.run(5_000);
    const text =
      'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:nope": failed to resolve reference "docker.io/library/nginx:nope": docker.io/library/nginx:nope: not found';
    expect(node.pod('typo')?.status?.containerStatuses?.[0]?.state?.waiting).toEqual({
      reason: 'ErrImagePull',
      message: text,
    });
    expect(eventsOf('Pod')).toEqual([
      'Normal Pulling Pulling image "nginx:nope"',
      `Warning Failed Failed to pull image "nginx:nope": ${text}`,
      'Warning Failed Error: ErrImagePull',
      'Normal BackOff Back-off pulling image "nginx:nope"',
      'Warning Failed Error: ImagePullBackOff',
    ]);
    await node.test.run(14_000);
    expect(node.pod('typo')?.status?.containerStatuses?.[0]?.state?.waiting).toEqual({
      reason: 'ImagePullBackOff',
      message: `Back-off pulling image "nginx:nope": ErrImagePull: ${text}`,
    });
  });

  it('with an invalid image name, or a policy that forbids pulling, says so', async () => {
    node.createPod('bad', { containers: [{ name: 'c', image: 'Nginx' }] });
    node.createPod('never', { containers: [{ name: 'c', image: 'redis:7', imagePullPolicy: 'Never' }] });
    await node.test.run(2_000);
    expect(node.state('bad')).toBe('InvalidImageName');
    expect(node.state('never')).toBe('ErrImageNeverPull');
    expect(eventsOf('Pod').find((event) => event.includes('ErrImageNeverPull C'))).toContain(
      'Warning ErrImageNeverPull Container image "redis:7" is not present with pull policy of Never',
    );
  });

  it('runs init containers first, in order, and ends as its restart policy says', async () => {
    node.createPod('job', {
      restartPolicy: 'Never',
      initContainers: [{ name: 'init', image: 'busybox:1.36', command: ['sleep', '3'] }],
      containers: [{ name: 'main', image: 'busybox:1.36', command: ['sh', '-c', 'echo done; exit 0'] }],
    });
    await node.test.run(2_500);
    expect(node.state('job')).toBe('PodInitializing');
    expect(node.pod('job')?.status?.conditions?.find(({ type }) => type === 'Initialized')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotInitialized',
      message: 'containers with incomplete status: [init]',
    });
    await node.test.run(10_000);
    const status = node.pod('job')?.status;
    expect([status?.phase, node.state('job')]).toEqual(['Succeeded', 'Completed 0']);
    expect(status?.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({
      status: 'False',
      reason: 'PodCompleted',
    });
    node.createPod('failed', {
      restartPolicy: 'Never',
      containers: [{ name: 'c', image: 'busybox:1.36', command: ['false'] }],
    });
    await node.test.run(5_000);
    expect([node.pod('failed')?.status?.phase, node.state('failed')]).toEqual(['Failed', 'Error 1']);
  });

  it('with a command that is not in the image fails to start', async () => {
    node.createPod('oops', { containers: [{ name: 'c', image: 'nginx:1.25', command: ['ngnix'] }] });
    await node.test.run(8_000);
    const failed = eventsOf('Pod').find((event) => event.startsWith('Warning Failed'));
    expect(failed).toContain(
      'Error: failed to create containerd task: failed to create shim task: OCI runtime create failed',
    );
    expect(failed).toContain('exec: "ngnix": executable file not found in $PATH');
  });

  it('waits for a config map that is not there, and starts once it is', async () => {
    node.createPod('env', {
      containers: [
        {
          name: 'c',
          image: 'nginx:1.25',
          env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'cm', key: 'a' } } }],
        },
      ],
    });
    await node.test.run(8_000);
    expect(node.pod('env')?.status?.containerStatuses?.[0]?.state?.waiting).toEqual({
      reason: 'CreateContainerConfigError',
      message: 'configmap "cm" not found',
    });
    node.api.seed(resourceTypes.configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cm', namespace: 'default' },
      data: { a: '1' },
    });
    await node.test.run(16_000);
    expect(node.state('env')).toBe('Running');
  });

  it('for which there is no room is refused', async () => {
    const request = (cpu: string): Parameters<KubeletHarness['createPod']>[1] => ({
      containers: [{ name: 'c', image: 'nginx:1.25', resources: { requests: { cpu } } }],
    });
    node.createPod('big', request('3'));
    await node.test.run(500);
    node.createPod('more', request('2'));
    await node.test.run(500);
    expect(node.pod('more')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'OutOfcpu',
      message:
        "Pod was rejected: Node didn't have enough resource: cpu, requested: 2000, used: 3000, capacity: 4000",
    });
  });
});

describe('a container whose process is killed', () => {
  it('is started again at once, then with delay', async () => {
    node.createPod('web-1', NGINX);
    await node.test.run(10_000);
    node.machine.processes.find(({ name }) => name === 'default/web-1/web')?.kill('SIGKILL');
    await node.test.run(1_000);
    expect(node.pod('web-1')?.status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 137, reason: 'Error' } },
      state: { running: {} },
    });
  });
});

describe('a power cut', () => {
  it('loses processes; the kubelet starts the containers again in a new sandbox', async () => {
    node.createPod('web-1', NGINX);
    await node.test.run(10_000);
    node.machine.powerOff();
    await node.test.run(1_000);
    node.machine.powerOn();
    await node.start();
    await node.test.run(2_000);
    expect(node.pod('web-1')?.status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 255, reason: 'Unknown' } },
      state: { running: {} },
    });
    expect(eventsOf('Pod')).toContain(
      'Normal SandboxChanged Pod sandbox changed, it will be killed and re-created.',
    );
  });
});

describe('a restart of the kubelet', () => {
  it('leaves running containers alone', async () => {
    node.createPod('web-1', NGINX);
    await node.test.run(10_000);
    const before = JSON.stringify(node.pod('web-1')?.status);
    node.kubelet?.kill('SIGTERM');
    await node.test.run(20_000);
    await node.start();
    await node.test.run(20_000);
    expect(JSON.stringify(node.pod('web-1')?.status)).toBe(before);
  });

  it('removes what was deleted meanwhile, with its logs and volumes', async () => {
    node.createPod('web-1', { ...NGINX, volumes: [{ name: 'scratch', emptyDir: {} }] });
    await node.test.run(10_000);
    node.kubelet?.kill('SIGTERM');
    await node.test.run(1_000);
    node.api.remove(resourceTypes.pods, 'default/web-1');
    const { files } = node.machine;
    expect([files.list('/var/log/pods').length, files.list('/var/lib/kubelet/pods').length]).toEqual([1, 1]);
    await node.start();
    await node.test.run(2_000);
    expect(node.runtime.store.containers.size).toBe(0);
    expect([files.list('/var/log/pods'), files.list('/var/lib/kubelet/pods')]).toEqual([[], []]);
  });
});

describe('thawing', () => {
  it('goes on where it was: same containers, no write, no event', async () => {
    const kept = new Map<string, unknown>();
    const store = {
      load: () => JSON.parse(JSON.stringify([...kept])) as [string, unknown][],
      set: (key: string, value: unknown) => void kept.set(key, value),
      delete: (key: string) => void kept.delete(key),
    };
    node = new KubeletHarness(store);
    await node.start();
    node.createPod('web-1', NGINX);
    node.createPod('crash', {
      containers: [{ name: 'c', image: 'busybox:1.36', command: ['sh', '-c', 'exit 3'] }],
    });
    await node.test.run(24_000);
    const frozen = node;
    const pods = ['web-1', 'crash'].map((name) => frozen.pod(name));
    node = new KubeletHarness(store);
    await node.test.simulation.runUntil(frozen.test.simulation.now);
    for (const pod of pods) node.api.seed(resourceTypes.pods, pod ?? {});
    node.api.seed(resourceTypes.nodes, frozen.api.find<Node>(resourceTypes.nodes, 'worker-1') ?? {});
    node.runtime.shims.thaw();
    await node.start(true, 100);
    expect(
      node.api.actions.filter(
        ({ verb, resource }) => verb !== 'list' && verb !== 'get' && !resource.startsWith('leases'),
      ),
    ).toEqual([]);
    expect(node.machine.processes.map(({ name }) => name)).toContain('default/web-1/web');
    expect(node.pod('web-1')?.status).toEqual(pods[0]?.status);
    await node.test.run(40_000);
    const count = node.pod('crash')?.status?.containerStatuses?.[0]?.restartCount ?? 0;
    expect(count).toBeGreaterThan(pods[1]?.status?.containerStatuses?.[0]?.restartCount ?? 99);
  });
});
