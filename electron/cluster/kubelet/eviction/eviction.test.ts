import { beforeEach, describe, expect, it } from 'vitest';
import type { Node, Pod } from '../../api/types.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { KubeletHarness } from '../kubelet.testing.ts';

let node: KubeletHarness;

beforeEach(() => {
  node = new KubeletHarness();
});

function hog(memory: string, extra: Record<string, unknown> = {}): NonNullable<Pod['spec']> {
  const args = ['--vm', '1', '--vm-bytes', memory];
  return {
    containers: [{ name: 'hog', image: 'polinux/stress', command: ['stress'], args, ...extra }],
    restartPolicy: 'Always',
  } as NonNullable<Pod['spec']>;
}

function eventsOf(kind: string): string[] {
  return node.api
    .all(resourceTypes.events)
    .map(
      (event) =>
        event as { involvedObject?: { kind?: string; name?: string }; reason?: string; message?: string },
    )
    .filter(({ involvedObject }) => involvedObject?.kind === kind)
    .map(({ involvedObject, reason, message }) => `${involvedObject?.name} ${reason} ${message}`);
}

function condition(type: string): unknown {
  const all = node.api.find<Node>(resourceTypes.nodes, 'worker-1')?.status?.conditions;
  const { status, reason, message } = all?.find((one) => one.type === type) ?? {};
  return `${status} ${reason} ${message}`;
}

describe('memory', () => {
  const MESSAGE =
    'The node was low on resource: memory. Threshold quantity: 1Gi, available: 287047Ki. Container hog was using 7100Mi, request is 0, has larger consumption of memory. ';

  it('that runs short at a hard threshold ends one Pod, and the node says so until it has been over for five minutes', async () => {
    node.configure('evictionHard: {memory.available: 1Gi}\n');
    await node.start();
    node.createPod('small', hog('64M', { resources: { requests: { memory: '128Mi' } } }));
    await node.test.run(5_000);
    node.createPod('large', hog('7100M'));
    await node.test.run(40_000);
    expect(node.pod('large')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: MESSAGE,
    });
    expect(node.pod('large')?.status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({
      exitCode: 137,
      reason: 'Error',
    });
    const target = node.pod('large')?.status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
    expect(target).toMatchObject({ status: 'True', reason: 'TerminationByKubelet', observedGeneration: 1 });
    expect(node.state('small')).toBe('Running');
    expect(condition('MemoryPressure')).toBe(
      'True KubeletHasInsufficientMemory kubelet has insufficient memory available',
    );
    const pod = eventsOf('Pod').filter((text) => text.includes('Evicted') || text.includes('Killing'));
    expect(pod).toEqual([`large Evicted ${MESSAGE}`, 'large Killing Stopping container hog']);
    expect(eventsOf('Node').filter((text) => /Eviction|Insufficient/.test(text))).toEqual([
      'worker-1 EvictionThresholdMet Attempting to reclaim memory',
      'worker-1 NodeHasInsufficientMemory Node worker-1 status is now: NodeHasInsufficientMemory',
    ]);
    await node.test.run(330_000);
    expect(condition('MemoryPressure')).toBe(
      'False KubeletHasSufficientMemory kubelet has sufficient memory available',
    );
  });

  it('under pressure lets no BestEffort Pod in', async () => {
    node.configure('evictionHard: {memory.available: 1Gi}\n');
    await node.start();
    node.createPod('large', hog('7100M'));
    await node.test.run(40_000);
    node.createPod('late', hog('1M'));
    node.createPod('asks', hog('1M', { resources: { requests: { memory: '16Mi' } } }));
    await node.test.run(10_000);
    expect(node.pod('late')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Pod was rejected: The node had condition: [MemoryPressure]. ',
    });
    expect(eventsOf('Pod')).toContain('late Evicted The node had condition: [MemoryPressure]. ');
    expect(node.state('asks')).toBe('Running');
  });

  it('at a soft threshold waits for its grace period, and a Pod gets its own', async () => {
    node.configure(
      'evictionSoft: {memory.available: 2Gi}\nevictionSoftGracePeriod: {memory.available: 1m}\nevictionMaxPodGracePeriod: 5\n',
    );
    await node.start();
    node.createPod('large', hog('6G'));
    await node.test.run(50_000);
    expect(node.state('large')).toBe('Running');
    expect(condition('MemoryPressure')).toContain('True');
    await node.test.run(40_000);
    expect(node.pod('large')?.status).toMatchObject({ phase: 'Failed', reason: 'Evicted' });
    expect(node.pod('large')?.status?.message).toContain('Threshold quantity: 2Gi');
  });

  it('takes Pods of less priority first, of those that have more than they asked for', async () => {
    node.configure('evictionHard: {memory.available: 1Gi}\n');
    await node.start();
    node.createPod('important', { ...hog('3500M'), priority: 1000 });
    node.createPod('modest', { ...hog('1G', { resources: { requests: { memory: '2Gi' } } }), priority: -5 });
    node.createPod('plain', { ...hog('2200M'), priority: 0 });
    await node.test.run(40_000);
    expect(node.pod('plain')?.status?.reason).toBe('Evicted');
    expect([node.state('important'), node.state('modest')]).toEqual(['Running', 'Running']);
  });

  it('never takes a critical Pod; what is left is that one ends when the machine has nothing left', async () => {
    node.configure('evictionHard: {memory.available: 100Mi}\n');
    await node.start();
    node.createPod('critical', { ...hog('7300M'), priority: 2_000_000_000 });
    await node.test.run(30_000);
    expect(node.state('critical')).toBe('Running');
    node.createPod('plain', { ...hog('1G'), priority: 0 });
    await node.test.run(9_000);
    expect(node.pod('plain')?.status?.containerStatuses?.[0]).toMatchObject({ restartCount: 0 });
    expect(
      eventsOf('Node').some((text) =>
        /SystemOOM System OOM encountered, victim process: stress, pid: \d+$/.test(text),
      ),
    ).toBe(true);
  });
});

describe('processes', () => {
  it('that run short end the Pod that has most of them', async () => {
    node.configure('evictionHard: {pid.available: "32500"}\n');
    await node.start();
    const forks = (count: number): NonNullable<Pod['spec']> => ({
      containers: [
        { name: 'main', image: 'polinux/stress', command: ['stress'], args: ['--cpu', String(count)] },
      ],
    });
    node.createPod('few', forks(4));
    node.createPod('many', forks(400));
    await node.test.run(40_000);
    expect(node.pod('many')?.status).toMatchObject({
      reason: 'Evicted',
      message: 'The node was low on resource: pids. Threshold quantity: 32500, available: 32222. ',
    });
    expect(node.state('few')).toBe('Running');
    expect(condition('PIDPressure')).toBe(
      'True KubeletHasInsufficientPID kubelet has insufficient PID available',
    );
  });
});

describe('local storage', () => {
  const writer = (
    mount: string,
    kib: number,
    extra: Record<string, unknown> = {},
  ): NonNullable<Pod['spec']> =>
    ({
      containers: [
        {
          name: 'writer',
          image: 'busybox',
          command: [
            'sh',
            '-c',
            `i=0; while [ $i -lt ${kib} ]; do printf '%01024d' 0 >> ${mount}/data; i=$((i+1)); done; sleep 3600`,
          ],
          volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
          ...extra,
        },
      ],
      volumes: [{ name: 'scratch', emptyDir: { sizeLimit: '64Ki' } }],
    }) as unknown as NonNullable<Pod['spec']>;

  it('beyond the size limit of an emptyDir ends the Pod', async () => {
    await node.start();
    node.createPod('fits', writer('/scratch', 40));
    node.createPod('fills', writer('/scratch', 100));
    await node.test.run(60_000);
    expect(node.pod('fills')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Usage of EmptyDir volume "scratch" exceeds the limit "64Ki". ',
    });
    expect(node.pod('fills')?.status?.conditions?.map(({ type }) => type)).not.toContain('DisruptionTarget');
    expect(node.state('fits')).toBe('Running');
    expect(condition('DiskPressure')).toContain('False');
  });

  it('beyond a limit of ephemeral storage ends it too', async () => {
    await node.start();
    const limited = { resources: { limits: { 'ephemeral-storage': '50Ki' } } };
    node.createPod('fills', writer('/tmp', 60, limited));
    await node.test.run(60_000);
    expect(node.pod('fills')?.status?.message).toBe(
      'Pod ephemeral local storage usage exceeds the total limit of containers 50Ki. ',
    );
  });
});

describe('the disk', () => {
  const GIB = 1024 ** 3;
  const filler: NonNullable<Pod['spec']> = {
    containers: [
      {
        name: 'filler',
        image: 'busybox',
        command: ['sh', '-c', 'dd if=/dev/zero of=/scratch/data bs=1M count=8000; sleep 3600'],
        volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
      },
    ],
    volumes: [{ name: 'scratch', emptyDir: {} }],
  };

  it('that fills: images that nobody uses go first, then the Pod that has most, and its room is there again', async () => {
    await node.start();
    node.createPod('web', { containers: [{ name: 'web', image: 'nginx:1.25' }] });
    await node.test.run(20_000);
    node.runtime.preload('docker.io/library/redis:7');
    node.machine.files.allocate('/var/tmp/ballast', 44 * GIB);
    node.createPod('filler', filler);
    await node.test.run(60_000);
    expect(node.pod('filler')?.status).toMatchObject({ phase: 'Failed', reason: 'Evicted' });
    expect(node.pod('filler')?.status?.message).toMatch(
      /^The node was low on resource: ephemeral-storage\. Threshold quantity: 9663676\d{3}, available: \d+(Ki)?\. Container filler was using \d+Ki, request is 0, has larger consumption of ephemeral-storage\. $/,
    );
    expect(condition('DiskPressure')).toBe('True KubeletHasDiskPressure kubelet has disk pressure');
    expect(node.state('web')).toBe('Running');
    expect(node.machine.disk.available).toBeGreaterThan(12 * GIB);
    const events = eventsOf('Node').filter((text) => /Eviction|Disk/.test(text));
    expect(events).toContain('worker-1 EvictionThresholdMet Attempting to reclaim ephemeral-storage');
    expect(events).toContain('worker-1 NodeHasDiskPressure Node worker-1 status is now: NodeHasDiskPressure');
    node.createPod('late', { containers: [{ name: 'web', image: 'nginx:1.25' }] });
    await node.test.run(5_000);
    expect(node.pod('late')?.status?.message).toBe(
      'Pod was rejected: The node had condition: [DiskPressure]. ',
    );
    await node.test.run(330_000);
    expect(condition('DiskPressure')).toBe('False KubeletHasNoDiskPressure kubelet has no disk pressure');
  });

  it('over the high threshold of images: the unused go, and what is told when that is too little', async () => {
    node.configure('evictionHard: {memory.available: 100Mi}\nimageMinimumGCAge: 1s\n');
    await node.start();
    node.createPod('web', { containers: [{ name: 'web', image: 'nginx:1.25' }] });
    await node.test.run(20_000);
    node.runtime.preload('docker.io/library/redis:7');
    const has = (): string[] => [...node.runtime.store.images.values()].flatMap(({ repoTags }) => repoTags);
    expect(has()).toContain('docker.io/library/redis:7');
    node.machine.files.allocate('/var/tmp/ballast', 54 * GIB);
    await node.test.run(620_000);
    expect(has().sort()).toEqual(['docker.io/library/nginx:1.25', 'registry.k8s.io/pause:3.10.1']);
    const told = eventsOf('Node').filter((text) => /FreeDiskSpaceFailed|ImageGCFailed/.test(text));
    expect(told[0]).toMatch(
      /^worker-1 FreeDiskSpaceFailed Failed to garbage collect required amount of images\. Attempted to free \d+ bytes, but only found \d+ bytes eligible to free\.$/,
    );
    expect(told.some((text) => text.startsWith('worker-1 ImageGCFailed Failed to garbage collect'))).toBe(
      true,
    );
  });
});
