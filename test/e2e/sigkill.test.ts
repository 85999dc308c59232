import { afterAll, describe, expect, it } from 'vitest';
import { eventually, hasStockKubectl, ServedHost, temporaryFolder } from '../harness/serve.ts';

const folder = temporaryFolder();
const hosts: ServedHost[] = [];

afterAll(async () => {
  for (const host of hosts) await host.stop('SIGKILL');
  folder.remove();
});

interface PodSeen {
  readonly uid: string;
  readonly name: string;
  readonly restarts: number;
}

function pods(host: ServedHost): PodSeen[] {
  const { stdout } = host.kubectl([
    'get',
    'pods',
    '-A',
    '-o',
    'jsonpath={range .items[*]}{.metadata.uid} {.metadata.name} {.status.containerStatuses[0].restartCount}{"\\n"}{end}',
  ]);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([uid = '', name = '', restarts]) => ({ uid, name, restarts: Number(restarts ?? 0) }));
}

describe.skipIf(!hasStockKubectl())('killed in the middle of a rollout', () => {
  it('misses nothing that a client was told, and goes on where it was', async () => {
    const first = await ServedHost.start(folder.path, '--speed', '1');
    hosts.push(first);
    expect(first.kubectl(['create', 'deployment', 'web', '--image=nginx', '--replicas=6']).code).toBe(0);
    await eventually(
      () => first.kubectl(['get', 'deploy', 'web', '-o', 'jsonpath={.status.readyReplicas}']).stdout,
      (ready) => Number(ready) >= 2,
      60_000,
    );
    expect(first.kubectl(['set', 'image', 'deployment/web', 'nginx=nginx:1.27']).code).toBe(0);
    const told: string[] = [];
    for (let index = 0; index < 20; index += 1) {
      const made = first.kubectl(['create', 'configmap', `told-${index}`, `--from-literal=n=${index}`]);
      if (made.code === 0) told.push(`configmap/told-${index}`);
    }
    const before = pods(first);
    const time = first.kubectl([
      'get',
      'lease',
      '-n',
      'kube-system',
      'kube-scheduler',
      '-o',
      'jsonpath={.spec.renewTime}',
    ]).stdout;
    await first.stop('SIGKILL');

    const second = await ServedHost.start(folder.path, '--speed', '25');
    hosts.push(second);
    const kept = second.kubectl(['get', 'configmaps', '-o', 'name']).stdout.split('\n');
    expect(told.filter((name) => !kept.includes(name))).toEqual([]);
    const system = (seen: readonly PodSeen[]): PodSeen[] => seen.filter(({ name }) => name.endsWith('-cp-1'));
    expect(system(pods(second))).toEqual(system(before));
    const later = second.kubectl([
      'get',
      'lease',
      '-n',
      'kube-system',
      'kube-scheduler',
      '-o',
      'jsonpath={.spec.renewTime}',
    ]).stdout;
    expect(later >= time).toBe(true);
    expect(second.kubectl(['rollout', 'status', 'deployment/web', '--timeout=60s']).stdout).toContain(
      'deployment "web" successfully rolled out',
    );
    const images = second.kubectl([
      'get',
      'pods',
      '-l',
      'app=web',
      '-o',
      'jsonpath={.items[*].spec.containers[0].image}',
    ]).stdout;
    await eventually(
      () => second.kubectl(['get', 'pods', '-l', 'app=web', '-o', 'name']).stdout.trim().split('\n').length,
      (count) => count === 6,
    );
    expect(images).toContain('nginx:1.27');
  });
});
