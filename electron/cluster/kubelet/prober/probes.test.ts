import { beforeEach, describe, expect, it } from 'vitest';
import type { Container, Event } from '../../api/types.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { KubeletHarness } from '../kubelet.testing.ts';

let node: KubeletHarness;

beforeEach(async () => {
  node = new KubeletHarness();
  node.runtime.preload('docker.io/library/nginx:1.25');
  node.runtime.preload('docker.io/library/busybox:1.36');
  await node.start();
});

/** `seconds after the Pod began to run: reason message`, of containers' events since then. */
function story(since: number): string[] {
  return node.api
    .all<Event>(resourceTypes.events)
    .filter(({ involvedObject }) => involvedObject.kind === 'Pod')
    .filter(({ reason }) => !['Pulled', 'Created', 'Started'].includes(reason ?? ''))
    .map(
      ({ reason, message, count, firstTimestamp }) =>
        `${Math.round((Date.parse(firstTimestamp ?? '') - since) / 1000)}s ${reason} ${message} x${count ?? 1}`,
    );
}

function pod(container: Partial<Container>, more: object = {}): void {
  node.createPod('p', {
    containers: [{ name: 'c', image: 'nginx:1.25', imagePullPolicy: 'IfNotPresent', ...container }],
    restartPolicy: 'Always',
    ...more,
  });
}

const status = (): unknown => {
  const { ready, started, restartCount } = node.pod('p')?.status?.containerStatuses?.[0] ?? {};
  return { ready, started, restartCount };
};
const conditions = (): unknown =>
  node
    .pod('p')
    ?.status?.conditions?.filter(({ type }) => type === 'Ready')
    .map(({ status: value, reason }) => `${value} ${reason ?? ''}`);

const shell = (script: string): Partial<Container> => ({
  image: 'busybox:1.36',
  command: ['sh', '-c', script],
});

describe('readiness', () => {
  it('makes a container ready as soon as its server answers', async () => {
    pod({ readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 10 } });
    await node.test.run(5_000);
    expect(status()).toEqual({ ready: true, started: true, restartCount: 0 });
    expect(conditions()).toEqual(['True ']);
  });

  it('keeps it out of service with what the server, or the network, says', async () => {
    const begin = node.test.simulation.now;
    pod({
      ports: [{ name: 'admin', containerPort: 81 }],
      readinessProbe: { httpGet: { path: '/nope', port: 80 }, periodSeconds: 5 },
    });
    node.createPod('q', {
      containers: [
        {
          name: 'c',
          image: 'nginx:1.25',
          imagePullPolicy: 'IfNotPresent',
          ports: [{ name: 'admin', containerPort: 81 }],
          readinessProbe: { tcpSocket: { port: 'admin' } },
        },
      ],
    });
    await node.test.run(21_000);
    expect(status()).toEqual({ ready: false, started: true, restartCount: 0 });
    expect(conditions()).toEqual(['False ContainersNotReady']);
    expect(story(begin)).toEqual([
      '0s Unhealthy Readiness probe failed: HTTP probe failed with statuscode: 404 x5',
      '0s Unhealthy Readiness probe failed: dial tcp 10.244.1.3:81: connect: connection refused x3',
    ]);
  });

  it('asks for as many answers as its thresholds say', async () => {
    pod({
      ...shell('touch /tmp/ok; sleep 12; rm /tmp/ok; sleep 1000'),
      readinessProbe: {
        exec: { command: ['cat', '/tmp/ok'] },
        periodSeconds: 5,
        failureThreshold: 2,
        successThreshold: 2,
      },
    });
    await node.test.run(3_000);
    expect(status()).toMatchObject({ ready: false });
    await node.test.run(5_000);
    expect(status()).toMatchObject({ ready: true });
    await node.test.run(9_000);
    expect(status()).toMatchObject({ ready: true });
    await node.test.run(5_000);
    expect(status()).toMatchObject({ ready: false, restartCount: 0 });
  });
});

describe('liveness', () => {
  it('restarts a container that fails, after its grace period, again and again', async () => {
    const begin = node.test.simulation.now;
    pod(
      {
        ...shell('touch /tmp/healthy; sleep 20; rm -f /tmp/healthy; sleep 600'),
        livenessProbe: {
          exec: { command: ['cat', '/tmp/healthy'] },
          initialDelaySeconds: 5,
          periodSeconds: 5,
          failureThreshold: 3,
        },
      },
      { terminationGracePeriodSeconds: 10 },
    );
    await node.test.run(60_000);
    expect(story(begin)).toEqual([
      "25s Unhealthy Liveness probe failed: cat: can't open '/tmp/healthy': No such file or directory\n x3",
      '35s Killing Container c failed liveness probe, will be restarted x1',
    ]);
    // SIGTERM does nothing to a shell as process 1: SIGKILL follows ten seconds later.
    expect(node.pod('p')?.status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      ready: true,
      lastState: { terminated: { exitCode: 137, reason: 'Error' } },
    });
    await node.test.run(400_000);
    expect(node.state('p')).toBe('CrashLoopBackOff');
  });

  it('is told of what cannot be run, and does nothing about it', async () => {
    const begin = node.test.simulation.now;
    pod({ livenessProbe: { exec: { command: ['nothing'] }, periodSeconds: 10, failureThreshold: 1 } });
    await node.test.run(25_000);
    expect(story(begin).map((line) => line.replace(/"[0-9a-f]{64}"/, 'ID').replace(/ x\d$/, ''))[0]).toBe(
      '10s Unhealthy Liveness probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container: failed to start exec ID: OCI runtime exec failed: exec failed: unable to start container process: exec: "nothing": executable file not found in $PATH: unknown',
    );
    expect(status()).toMatchObject({ ready: true, restartCount: 0 });
  });

  it('gives a command, and a server that is slow, no more than its time', async () => {
    const begin = node.test.simulation.now;
    pod({ livenessProbe: { exec: { command: ['sleep', '5'] }, timeoutSeconds: 2, failureThreshold: 5 } });
    node.createPod('q', {
      containers: [
        {
          name: 'c',
          image: 'nginx:1.25',
          imagePullPolicy: 'IfNotPresent',
          livenessProbe: { grpc: { port: 9_000 }, failureThreshold: 5 },
        },
      ],
    });
    await node.test.run(15_000);
    expect(story(begin)).toEqual([
      '11s Unhealthy Liveness probe failed: timeout: failed to connect service "10.244.1.3:9000" within 1s: context deadline exceeded x1',
      '12s Unhealthy Liveness probe failed: command "sleep 5" timed out x1',
    ]);
  });
});

describe('startup', () => {
  it('holds the other probes back until it succeeds once', async () => {
    const begin = node.test.simulation.now;
    pod({
      ...shell('sleep 12; touch /tmp/up; sleep 1000'),
      startupProbe: { exec: { command: ['ls', '/tmp/up'] }, periodSeconds: 5, failureThreshold: 10 },
      livenessProbe: { exec: { command: ['ls', '/tmp/up'] }, periodSeconds: 1, failureThreshold: 1 },
    });
    await node.test.run(11_000);
    expect(status()).toEqual({ ready: false, started: false, restartCount: 0 });
    await node.test.run(10_000);
    expect(status()).toEqual({ ready: true, started: true, restartCount: 0 });
    expect(story(begin)).toEqual([
      '5s Unhealthy Startup probe failed: ls: /tmp/up: No such file or directory\n x2',
    ]);
  });

  it('ends a container that never starts; with restartPolicy Never for good', async () => {
    const begin = node.test.simulation.now;
    pod(
      {
        startupProbe: {
          tcpSocket: { port: 99 },
          periodSeconds: 2,
          failureThreshold: 2,
          terminationGracePeriodSeconds: 3,
        },
      },
      { restartPolicy: 'Never' },
    );
    await node.test.run(20_000);
    expect(story(begin).at(-1)).toBe('4s Killing Container c failed startup probe x1');
    expect(node.pod('p')?.status?.phase).toBe('Succeeded');
  });
});

it('does not forget who is ready when the kubelet is started again', async () => {
  pod({ readinessProbe: { httpGet: { path: '/', port: 80 } } });
  await node.test.run(5_000);
  const before = node.api.actions.length;
  node.kubelet?.kill('SIGKILL');
  await node.start(false, 30_000);
  const writes = node.api.actions
    .slice(before)
    .filter(({ verb, resource }) => verb === 'patch' && resource === 'pods/status');
  expect(writes).toEqual([]);
  expect(status()).toMatchObject({ ready: true });
});
