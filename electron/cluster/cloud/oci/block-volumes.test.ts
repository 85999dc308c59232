import { beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../base/clock.ts';
import { SeededRand } from '../../../base/rand.ts';
import type { DiskFiles } from '../../machine/disk-mounts.ts';
import { StoredState, volatileStore } from '../../machine/local-state.ts';
import { BlockVolumes } from './block-volumes.ts';

const GIB = 1024 ** 3;
const ZONES: ReadonlyMap<string, string> = new Map([
  ['a', 'AD-1'],
  ['b', 'AD-2'],
]);

let now: number;
const clock = { now: () => now } as unknown as Clock;
let volumes: BlockVolumes;

beforeEach(() => {
  now = 0;
  volumes = new BlockVolumes(
    new StoredState(volatileStore()),
    'sa-saopaulo-1',
    (instance) => ZONES.get(instance),
    clock,
    new SeededRand(1),
  );
});

const disk = (): DiskFiles | undefined => volumes.disk('a', '/dev/oracleoci/oraclevdb');

describe('BlockVolumes', () => {
  it('takes time to make one, and makes none twice', () => {
    const { id, lifecycleState } = volumes.create('csi-1', 'AD-1', 50 * GIB);
    expect([/^ocid1\.volume\.oc1\.sa-saopaulo-1\.[a-z2-7]{60}$/.test(id), lifecycleState]).toEqual([
      true,
      'PROVISIONING',
    ]);
    now = 6_000;
    expect(volumes.create('csi-1', 'AD-1', 50 * GIB)).toMatchObject({ id, lifecycleState: 'AVAILABLE' });
    expect(() => volumes.create('csi-1', 'AD-1', 60 * GIB)).toThrow('Error Code: Conflict');
  });

  it('keeps what is written on the disk from instance to instance', () => {
    const { id } = volumes.create('csi-1', 'AD-1', 50 * GIB);
    volumes.attach(id, 'a');
    expect([volumes.attachment(id)?.lifecycleState, volumes.disk('a', '/dev/oracleoci/oraclevdb')]).toEqual([
      'ATTACHING',
      undefined,
    ]);
    now = 8_000;
    disk()?.files.write(`${disk()?.root}/x`, 'text');
    expect(() => volumes.delete(id)).toThrow(`The volume ${id} is attached to instance a`);
    volumes.detach(id, 'a');
    expect(() => volumes.attach(id, 'a')).toThrow(`The volume ${id} is being detached from instance a`);
    now = 13_000;
    expect(volumes.attachment(id)).toBeUndefined();
    volumes.attach(id, 'a');
    now = 21_000;
    expect(disk()?.files.read(`${disk()?.root}/x`)).toBe('text');
    volumes.detach(id, 'a');
    now = 26_000;
    volumes.delete(id);
    expect(volumes.get(id)).toBeUndefined();
  });

  it('refuses another domain, what is not there, and the 33rd', () => {
    const { id } = volumes.create('csi-1', 'AD-1', 50 * GIB);
    expect(() => volumes.attach(id, 'b')).toThrow(
      `Http Status Code: 400. Error Code: InvalidParameter. Message: The volume ${id} and the instance b are not in the same availability domain`,
    );
    expect(() => volumes.attach('ocid1.volume.none', 'a')).toThrow('Http Status Code: 404');
    expect(() => volumes.resize(id, 1)).toThrow('The new size must be greater than the current size');
    for (let index = 0; index < 32; index += 1)
      volumes.attach(volumes.create(`v${index}`, 'AD-1', 50 * GIB).id, 'a');
    expect(() => volumes.attach(id, 'a')).toThrow('Error Code: LimitExceeded');
  });
});
