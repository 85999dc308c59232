import { describe, expect, it } from 'vitest';
import { ImageSpec } from '../../shared/images/image-schema.ts';
import type { RuntimeName } from '../machine/interface.ts';
import { containerdProgram } from './containerd.ts';
import { crioProgram } from './cri-o.ts';
import { criDockerdProgram } from './docker/cri-dockerd.ts';
import { dockerdProgram } from './docker/dockerd.ts';
import { CONTAINERD_SOCKET } from './interface.ts';
import { NodeRuntime } from './node-runtime.ts';
import { RuntimeHarness, containerConfig, runContainer, sandboxConfig } from './runtime.testing.ts';
import { runtimeVariants } from './variants/runtime-variants.ts';

function nodeWith(
  name: RuntimeName,
  files: Readonly<Record<string, string>> = {},
  images: readonly ImageSpec[] = [],
): RuntimeHarness {
  const node = new RuntimeHarness(name, images);
  for (const [path, text] of Object.entries(files)) node.machine.files.write(path, text);
  if (name === 'containerd') node.startContainerd();
  else if (name === 'cri-o') node.start('crio', crioProgram(node.runtime));
  else {
    node.machine.files.write('/etc/containerd/config.toml', 'disabled_plugins = ["cri"]\n');
    const below = new NodeRuntime(node.machine, node.runtime.images, () => node.test.simulation.now);
    node.start('containerd', containerdProgram(below));
    node.start('docker', dockerdProgram(node.runtime));
    node.start('cri-docker', criDockerdProgram);
  }
  return node;
}

const HUB = { '/etc/containers/registries.conf': 'unqualified-search-registries = ["docker.io"]\n' };

describe('runtimes differ', () => {
  const versions: readonly (readonly [RuntimeName, string, string, string, string])[] = [
    ['containerd', '/run/containerd/containerd.sock', 'containerd', 'v2.1.4', 'v1'],
    ['cri-o', '/run/crio/crio.sock', 'cri-o', '1.34.0', 'v1'],
    ['docker', '/run/cri-dockerd.sock', 'docker', '28.4.0', '1.51.0'],
    ['mirantis', '/run/cri-dockerd.sock', 'docker', '25.0.13', '1.44.0'],
  ];
  it.each(versions)('%s: socket and version', async (name, socket, runtimeName, runtimeVersion, api) => {
    expect(runtimeVariants[name].socket).toBe(socket);
    expect(await nodeWith(name).as((cri) => cri.call('Version', {}), { socket })).toEqual({
      version: '0.1.0',
      runtimeName,
      runtimeVersion,
      runtimeApiVersion: api,
    });
  });

  const images: readonly (readonly [RuntimeName, RegExp, string, RegExp])[] = [
    ['containerd', /^sha256:[0-9a-f]{64}$/, 'docker.io/library/nginx:1.27', /^docker\.io\/library\/nginx@sha256:/],
    ['cri-o', /^[0-9a-f]{64}$/, 'docker.io/library/nginx:1.27', /^docker\.io\/library\/nginx@sha256:/],
    ['docker', /^sha256:[0-9a-f]{64}$/, 'nginx:1.27', /^docker-pullable:\/\/nginx@sha256:/],
  ]; // prettier-ignore
  it.each(images)('%s: names of images', async (name, id, tag, imageRef) => {
    const { socket } = runtimeVariants[name];
    const [image, status] = await nodeWith(name, HUB).as(
      async (cri) => {
        const { containerId } = await runContainer(cri, 'nginx:1.27');
        const found = (await cri.call('ImageStatus', { image: 'nginx:1.27' })).image;
        return [found, (await cri.call('ContainerStatus', { containerId })).status] as const;
      },
      { socket, ms: 20_000 },
    );
    expect(image?.id).toMatch(id);
    expect(image?.repoTags).toEqual([tag]);
    expect(status).toMatchObject({ state: 'CONTAINER_RUNNING', imageId: image?.id });
    expect(status.imageRef).toMatch(imageRef);
  });

  const pulls: readonly (readonly [RuntimeName, string, string])[] = [
    ['containerd', 'nginx:nope', 'code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:nope": failed to resolve reference "docker.io/library/nginx:nope": docker.io/library/nginx:nope: not found'],
    ['cri-o', 'nginx:nope', 'code = Unknown desc = unable to pull image or OCI artifact: pull image err: initializing source docker://docker.io/library/nginx:nope: reading manifest nope in docker.io/library/nginx: manifest unknown; artifact err: get manifest: build image source: reading manifest nope in docker.io/library/nginx: manifest unknown'],
    ['docker', 'nginx:nope', 'code = Unknown desc = Error response from daemon: manifest for nginx:nope not found: manifest unknown: manifest unknown'],
    ['containerd', 'nginxx', 'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed'],
    ['docker', 'nginxx', "Error response from daemon: pull access denied for nginxx, repository does not exist or may require 'docker login': denied: requested access to the resource is denied"],
    ['cri-o', 'nginxx', 'reading manifest latest in docker.io/library/nginxx: requested access to the resource is denied'],
    ['containerd', 'r.example/a', 'failed to do request: Head "https://r.example/v2/a/manifests/latest": dial tcp: lookup r.example: no such host'],
    ['cri-o', 'r.example/a', 'pinging container registry r.example: Get "https://r.example/v2/": dial tcp: lookup r.example: no such host'],
    ['docker', 'r.example/a', 'Error response from daemon: Get "https://r.example/v2/": dial tcp: lookup r.example: no such host'],
  ]; // prettier-ignore
  it.each(pulls)('%s: pulling %s', async (name, image, text) => {
    const { socket } = runtimeVariants[name];
    const pull = nodeWith(name, HUB).as((cri) => cri.call('PullImage', { image }), { socket });
    await expect(pull).rejects.toThrow(text);
  });

  const SHOP = 'images.shop.example/web';
  const refusals: readonly (readonly [RuntimeName, string, boolean, string])[] = [
    ['docker', SHOP, false, 'Error response from daemon: Head "https://images.shop.example/v2/web/manifests/1": no basic auth credentials'],
    ['docker', SHOP, true, 'Error response from daemon: Head "https://images.shop.example/v2/web/manifests/1": unauthorized: authentication required'],
    ['docker', 'docker.io/shop/web', true, 'Error response from daemon: Head "https://registry-1.docker.io/v2/shop/web/manifests/1": unauthorized: incorrect username or password'],
    ['docker', 'docker.io/shop/web', false, "Error response from daemon: pull access denied for shop/web, repository does not exist or may require 'docker login'"],
    ['cri-o', SHOP, false, 'reading manifest 1 in images.shop.example/web: authentication required'],
    ['cri-o', 'docker.io/shop/web', true, 'unable to retrieve auth token: invalid username/password: unauthorized: incorrect username or password'],
  ]; // prettier-ignore
  it.each(refusals)('%s: pulling %s, which is private (%s)', async (name, repository, known, text) => {
    const auth = { username: 'ana', password: 'secret' };
    const image = ImageSpec.parse({
      repository, tags: ['1'], layers: ['1MB'], cmd: ['/web'], behaviour: { type: 'service' }, credentials: auth,
    }); // prettier-ignore
    const node = nodeWith(name, HUB, [image]);
    const pull = (more: object): Promise<unknown> =>
      node.as((cri) => cri.call('PullImage', { image: `${repository}:1`, ...more }), {
        socket: runtimeVariants[name].socket,
      });
    await expect(pull(known ? { auth: { ...auth, password: 'guess' } } : {})).rejects.toThrow(text);
    expect(await pull({ auth })).toMatchObject({ imageRef: expect.any(String) });
  });

  it('what happens to a container whose program is not there', async () => {
    const run = (name: RuntimeName): Promise<unknown> =>
      nodeWith(name, HUB).as(
        async (cri) => {
          await cri.call('PullImage', { image: 'nginx' });
          const { podSandboxId } = await cri.call('RunPodSandbox', { config: sandboxConfig('web') });
          const config = containerConfig('nginx', { command: ['ngnix'] });
          const { containerId } = await cri.call('CreateContainer', { podSandboxId, config });
          const start = await cri.call('StartContainer', { containerId }).catch((error: unknown) => error);
          expect(start).toBeInstanceOf(Error);
          const { status } = await cri.call('ContainerStatus', { containerId });
          return [status.exitCode, status.reason, status.message];
        },
        { socket: runtimeVariants[name].socket, ms: 20_000 },
      );
    const runc = 'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "ngnix": executable file not found in $PATH';
    expect(await run('containerd')).toEqual([128, 'StartError', `failed to create containerd task: ${runc}`]);
    expect(await run('docker')).toEqual([127, 'ContainerCannotRun', expect.stringContaining(`Error response from daemon: failed to create task for container: ${runc}`)]);
    await expect(run('cri-o')).rejects.toThrow('rpc error: code = Unknown desc = container create failed: executable file `ngnix` not found in $PATH: No such file or directory');
  }); // prettier-ignore
});

describe('CRI-O and short names', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['', 'short-name "nginx" did not resolve to an alias and no unqualified-search registries are defined in "/etc/containers/registries.conf"'],
    ['unqualified-search-registries = ["quay.io", "docker.io"]\n', 'short name mode is enforcing, but image name nginx returns ambiguous list'],
  ]; // prettier-ignore
  it.each(cases)('refuses what it cannot resolve (%s)', async (text, refusal) => {
    const node = nodeWith('cri-o', { '/etc/containers/registries.conf': text });
    const pull = node.as((cri) => cri.call('PullImage', { image: 'nginx' }), {
      socket: '/run/crio/crio.sock',
    });
    await expect(pull).rejects.toThrow(refusal);
  });

  it('takes an alias of a drop-in', async () => {
    const path = '/etc/containers/registries.conf.d/000-shortnames.conf';
    const node = nodeWith('cri-o', { [path]: '[aliases]\n  "nginx" = "docker.io/library/nginx"\n' });
    const { images } = await node.as(
      async (cri) => {
        await cri.call('PullImage', { image: 'nginx:1.27' });
        return cri.call('ListImages', {});
      },
      { socket: '/run/crio/crio.sock' },
    );
    expect(images.map(({ repoTags }) => repoTags)).toEqual([['docker.io/library/nginx:1.27']]);
  });
});

describe('Docker', () => {
  const socket = '/run/cri-dockerd.sock';

  it('stands on a containerd that serves no CRI', async () => {
    const call = nodeWith('docker').as((cri) => cri.call('Version', {}), { socket: CONTAINERD_SOCKET });
    await expect(call).rejects.toThrow('rpc error: code = Unimplemented desc = unknown service runtime.v1.RuntimeService');
  }); // prettier-ignore

  it('takes its containers with it, unless they are to live on', async () => {
    for (const [config, state] of [['{}', 'CONTAINER_EXITED'], ['{"live-restore": true}', 'CONTAINER_RUNNING']] as const) {
      const node = nodeWith('docker', { '/etc/docker/daemon.json': config });
      const { containerId } = await node.as((cri) => runContainer(cri, 'nginx'), { socket });
      node.machine.processes.find(({ name }) => name === 'docker')?.kill('SIGTERM');
      await node.test.run(1_000);
      expect(node.runtime.store.containers.get(containerId)?.state, config).toBe(state);
      const list = node.as((cri) => cri.call('ListContainers', {}), { socket });
      await expect(list).rejects.toThrow('Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?');
    }
  }); // prettier-ignore

  it('serves nobody while it takes them down: nothing that is started again would be stopped', async () => {
    const node = nodeWith('docker');
    const stubborn = containerConfig('busybox', { command: ['sh', '-c', 'sleep 1000'] });
    await node.as((cri) => runContainer(cri, 'busybox', stubborn), { socket, ms: 20_000 });
    const daemon = (): { kill(signal: 'SIGTERM'): void } | undefined =>
      node.machine.processes.find(({ name }) => name === 'docker');
    daemon()?.kill('SIGTERM');
    await node.test.run(1_000);
    expect(daemon(), 'a shell as process 1 ignores SIGTERM: it is waited for').toBeDefined();
    await expect(node.as((cri) => cri.call('PullImage', { image: 'nginx' }), { socket })).rejects.toThrow(
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    );
    await node.test.run(10_000);
    expect(daemon()).toBeUndefined();
  });

  it('does not start with a daemon.json that is none', async () => {
    const node = nodeWith('docker', { '/etc/docker/daemon.json': '{"exec-opts":' });
    const lines: string[] = [];
    node.machine.processes.find(({ name }) => name === 'docker')?.onDidWrite(({ line }) => lines.push(line));
    await node.test.run(1_000);
    expect(lines.at(-1)).toMatch(
      /^unable to configure the Docker daemon with file \/etc\/docker\/daemon\.json: /,
    );
  });
});

describe('a cgroup in the other driver’s form', () => {
  it('is refused as runc does', async () => {
    const node = nodeWith('docker', {
      '/etc/docker/daemon.json': '{"exec-opts": ["native.cgroupdriver=systemd"]}',
    });
    const config = { ...sandboxConfig('web'), cgroupParent: '/kubepods/besteffort/pod1' };
    const run = node.as((cri) => cri.call('RunPodSandbox', { config }), { socket: '/run/cri-dockerd.sock' });
    await expect(run).rejects.toThrow('expected cgroupsPath to be of format "slice:prefix:name" for systemd cgroups, got "/kubepods/besteffort/pod1" instead');
  }); // prettier-ignore
});

describe('a socket that was removed', () => {
  it('is not found by whoever dials it, while connections that are there go on', async () => {
    const node = nodeWith('containerd');
    const list = await node.as(async (cri, { files }) => {
      await cri.call('Version', {});
      files.remove(CONTAINERD_SOCKET);
      return cri.call('ListImages', {});
    });
    expect(list).toEqual({ images: [] });
    await expect(node.as((cri) => cri.call('Version', {}))).rejects.toThrow(
      'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: no such file or directory"',
    );
  });
});

describe('what a sandbox needs', () => {
  const wrong: readonly (readonly [RuntimeName, Record<string, string>, string])[] = [
    ['containerd', { '/etc/containerd/config.toml': `version = 2\n[plugins."io.containerd.grpc.v1.cri"]\n  sandbox_image = "registry.k8s.io/pause:nope"\n` }, 'failed to start sandbox: failed to get sandbox image "registry.k8s.io/pause:nope": failed to pull image "registry.k8s.io/pause:nope": failed to pull and unpack image "registry.k8s.io/pause:nope": failed to resolve reference "registry.k8s.io/pause:nope": registry.k8s.io/pause:nope: not found'],
    ['cri-o', { '/etc/crio/crio.conf': '[crio.image]\npause_image = "registry.k8s.io/pause:3.9"\n', '/etc/crio/crio.conf.d/99.conf': '[crio.image]\npause_image = "registry.k8s.io/pause:nope"\n' }, 'creating pod sandbox with name "k8s_web_default_uid-of-web_0": initializing source docker://registry.k8s.io/pause:nope: reading manifest nope in registry.k8s.io/pause: manifest unknown'],
  ]; // prettier-ignore
  it.each(wrong)('%s: an image that can be had', async (name, files, text) => {
    const { socket } = runtimeVariants[name];
    const run = nodeWith(name, files).as(
      (cri) => cri.call('RunPodSandbox', { config: sandboxConfig('web') }),
      { socket },
    );
    await expect(run).rejects.toThrow(text);
  });

  it('and pulls it when it is not there', async () => {
    const { images } = await nodeWith('containerd').as(async (cri) => {
      await cri.call('RunPodSandbox', { config: sandboxConfig('web') });
      return cri.call('ListImages', {});
    });
    expect(images.map(({ repoTags }) => repoTags)).toEqual([['registry.k8s.io/pause:3.10.1']]);
  });

  const handlers: readonly (readonly [RuntimeName, Record<string, string>, string])[] = [
    ['containerd', { '/etc/containerd/config.toml': `version = 3\n[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.crun]\n  runtime_type = 'io.containerd.runc.v2'\n` }, 'failed to get sandbox runtime: no runtime for "kata" is configured'],
    ['cri-o', {}, 'failed to find runtime handler kata from runtime list map[crun:'],
    ['docker', { '/etc/docker/daemon.json': '{"runtimes":{"crun":{"path":"/usr/bin/crun"}}}' }, 'Error response from daemon: unknown or invalid runtime name: kata'],
  ]; // prettier-ignore
  it.each(handlers)('%s: a handler that its configuration names', async (name, files, text) => {
    const { socket } = runtimeVariants[name];
    const node = nodeWith(name, files);
    const run = (runtimeHandler: string): Promise<unknown> =>
      node.as((cri) => cri.call('RunPodSandbox', { config: { ...sandboxConfig(runtimeHandler), runtimeHandler } }), { socket });
    await expect(run('kata')).rejects.toThrow(text);
    expect(await run('crun')).toHaveProperty('podSandboxId');
  }); // prettier-ignore
});
