import { beforeEach, describe, expect, it } from 'vitest';
import type { RevisionRecord } from './interface.ts';
import { MemoryBackend } from './memory.ts';
import { ObservedBackends } from './observed-backends.ts';

const record = (main: number, value = String(main), sub = 0): RevisionRecord => ({
  kv: { key: 'k', value, createRevision: 2, modRevision: main, version: 1, lease: '0' },
  sub,
  tombstone: false,
});

describe('ObservedBackends', () => {
  let seen: string[];
  let observed: ObservedBackends;
  const shown = (): string => seen.splice(0).join(' ');

  beforeEach(() => {
    seen = [];
    observed = new ObservedBackends({
      onRecord: ({ kv, sub }, loading) =>
        seen.push(`${loading ? '(' : ''}${kv.value}.${sub}${loading ? ')' : ''}`),
      onClear: () => seen.push('clear'),
    });
  });

  it('shows each revision once, whichever member has it first', () => {
    const one = observed.observe('m1', new MemoryBackend());
    const two = observed.observe('m2', new MemoryBackend());
    one.append([record(2), record(2, 'x', 1)]);
    two.append([record(2), record(2, 'x', 1)]);
    two.append([record(3)]);
    one.append([record(3)]);
    expect(shown()).toBe('2.0 x.1 3.0');
  });

  it('goes on with another member when the one that was ahead is gone', () => {
    const one = observed.observe('m1', new MemoryBackend());
    const two = observed.observe('m2', new MemoryBackend());
    one.append([record(2)]);
    two.append([record(2)]);
    one.clear();
    one.append([record(2)]);
    two.append([record(3)]);
    expect(shown()).toBe('2.0 3.0');
  });

  it('loads what is there, and takes the data of a member that begins anew in its place', () => {
    const disk = new MemoryBackend();
    disk.append([record(2), record(3)]);
    const first = observed.observe('m1', disk);
    first.append([record(4)]);
    const second = observed.observe('m1', new MemoryBackend());
    second.append([record(2, 'new')]);
    expect(shown()).toBe('clear (2.0) (3.0) 4.0 clear new.0');
  });

  it('knows a history of its own when it sees one', () => {
    const one = observed.observe('m1', new MemoryBackend());
    observed.observe('m2', new MemoryBackend());
    one.append([record(2)]);
    one.append([record(3)]);
    const backup = new MemoryBackend();
    backup.append([record(2)]);
    const restored = observed.observe('m2', backup);
    expect(shown()).toBe('2.0 3.0');
    restored.append([record(3, 'other')]);
    restored.append([record(4)]);
    expect(shown()).toBe('clear (2.0) (other.0) 4.0');
  });

  it('shows what a snapshot brings that nobody had shown', () => {
    const one = observed.observe('m1', new MemoryBackend());
    one.append([record(2)]);
    const other = new MemoryBackend();
    other.append([record(2), record(3), record(3, 'y', 1)]);
    one.restore(other.image());
    expect(shown()).toBe('2.0 3.0 y.1');
  });
});
