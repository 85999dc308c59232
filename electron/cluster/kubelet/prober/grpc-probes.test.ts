import { expect, it } from 'vitest';
import { ImageSpec } from '../../../shared/images/image-schema.ts';
import type { Container } from '../../api/types.ts';
import { volatileStore } from '../../machine/local-state.ts';
import { KubeletHarness } from '../kubelet.testing.ts';

const NAME = 'images.example.com/lab/grpc';
type Behaviour = Parameters<typeof ImageSpec.parse>[0];

/** What probes said in the first `seconds` of a Pod, and whether it is ready after them. */
async function probe(
  grpc: object | undefined,
  spec: Partial<Container>,
  seconds = 8,
): Promise<{ readonly said: readonly string[]; readonly ready: boolean | undefined }> {
  const behaviour: Behaviour = { type: 'service', ...(grpc === undefined ? { http: {} } : { grpc }) };
  const image = ImageSpec.parse({
    repository: NAME, tags: ['1'], layers: ['1MB'], entrypoint: ['/app'], ports: [9000], base: 'busybox', behaviour,
  }); // prettier-ignore
  const node = new KubeletHarness(volatileStore(), [image]);
  node.runtime.preload(`${NAME}:1`);
  node.runtime.preload('registry.k8s.io/e2e-test-images/agnhost:2.53');
  await node.start();
  const container = { name: 'c', image: `${NAME}:1`, imagePullPolicy: 'IfNotPresent', ...spec };
  node.createPod('p', { containers: [container] });
  await node.test.run(seconds * 1000);
  const said = node.api.events().filter((line) => line.includes('Unhealthy'));
  return { said, ready: node.pod('p')?.status?.containerStatuses?.[0]?.ready };
}

const readiness = (more: object = {}): Partial<Container> => ({
  readinessProbe: { grpc: { port: 9000, ...more }, periodSeconds: 2 },
});
const warning = (text: string): string => `Warning Unhealthy Readiness probe failed: ${text}`;

it('finds a service that serves, by its name', async () => {
  const health = [{ service: 'orders' }, { status: 'NOT_SERVING' }];
  expect(await probe({ health }, readiness({ service: 'orders' }))).toEqual({ said: [], ready: true });
  const whole = await probe({ health }, readiness());
  expect(new Set(whole.said)).toEqual(new Set([warning('service unhealthy (responded with "NOT_SERVING")')]));
  expect(whole.ready).toBe(false);
});

it('follows what the image says of time', async () => {
  const health = [{ status: 'NOT_SERVING', until: '5s' }, { status: 'SERVING' }];
  const { said, ready } = await probe({ health }, readiness(), 10);
  expect(said[0]).toBe(warning('service unhealthy (responded with "NOT_SERVING")'));
  expect(ready).toBe(true);
});

it('says what else went wrong in upstream’s words', async () => {
  const first = async (grpc: object | undefined, more?: object): Promise<string | undefined> =>
    (await probe(grpc, readiness(more))).said[0];
  expect(await first({})).toBe(
    warning(
      'error: this server does not implement the grpc health protocol (grpc.health.v1.Health): unknown service grpc.health.v1.Health',
    ),
  );
  expect(await first({ health: [{}] }, { service: 'carts' })).toBe(
    warning('error: health rpc probe failed: rpc error: code = NotFound desc = unknown service'),
  );
  expect(await first({ health: [{}], latency: '3s' })).toBe(
    warning('timeout: health rpc did not complete within 1s'),
  );
  // A server of HTTP/1 and nobody at all look the same.
  const nobody = 'timeout: failed to connect service "10.244.1.2:';
  expect(await first(undefined)).toBe(warning(`${nobody}9000" within 1s: context deadline exceeded`));
  expect(await first({ health: [{}] }, { port: 9001 })).toBe(
    warning(`${nobody}9001" within 1s: context deadline exceeded`),
  );
});

it('sees agnhost told not to serve over HTTP', async () => {
  const { said, ready } = await probe(undefined, {
    image: 'registry.k8s.io/e2e-test-images/agnhost:2.53',
    args: ['grpc-health-checking'],
    readinessProbe: { grpc: { port: 5000 }, periodSeconds: 2 },
    lifecycle: { postStart: { httpGet: { path: '/make-not-serving', port: 8080 } } },
  });
  expect(said[0]).toBe(warning('service unhealthy (responded with "NOT_SERVING")'));
  expect(ready).toBe(false);
});
