import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasStockKubectl, root, ServedHost, temporaryFolder } from '../harness/serve.ts';
import type { Difference } from './kubectl-scenario.testing.ts';
import { compareScenario } from './kubectl-scenario.testing.ts';
import type { Scenario } from './kubectl-scenario-file.testing.ts';
import { readScenarios } from './kubectl-scenario-file.testing.ts';
import { reference } from './references.ts';

const scenarios = reference('kube/scenarios') ?? '';

/** The recorded scenarios and a stock client are here. */
export const canCompare = scenarios !== '' && hasStockKubectl();

interface Known {
  /** Scenarios in which our client answers otherwise than the installed one, and why that is right or cannot be equal. */
  readonly differ: Readonly<Record<string, string>>;
  /** Scenarios that cannot be run yet: they wait for what no controller of this cluster does. */
  readonly cannotRun: readonly string[];
}

export const known = JSON.parse(
  readFileSync(join(root, 'test/conformance/kubectl-differences.json'), 'utf8'),
) as Known;

function told(id: string, { step, argv, part, stock, ours }: Difference): string {
  const shown = part === 'exit' ? [JSON.stringify(stock), JSON.stringify(ours)] : [stock[part], ours[part]];
  return `${id}, step ${step}: kubectl ${argv.join(' ')}: ${part}\n--- stock\n${shown[0] ?? ''}\n--- ours\n${shown[1] ?? ''}`;
}

/** Scenarios that must be alone: they cordon nodes or fill them. */
const alone = (scenario: Scenario): boolean =>
  scenario.exclusive === true || scenario.id === 'pol-preemption';

/**
 * Runs scenarios by both clients against one served cluster; answers what differs and was not known, in words. Two
 * scenarios run at a time.
 */
export async function unknownDifferences(ids?: readonly string[]): Promise<string[]> {
  const all = readScenarios(scenarios).filter(
    ({ id }) => (ids === undefined || ids.includes(id)) && !known.cannotRun.includes(id),
  );
  const folder = temporaryFolder();
  const host = await ServedHost.start(
    join(folder.path, 'data'),
    ...['--topology', 'oke-3', '--seed', '1', '--speed', '20'],
  );
  try {
    const { kubeconfig } = host.served;
    const nodes = host
      .kubectl(['get', 'nodes', '-o', 'jsonpath={.items[*].metadata.name}'])
      .stdout.split(' ');
    const work = join(folder.path, 'work');
    mkdirSync(join(work, 'cache'), { recursive: true });
    const found: string[] = [];
    const run = async (scenario: Scenario): Promise<void> => {
      const differences = await compareScenario(scenario, kubeconfig, nodes, work);
      if (!(scenario.id in known.differ))
        found.push(...differences.map((difference) => told(scenario.id, difference)));
    };
    const together = all.filter((each) => !alone(each));
    const lane = async (): Promise<void> => {
      for (let next = together.shift(); next; next = together.shift()) await run(next);
    };
    await Promise.all([lane(), lane()]);
    for (const scenario of all.filter(alone)) await run(scenario);
    return found;
  } finally {
    await host.stop();
    folder.remove();
  }
}

/** The installed client, for those who wonder about a difference in wording. */
export function stockVersion(): string {
  return spawnSync('kubectl', ['version', '--client'], { encoding: 'utf8' }).stdout.split('\n')[0] ?? '';
}
