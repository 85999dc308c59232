import { describe, expect, it } from 'vitest';
import { EtcdError } from '../client/interface.ts';
import { MemoryBackend } from '../backend/memory.ts';
import { newTestSimulation } from '../../../base/simulation.testing.ts';
import { ServerHarness } from './harness.testing.ts';
import type { Caller } from './interface.ts';

/** A member with auth on, of that version, and somebody who may do nothing. */
function withAuth(version: string): { readonly harness: ServerHarness; readonly nobody: Caller } {
  const harness = new ServerHarness(new MemoryBackend(), newTestSimulation(), { version });
  harness.call('LeaseGrant', { id: '7', ttl: 100 });
  harness.call('Put', { key: 'secret', value: '1', lease: '7' });
  for (const name of ['root', 'ana']) harness.call('UserAdd', { name, password: 'p' });
  harness.call('UserGrantRole', { user: 'root', role: 'root' });
  harness.call('AuthEnable', {});
  const { token } = harness.call('Authenticate', { name: 'ana', password: 'p' });
  return { harness, nobody: { token } };
}

function refusal(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (error instanceof EtcdError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'answered';
}

describe('what differs between releases of etcd', () => {
  it.each([
    ['3.4.23', 'Unknown: auth: permission denied', 'Unknown: auth: user name is empty'],
    ['3.5.21', 'Unknown: auth: permission denied', 'Unknown: auth: user name is empty'],
    [
      '3.6.4',
      'PermissionDenied: etcdserver: permission denied',
      'InvalidArgument: etcdserver: user name is empty',
    ],
  ])('%s: maintenance without root', (version, denied, empty) => {
    const { harness, nobody } = withAuth(version);
    expect(refusal(() => harness.call('Defragment', {}, nobody))).toBe(denied);
    expect(refusal(() => harness.call('HashKV', { revision: 0 }))).toBe(empty);
    expect(refusal(() => [...harness.server.snapshot(nobody)])).toBe(denied);
  });

  it.each([
    ['3.4.23', 'answered'],
    ['3.6.4', 'PermissionDenied: etcdserver: permission denied'],
  ])('%s: leases with keys that one may not read', (version, expected) => {
    const { harness, nobody } = withAuth(version);
    expect(refusal(() => harness.call('LeaseTimeToLive', { id: '7', keys: true }, nobody))).toBe(expected);
    expect(refusal(() => harness.call('LeaseLeases', {}, nobody))).toBe(expected);
    expect(refusal(() => harness.call('LeaseTimeToLive', { id: '7' }, nobody))).toBe('answered');
  });

  it.each([
    ['3.4.23', 3],
    ['3.6.4', undefined],
  ])('%s: progress of a watch that is behind', (version, expected) => {
    const harness = new ServerHarness(new MemoryBackend(), newTestSimulation(), { version });
    harness.put('a', '1');
    harness.put('a', '2');
    const watcher = harness.server.watch({ key: 'a', startRevision: 2 }, () => true);
    expect(harness.server.progressOf([watcher])?.revision).toBe(expected);
  });
});
