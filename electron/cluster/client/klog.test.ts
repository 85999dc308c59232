import { describe, expect, it } from 'vitest';
import { Simulation } from '../../base/simulation.ts';
import type { Machine } from '../machine/interface.ts';
import { volatileStore } from '../machine/local-state.ts';
import { SimulatedMachine } from '../machine/machine.ts';
import { SimulatedNetwork } from '../network/network.ts';
import { klogLine, withKlog } from './klog.ts';
import { TestSimulation } from './testing/test-simulation.testing.ts';

const at = { now: Date.UTC(2026, 10, 27, 12, 5, 7, 123), pid: 1 };

describe('a line of klog', () => {
  it('has a header, where it comes from, and its fields as Go quotes them', () => {
    expect(
      klogLine('error', at, 'Failed to watch', { caller: 'reflector.go:205', err: 'a "b"', tries: 3 }),
    ).toBe('E1127 12:05:07.123000       1 reflector.go:205] "Failed to watch" err="a \\"b\\"" tries=3');
    expect(
      klogLine('info', { ...at, pid: 1042 }, 'attempting to acquire leader lease kube-system/x...'),
    ).toBe('I1127 12:05:07.123000    1042 attempting to acquire leader lease kube-system/x...');
    expect(klogLine('warn', at, 'Skipping', { controller: 'x', err: undefined })).not.toContain('err');
  });

  it('goes to standard error of the process, without what is for debugging', async () => {
    const test = new TestSimulation();
    const { simulation } = test;
    expect(simulation).toBeInstanceOf(Simulation);
    const spec = {
      name: 'cp-1', ip: '10.0.0.10', role: 'control-plane', os: 'linux', cpus: 2, memory: 4e9, disk: 4e10, isNode: true,
    } as const; // prettier-ignore
    const machine: Machine = new SimulatedMachine(
      spec,
      simulation,
      new SimulatedNetwork(simulation),
      volatileStore(),
    );
    const lines: string[] = [];
    const process = machine.spawn({
      name: 'kube-scheduler',
      program: withKlog(async ({ log, signal }) => {
        log.debug('not shown');
        log.warn('shown', { aborted: signal.aborted });
        return 0;
      }, true),
    });
    process.onDidWrite(({ stream, line }) => lines.push(`${stream} ${line.slice(21)}`));
    await test.run(10);
    expect(lines).toEqual(['stderr        1 "shown" aborted=false']);
  });
});
