import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { announceRunning, findRunning, withdrawRunning } from './running.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'leme-running-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('running.json', () => {
  it('leads to a host that lives, for its owner only', () => {
    announceRunning(folder, { LEME_HOME: '/x' });
    expect(findRunning(folder)).toEqual({ LEME_HOME: '/x' });
    expect(statSync(join(folder, 'running.json')).mode & 0o777).toBe(0o600);
    withdrawRunning(folder);
    expect(findRunning(folder)).toBeUndefined();
  });

  it('does not lead to a host that was killed, or to nonsense', () => {
    // Larger than any process id.
    writeFileSync(join(folder, 'running.json'), JSON.stringify({ pid: 2 ** 30, variables: {} }));
    expect(findRunning(folder)).toBeUndefined();
    writeFileSync(join(folder, 'running.json'), '{');
    expect(findRunning(folder)).toBeUndefined();
  });
});
