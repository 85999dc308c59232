import { describe, expect, it } from 'vitest';
import { newTestSimulation } from '../../../electron/base/simulation.testing.ts';
import { ManualTime } from '../../../electron/host/manual-time.testing.ts';
import { Pacer } from '../../../electron/host/pacer.ts';
import { ScenarioTime } from './scenario-time.ts';

function setUp(): { time: ManualTime; scenario: ScenarioTime; elapsed: () => number; pacer: Pacer } {
  const simulation = newTestSimulation();
  const start = simulation.now;
  const time = new ManualTime();
  const pacer = new Pacer({
    simulation,
    time,
    commit: () => undefined,
    onFailure: (error) => {
      throw error;
    },
    paused: false,
    speed: 1,
  });
  pacer.start();
  return { time, pacer, scenario: new ScenarioTime(pacer, time), elapsed: () => pacer.now - start };
}

describe('the time of a scenario', () => {
  it('is real time while a call is under way, and a little longer', async () => {
    const { time, scenario, elapsed, pacer } = setUp();
    const call = scenario.hurry();
    await time.advance(1000);
    expect(elapsed()).toBe(1000);
    call.dispose();
    await time.advance(40);
    expect(elapsed()).toBe(1040);
    await time.advance(400);
    expect(elapsed()).toBe(1080);
    pacer.dispose();
  });

  it('is real time again at once when somebody asks, however long nobody did', async () => {
    const { time, scenario, elapsed, pacer } = setUp();
    scenario.inject(() => undefined);
    await time.advance(1040);
    expect(elapsed()).toBe(140);
    scenario.inject(() => undefined);
    await time.advance(40);
    expect(elapsed()).toBe(180);
    pacer.dispose();
  });

  it('is real time until the last of two has ended', async () => {
    const { time, scenario, elapsed, pacer } = setUp();
    const first = scenario.hurry();
    let end = (): void => undefined;
    const second = scenario.during(() => new Promise<void>((resolve) => void (end = resolve)));
    first.dispose();
    first.dispose();
    await time.advance(1000);
    expect(elapsed()).toBe(1000);
    end();
    await second;
    await time.advance(540);
    expect(elapsed()).toBe(1090);
    pacer.dispose();
  });
});
