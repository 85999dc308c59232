import { beforeEach, expect, it } from 'vitest';
import { ImageSpec } from '../../../shared/images/image-schema.ts';
import { KubeletHarness } from '../kubelet.testing.ts';

const to = (path: string, location: string): object => ({
  path,
  status: 302,
  headers: { location },
  body: 'moved',
});
const SERVER = ImageSpec.parse({
  repository: 'images.example.com/shop/redirects',
  tags: ['1'],
  layers: ['1MB'],
  entrypoint: ['/server'],
  ports: [80],
  behaviour: {
    type: 'service',
    ready: 'up',
    http: {
      routes: [
        to('/here', '/fine'),
        to('/sick', '/broken'),
        to('/away', 'http://example.com/fine'),
        to('/round', '/round'),
        { path: '/fine', body: 'fine' },
        { path: '/broken', status: 503 },
      ],
    },
  },
});

let node: KubeletHarness;
beforeEach(async () => {
  node = new KubeletHarness(undefined, [SERVER]);
  await node.start();
});

/** Whether the container is ready, and what was said of its probe. */
async function probed(path: string): Promise<readonly [boolean | undefined, readonly string[]]> {
  node.createPod('p', {
    restartPolicy: 'Always',
    containers: [
      {
        name: 'c',
        image: 'images.example.com/shop/redirects:1',
        readinessProbe: { httpGet: { path, port: 80 }, initialDelaySeconds: 2 },
      },
    ],
  });
  await node.test.run(15_000);
  const said = node.api.events().filter((event) => event.includes('robe'));
  return [node.pod('p')?.status?.containerStatuses?.[0]?.ready, [...new Set(said)]];
}

it('a probe goes where it is sent on the same host', async () => {
  expect(await probed('/here')).toEqual([true, []]);
});

it('a probe fails where it is sent to what fails, or in a circle', async () => {
  expect(await probed('/sick')).toEqual([
    false,
    ['Warning Unhealthy Readiness probe failed: HTTP probe failed with statuscode: 503'],
  ]);
  node = new KubeletHarness(undefined, [SERVER]);
  await node.start();
  expect(await probed('/round')).toEqual([
    false,
    ['Warning Unhealthy Readiness probe failed: Get "/round": stopped after 10 redirects'],
  ]);
});

it('a probe that is sent to another host succeeds, with a warning', async () => {
  expect(await probed('/away')).toEqual([
    true,
    ['Warning ProbeWarning Readiness probe warning: Probe terminated redirects, Response body: moved'],
  ]);
});
