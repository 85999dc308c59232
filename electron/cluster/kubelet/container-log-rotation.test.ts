import { beforeEach, describe, expect, it } from 'vitest';
import { ContainerLog } from '../cri/container-log.ts';
import { KubeletHarness } from './kubelet.testing.ts';
import { LogReader } from './server/container-logs.ts';

const MIB = 1024 ** 2;
const OPTIONS = {
  follow: false,
  previous: false,
  timestamps: false,
  tailLines: undefined,
  limitBytes: undefined,
  since: undefined,
};
const FOLDER = '/var/log/pods/default_talker_uid-of-talker/main';

let node: KubeletHarness;
let log: ContainerLog;
const path = (): string => `${FOLDER}/0.log`;
const read = (more: Partial<ConstructorParameters<typeof LogReader>[2]> = {}): LogReader =>
  new LogReader(node.machine.files, path(), { ...OPTIONS, ...more });
const sizes = (): number[] =>
  node.machine.files.list(FOLDER).map((name) => node.machine.files.stat(`${FOLDER}/${name}`)?.size ?? 0);

beforeEach(async () => {
  node = new KubeletHarness();
  node.configure('containerLogMaxSize: 10Mi\ncontainerLogMaxFiles: 3\n');
  await node.start();
  node.createPod('talker', { restartPolicy: 'Always', containers: [{ name: 'main', image: 'nginx:1.25' }] });
  await node.test.run(10_000);
  const [container] = [...node.runtime.store.containers.values()].filter(({ logPath }) => logPath === path());
  expect(container?.state).toBe('CONTAINER_RUNNING');
  log = new ContainerLog(node.machine.files, path());
});

/** Lines `from` to `to`, of `size` characters each. */
function print(from: number, to: number, size = 1024): void {
  const lines = Array.from({ length: to - from }, (_, index) => String(from + index).padEnd(size, '.'));
  for (let at = 0; at < lines.length; at += 64)
    log.append('stdout', lines.slice(at, at + 64), node.test.simulation.now);
}

describe('the log of a container', () => {
  it('of 100 MB takes as much of the disk as its files may, and little of what is kept', async () => {
    for (let step = 0; step < 20; step += 1) {
      print(step * 320, (step + 1) * 320, 16_000);
      await node.test.run(10_000);
      log.reopen();
    }
    const files = node.machine.files.list(FOLDER);
    expect(files).toHaveLength(3);
    expect(files.at(0)).toBe('0.log');
    expect(files.slice(1).every((name) => /^0\.log\.\d{8}-\d{6}$/.test(name))).toBe(true);
    for (const size of sizes()) expect(size).toBeLessThan(16 * MIB);
    const kept = files.reduce((sum, name) => sum + node.machine.files.read(`${FOLDER}/${name}`).length, 0);
    expect(kept).toBeLessThan(3 * 65 * 1024);
    expect(kept).toBeGreaterThan(0);
  });

  it('counts whole on the disk, and gives it back with the Pod', async () => {
    const before = node.machine.disk.used;
    print(0, 5_000);
    expect(node.machine.disk.used - before).toBeGreaterThan(5_000 * 1024);
    node.markDeleted('talker', 1);
    await node.test.run(10_000);
    expect(node.machine.disk.used).toBeLessThan(before);
  });

  it('is read from its end, by bytes, and by lines that are in parts', () => {
    log.append('stdout', ['one', 'x'.repeat(40_000), 'three'], node.test.simulation.now);
    expect(read({ tailLines: 1 }).present()).toBe('three\n');
    expect(read({ tailLines: 2 }).present()).toBe(`${'x'.repeat(40_000)}\nthree\n`);
    expect(read({ tailLines: 0 }).present()).toBe('');
    expect(read({ limitBytes: 5 }).present()).toHaveLength(5);
    const lines = node.machine.files.read(path()).split('\n').slice(-5, -1);
    expect(lines.map((line) => line.split(' ')[2])).toEqual(['P', 'P', 'F', 'F']);
  });

  it('goes on for who follows it after it was moved away', async () => {
    const reader = read({ tailLines: 0 });
    expect(reader.present()).toBe('');
    print(0, 12_000);
    expect(reader.more().split('\n').at(-2)?.slice(0, 6)).toBe('11999.');
    log.append('stdout', ['last of the old'], node.test.simulation.now);
    await node.test.run(20_000);
    log.reopen();
    expect(node.machine.files.list(FOLDER)).toHaveLength(2);
    expect(reader.more()).toBe('last of the old\n');
    log.append('stdout', ['same', 'same'], node.test.simulation.now);
    expect(reader.more()).toBe('same\nsame\n');
    expect(reader.more()).toBe('');
    expect(read().present()).not.toContain('last of the old');
  });

  it('is not moved away where nobody may', async () => {
    node.kubelet?.kill('SIGKILL');
    node.configure('containerLogMaxSize: "100Mi"\n');
    await node.test.run(1_000);
    await node.start(false, 5_000);
    print(0, 12_000);
    await node.test.run(30_000);
    expect(node.machine.files.list(FOLDER)).toEqual(['0.log']);
  });
});
