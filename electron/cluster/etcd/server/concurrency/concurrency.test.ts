import { describe, expect, it } from 'vitest';
import type { ConcurrencyMethod, ConcurrencyMethods, LeaderKey } from '../../client/concurrency.ts';
import type { EtcdError } from '../../client/interface.ts';
import { ServerHarness } from '../harness.testing.ts';
import { answerConcurrency } from './concurrency-call.ts';

/** A call under way and what has come of it. */
class Run {
  readonly responses: ConcurrencyMethods[ConcurrencyMethod]['response'][] = [];
  ended = false;
  error: EtcdError | undefined;
  cancel: () => void = () => undefined;

  get text(): string {
    return this.error === undefined ? 'no error' : `${this.error.code}: ${this.error.message}`;
  }
}

function begin<M extends ConcurrencyMethod>(
  { server }: ServerHarness,
  method: M,
  request: ConcurrencyMethods[M]['request'],
): Run {
  const run = new Run();
  run.cancel = answerConcurrency(server, {}, method, request, {
    onResponse: (response) => void run.responses.push(response),
    onEnd: (error) => {
      run.ended = true;
      run.error = error;
    },
  });
  return run;
}

async function newHarness(): Promise<{ harness: ServerHarness; settle: () => Promise<void> }> {
  const harness = new ServerHarness();
  for (const id of ['119', '120']) harness.call('LeaseGrant', { id, ttl: 100 });
  const settle = (): Promise<void> => {
    // A turn, at whose end everything that was set free has run.
    harness.simulation.input('test', 'settle', {}, () => undefined);
    return harness.advance(10);
  };
  await settle();
  return { harness, settle };
}

const keys = (harness: ServerHarness): readonly string[] =>
  harness.call('Range', { key: '\0', rangeEnd: '\0' }).kvs.map(({ key, value }) => `${key}=${value}`);

describe('v3lock', () => {
  it('gives a lock to one at a time, in the order in which they came', async () => {
    const { harness, settle } = await newHarness();
    const first = begin(harness, 'Lock', { name: 'L', lease: '119' });
    await settle();
    const second = begin(harness, 'Lock', { name: 'L', lease: '120' });
    await settle();
    expect(first.responses).toMatchObject([{ header: { revision: 2 }, key: 'L/77' }]);
    expect(second.ended).toBe(false);
    begin(harness, 'Unlock', { key: 'L/77' });
    await settle();
    expect(second).toMatchObject({ ended: true, error: undefined });
    expect(second.responses).toMatchObject([{ header: { revision: 4 }, key: 'L/78' }]);
    expect(keys(harness)).toEqual(['L/78=']);
  });

  it('lets who holds it have it again', async () => {
    const { harness, settle } = await newHarness();
    begin(harness, 'Lock', { name: 'L', lease: '119' });
    await settle();
    const again = begin(harness, 'Lock', { name: 'L', lease: '119' });
    await settle();
    expect(again.responses).toMatchObject([{ header: { revision: 2 }, key: 'L/77' }]);
  });

  it('makes a lease of 60 seconds for who brings none', async () => {
    const { harness, settle } = await newHarness();
    const taken = begin(harness, 'Lock', { name: 'L', lease: '0' });
    await settle();
    expect(taken.error).toBeUndefined();
    expect(keys(harness)).toHaveLength(1);
    await harness.advance(62_000);
    expect(keys(harness)).toEqual([]);
  });

  it('passes on when the lease of the holder ends', async () => {
    const { harness, settle } = await newHarness();
    begin(harness, 'Lock', { name: 'L', lease: '119' });
    await settle();
    const second = begin(harness, 'Lock', { name: 'L', lease: '120' });
    await settle();
    harness.call('LeaseRevoke', { id: '119' });
    await settle();
    expect(second.responses).toMatchObject([{ key: 'L/78' }]);
  });

  it('takes who waits no more out of the line, and tells a waiter that his own lease has ended', async () => {
    const { harness, settle } = await newHarness();
    harness.call('LeaseGrant', { id: '121', ttl: 100 });
    const holder = begin(harness, 'Lock', { name: 'L', lease: '119' });
    await settle();
    const impatient = begin(harness, 'Lock', { name: 'L', lease: '120' });
    const late = begin(harness, 'Lock', { name: 'L', lease: '121' });
    await settle();
    impatient.cancel();
    await settle();
    expect(keys(harness)).toEqual(['L/77=', 'L/79=']);
    expect(impatient).toMatchObject({ ended: false, responses: [] });
    harness.call('LeaseRevoke', { id: '121' });
    begin(harness, 'Unlock', { key: 'L/77' });
    await settle();
    expect(holder.error).toBeUndefined();
    expect(late.text).toBe('Unknown: mutex: session is expired');
  });

  it('refuses as upstream, in the words of the server and without a code', async () => {
    const { harness, settle } = await newHarness();
    const noLease = begin(harness, 'Lock', { name: 'L', lease: '9' });
    const noKey = begin(harness, 'Unlock', { key: '' });
    await settle();
    expect(noLease.text).toBe('Unknown: etcdserver: requested lease not found');
    expect(noKey.text).toBe('Unknown: etcdserver: key is not provided');
  });
});

describe('v3election', () => {
  const leaderOf = (run: Run): LeaderKey =>
    (run.responses[0] as ConcurrencyMethods['Campaign']['response']).leader;

  it('elects, proclaims, resigns, and shows an observer all of it', async () => {
    const { harness, settle } = await newHarness();
    const observer = begin(harness, 'Observe', { name: 'E' });
    const nobody = begin(harness, 'Leader', { name: 'E' });
    await settle();
    expect(nobody.text).toBe('Unknown: election: no leader');
    const first = begin(harness, 'Campaign', { name: 'E', lease: '119', value: 'one' });
    await settle();
    const leader = leaderOf(first);
    expect(leader).toEqual({ name: 'E', key: 'E/77', rev: 2, lease: '119' });
    const second = begin(harness, 'Campaign', { name: 'E', lease: '120', value: 'next' });
    await settle();
    begin(harness, 'Proclaim', { leader, value: 'two' });
    await settle();
    expect(second.ended).toBe(false);
    begin(harness, 'Resign', { leader });
    await settle();
    expect(leaderOf(second)).toEqual({ name: 'E', key: 'E/78', rev: 3, lease: '120' });
    const said = observer.responses.map((response) => 'kv' in response && response.kv.value);
    expect(said).toEqual(['one', 'two', 'next']);
    expect(observer.ended).toBe(false);
    const late = begin(harness, 'Proclaim', { leader, value: 'late' });
    await settle();
    expect(late.text).toBe('Unknown: election: not leader');
  });

  it('takes who campaigns no more out of the line, and wants to know who resigns', async () => {
    const { harness, settle } = await newHarness();
    begin(harness, 'Campaign', { name: 'E', lease: '119', value: 'one' });
    await settle();
    const second = begin(harness, 'Campaign', { name: 'E', lease: '120', value: 'two' });
    await settle();
    expect(keys(harness)).toEqual(['E/77=one', 'E/78=two']);
    second.cancel();
    const nameless = begin(harness, 'Resign', {});
    await settle();
    expect(keys(harness)).toEqual(['E/77=one']);
    expect(nameless.text).toBe('Unknown: "leader" field must be provided');
  });

  it('lets a campaigner of before say something else', async () => {
    const { harness, settle } = await newHarness();
    begin(harness, 'Campaign', { name: 'E', lease: '119', value: 'one' });
    await settle();
    begin(harness, 'Campaign', { name: 'E', lease: '119', value: 'uno' });
    await settle();
    expect(keys(harness)).toEqual(['E/77=uno']);
  });
});
