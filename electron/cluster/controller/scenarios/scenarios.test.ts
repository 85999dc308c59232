import { describe, expect, it } from 'vitest';
import { DELETIONS, DISRUPTION, NODE_FAILURES } from './cluster.testing.ts';
import { CRON_JOBS } from './cronjobs.testing.ts';
import { DEPLOYMENTS } from './deployments.testing.ts';
import { JOBS } from './jobs.testing.ts';
import type { Scenario } from './scenario.testing.ts';
import { play } from './scenario.testing.ts';
import { DAEMON_SETS, STATEFUL_SETS } from './workloads.testing.ts';

const TABLES: Readonly<Record<string, readonly Scenario[]>> = {
  Deployment: DEPLOYMENTS,
  StatefulSet: STATEFUL_SETS,
  DaemonSet: DAEMON_SETS,
  Job: JOBS,
  CronJob: CRON_JOBS,
  'a node that falls silent': NODE_FAILURES,
  PodDisruptionBudget: DISRUPTION,
  deletion: DELETIONS,
};

async function played(scenario: Scenario): Promise<Scenario['rows']> {
  const done = await play(scenario);
  return scenario.rows.map(({ step }, index) => ({ step, then: done[index] ?? [] }));
}

describe.each(Object.entries(TABLES))('%s', (_, scenarios) => {
  it.each(scenarios.map((scenario) => [scenario.title, scenario] as const))('%s', async (__, scenario) => {
    expect(await played(scenario)).toEqual(scenario.rows);
  });
});

it('another order of events is another outcome', async () => {
  const [scenario] = DEPLOYMENTS as [Scenario];
  const rows = scenario.rows.map(({ step, then }) => ({ step, then: then.toReversed() }));
  expect(await played(scenario)).not.toEqual(rows);
});

it('the same scenario plays the same way twice', async () => {
  for (const scenario of [...DEPLOYMENTS, ...JOBS])
    expect(await played(scenario)).toEqual(await played(scenario));
});
