import { describe, expect, it } from 'vitest';
import type { ImageFile } from '../../shared/images/image-schema.ts';
import { ImageSpec } from '../../shared/images/image-schema.ts';
import type { z } from 'zod';
import { readContainerLog } from './container-log.ts';
import { RuntimeHarness, runContainer } from './runtime.testing.ts';

type Input = z.input<typeof ImageFile>['images'][number];

const MIB = 1024 ** 2;
const NAME = 'images.example.com/lab/app';

/** A node that can pull an image of a lab's, which does what is said. */
function nodeWith(behaviour: Input['behaviour'], more: Partial<Input> = {}): RuntimeHarness {
  const image = {
    repository: NAME, tags: ['1'], layers: ['5MB'], entrypoint: ['/app'], base: 'busybox', ports: [8080], ...more,
  } as const; // prettier-ignore
  const node = new RuntimeHarness('containerd', [ImageSpec.parse({ ...image, behaviour })]);
  node.startContainerd();
  return node;
}

/** What a container of it wrote and came to after `seconds`. */
async function watch(
  node: RuntimeHarness,
  seconds: number,
  more: Parameters<typeof runContainer>[2] = {},
): Promise<{ lines: readonly string[]; state: string; exitCode: number; reason: string; ran: number }> {
  const { status, lines } = await node.as(async (cri, { clock, files }) => {
    const { containerId } = await runContainer(cri, `${NAME}:1`, more);
    await clock.sleep(seconds * 1000);
    const { status } = await cri.call('ContainerStatus', { containerId });
    return { status, lines: readContainerLog(files, status.logPath).map((line) => line.slice(31)) };
  }, { ms: seconds * 1000 + 10_000 }); // prettier-ignore
  const { state, exitCode, reason, startedAt, finishedAt } = status;
  return { lines, state, exitCode, reason, ran: finishedAt === 0 ? 0 : Math.round(finishedAt - startedAt) };
}

describe('behaviours of images', () => {
  it('crash after a time, with a code and last words', async () => {
    const node = nodeWith({
      type: 'crasher',
      after: '3s',
      code: 7,
      lines: 'cannot reach {{env TARGET|nothing}}',
    });
    expect(await watch(node, 5, { envs: [{ key: 'TARGET', value: 'db:5432' }] })).toEqual({
      lines: ['stderr F cannot reach db:5432'],
      state: 'CONTAINER_EXITED', exitCode: 7, reason: 'Error', ran: 3000,
    }); // prettier-ignore
  });

  it('take memory until the kernel ends them, and never more than they say', async () => {
    const limits = { linux: { resources: { memoryLimitInBytes: 40 * MIB } } };
    const hog = { type: 'memory-hog', start: '8Mi', growth: '8Mi' } as const;
    expect(await watch(nodeWith(hog), 10, limits)).toMatchObject({
      exitCode: 137,
      reason: 'OOMKilled',
      ran: 5000,
    });
    expect(await watch(nodeWith({ ...hog, upTo: '40Mi' }), 10, limits)).toMatchObject({
      state: 'CONTAINER_RUNNING',
    });
  });

  it('write lines at their pace', async () => {
    const node = nodeWith({ type: 'log-writer', lines: ['a', 'b'], every: '2s', stream: 'stderr' });
    expect((await watch(node, 5)).lines).toEqual(
      ['a', 'b', 'a', 'b', 'a', 'b'].map((each) => `stderr F ${each}`),
    );
  });

  it('use processors for a while', async () => {
    const node = nodeWith({ type: 'service', cpu: [{ cores: 2, after: '2s', until: '4s' }] });
    const used = await node.as(async (cri, { clock }) => {
      const { containerId } = await runContainer(cri, `${NAME}:1`);
      await clock.sleep(6000);
      return (await cri.call('ContainerStats', { containerId })).stats.cpu.usageCoreNanoSeconds;
    });
    expect(used / 1e9).toBeCloseTo(4, 2);
  });

  it('answer HTTP by path, time and file', async () => {
    const node = nodeWith({
      type: 'service',
      http: {
        routes: [
          { path: '/ready', until: '3s', status: 503, body: 'warming up' },
          { path: '/ready', body: 'yes\n' },
          { path: '/live', whenFile: '/tmp/live', body: 'alive\n' },
          { path: '/api/*', latency: '2s', body: '{{path}} {{query q|none}}\n' },
        ],
      },
    });
    const answers = await node.as(async (cri, { clock }) => {
      const { containerId } = await runContainer(cri, `${NAME}:1`);
      const get = async (path: string): Promise<string> => {
        const { stdout, stderr } = await cri.call('ExecSync', {
          containerId, timeout: 0, cmd: ['sh', '-c', `wget -qO- http://localhost:8080${path}`],
        }); // prettier-ignore
        return stdout + stderr;
      };
      const early = await get('/ready');
      await clock.sleep(3000);
      const before = await get('/live');
      await cri.call('ExecSync', { containerId, timeout: 0, cmd: ['touch', '/tmp/live'] });
      const began = clock.now();
      const slow = await get('/api/x?q=1');
      return [early, await get('/ready'), before, await get('/live'), slow, clock.now() - began >= 2000];
    });
    expect(answers).toEqual([
      'wget: server returned error: HTTP/1.1 503 Service Unavailable\n',
      'yes\n',
      'wget: server returned error: HTTP/1.1 404 Not Found\n',
      'alive\n',
      '/api/x 1\n',
      true,
    ]);
  });

  it('do as they say on SIGTERM', async () => {
    const stop = (onTerminate: object): Promise<unknown> =>
      nodeWith({ type: 'service', onTerminate }).as(async (cri, { clock }) => {
        const { containerId } = await runContainer(cri, `${NAME}:1`);
        const began = clock.now();
        await cri.call('StopContainer', { containerId, timeout: 5 });
        const { exitCode } = (await cri.call('ContainerStatus', { containerId })).status;
        return [exitCode, Math.round(clock.now() - began)];
      });
    expect(await stop({ after: '2s', code: 3 })).toEqual([3, 2000]);
    expect(await stop({ ignore: true })).toEqual([137, 5000]);
  });

  it('refuse to start without what they need', async () => {
    const requires = [
      { file: '/etc/app/config.yaml', lines: 'open /etc/app/config.yaml: no such file', exitCode: 78 },
    ];
    expect(await watch(nodeWith({ type: 'service', requires }), 1)).toMatchObject({
      exitCode: 78,
      lines: ['stderr F open /etc/app/config.yaml: no such file'],
    });
    const files = { '/etc/app/config.yaml': 'a: 1\n' };
    expect(await watch(nodeWith({ type: 'service', requires }, { files }), 1)).toMatchObject({
      state: 'CONTAINER_RUNNING',
    });
  });

  it('differ by the first argument, and other programs are there to be run', async () => {
    const node = nodeWith(
      {
        type: 'by-subcommand',
        subcommands: { migrate: { type: 'job', after: '1s', lines: 'migrated' } },
        otherwise: { type: 'crasher', code: 2, lines: 'usage: app migrate' },
      },
      { programs: { '/bin/check': { type: 'job', code: 4, lines: 'not well' } } },
    );
    expect(await watch(node, 2, { args: ['migrate'] })).toMatchObject({
      exitCode: 0,
      lines: ['stdout F migrated'],
    });
    const other = nodeWith(
      { type: 'service' },
      { programs: { '/bin/check': { type: 'job', code: 4, lines: 'not well' } } },
    );
    const checked = await other.as(async (cri) => {
      const { containerId } = await runContainer(cri, `${NAME}:1`);
      return cri.call('ExecSync', { containerId, timeout: 0, cmd: ['sh', '-c', '/bin/check || exit 4'] });
    });
    expect(checked).toEqual({ exitCode: 4, stdout: 'not well\n', stderr: '' });
  });

  it('run as the user of the image, or the one that the Pod wants', async () => {
    const more = { user: 'app', users: [{ name: 'app', uid: 1000, gid: 1000 }] };
    const who = (securityContext: object): Promise<string> =>
      nodeWith({ type: 'service' }, more).as(async (cri) => {
        const { containerId } = await runContainer(cri, `${NAME}:1`, { linux: { securityContext } });
        const cmd = ['sh', '-c', 'id; whoami; echo $HOME'];
        const { stdout, stderr } = await cri.call('ExecSync', { containerId, timeout: 0, cmd });
        return stdout + stderr;
      });
    expect(await who({})).toBe('uid=1000(app) gid=1000(app) groups=1000(app)\napp\n/home/app\n');
    expect(await who({ runAsUser: 0 })).toBe('uid=0(root) gid=0(root) groups=0(root)\nroot\n/root\n');
    expect(await who({ runAsUser: 4321, runAsGroup: 1000 })).toBe(
      'uid=4321 gid=1000(app) groups=1000(app)\n/\nwhoami: unknown uid 4321\n',
    );
  });

  it('come with an image that has sizes, a platform and a digest of its own', async () => {
    const digest = `sha256:${'12'.repeat(32)}`;
    const { images } = await nodeWith({ type: 'service' }, { digest }).as(async (cri) => {
      await cri.call('PullImage', { image: `${NAME}:1` });
      return cri.call('ListImages', {});
    });
    expect(images).toMatchObject([
      { size: 5_000_000, repoTags: [`${NAME}:1`], repoDigests: [`${NAME}@${digest}`] },
    ]);
    const arm = nodeWith({ type: 'service' }, { platforms: ['linux/arm64'] });
    await expect(arm.as((cri) => cri.call('PullImage', { image: `${NAME}:1` }))).rejects.toThrow(
      'no match for platform in manifest',
    );
    await expect(arm.as((cri) => cri.call('PullImage', { image: `${NAME}:2` }))).rejects.toThrow('not found');
  });

  it('may be private: only its account pulls, whatever the tag', async () => {
    const auth = { username: 'ana', password: 'secret' };
    const node = nodeWith({ type: 'service' }, { credentials: auth });
    const pull = (image: string, more: object = {}): Promise<unknown> =>
      node.as((cri) => cri.call('PullImage', { image, ...more }));
    const url = 'https://images.example.com/v2/lab/app/manifests/2';
    await expect(pull(`${NAME}:2`)).rejects.toThrow('authorization failed: no basic auth credentials');
    await expect(pull(`${NAME}:2`, { auth: { ...auth, password: 'x' } })).rejects.toThrow(
      `unexpected status from HEAD request to ${url}: 401 Unauthorized`,
    );
    await expect(pull(`${NAME}:2`, { auth })).rejects.toThrow(`${NAME}:2: not found`);
    expect(await pull(`${NAME}:1`, { auth })).toMatchObject({ imageRef: expect.stringMatching(/^sha256:/) });
    // A public one does not ask.
    expect(await pull('busybox', { auth })).toMatchObject({ imageRef: expect.stringMatching(/^sha256:/) });
  });

  it('of the control plane hold and use what they say', async () => {
    const image = 'registry.k8s.io/etcd:3.6.4-0';
    const waits = (): Promise<number> => new Promise<number>(() => undefined);
    const node = new RuntimeHarness('containerd', [], new Map([['registry.k8s.io/etcd', waits]]));
    node.startContainerd();
    const { stats } = await node.as(async (cri, { clock }) => {
      const { containerId } = await runContainer(cri, image);
      await clock.sleep(10_000);
      return cri.call('ContainerStats', { containerId });
    }, { ms: 30_000 }); // prettier-ignore
    expect(stats.memory.workingSetBytes).toBe(46 * MIB);
    expect(stats.cpu.usageNanoCores).toBe(20_000_000);
    expect(stats.cpu.usageCoreNanoSeconds).toBeCloseTo(200_000_000, -7);
  });
});
