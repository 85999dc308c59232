import { formatTime } from '../../apimachinery/time.ts';
import type { Namespace } from '../../api/types.ts';

type NamespaceCondition = NonNullable<NonNullable<Namespace['status']>['conditions']>[number];

/** What one pass over a namespace's content found. */
export interface ContentReport {
  readonly discoveryError?: string;
  readonly contentErrors: readonly string[];
  /** Remaining objects by `resource.group`, with a dot also for the core group: `pods.`. */
  readonly remaining: ReadonlyMap<string, number>;
  readonly finalizers: ReadonlyMap<string, number>;
}

/** Models namespace/deletion/status_condition_utils.go (v1.34). */
export function deletionConditions(
  report: ContentReport,
  old: readonly NamespaceCondition[],
  now: number,
): readonly NamespaceCondition[] {
  const { discoveryError, contentErrors, remaining, finalizers } = report;
  const found: [
    type: string,
    problem: [reason: string, message: string] | undefined,
    fine: [reason: string, message: string],
  ][] = [
    [
      'NamespaceDeletionDiscoveryFailure',
      discoveryError === undefined
        ? undefined
        : ['DiscoveryFailed', `Discovery failed for some groups, 1 failing: ${discoveryError}`],
      ['ResourcesDiscovered', 'All resources successfully discovered'],
    ],
    [
      'NamespaceDeletionGroupVersionParsingFailure',
      undefined,
      ['ParsedGroupVersions', 'All legacy kube types successfully parsed'],
    ],
    [
      'NamespaceDeletionContentFailure',
      contentErrors.length === 0
        ? undefined
        : [
            'ContentDeletionFailed',
            `Failed to delete all resource types, ${contentErrors.length} remaining: ${[...contentErrors].sort().join(', ')}`,
          ],
      ['ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
    ],
    [
      'NamespaceContentRemaining',
      remaining.size === 0
        ? undefined
        : [
            'SomeResourcesRemain',
            `Some resources are remaining: ${list(remaining, (what, count) => `${what} has ${count} resource instances`)}`,
          ],
      ['ContentRemoved', 'All content successfully removed'],
    ],
    [
      'NamespaceFinalizersRemaining',
      finalizers.size === 0
        ? undefined
        : [
            'SomeFinalizersRemain',
            `Some content in the namespace has finalizers remaining: ${list(finalizers, (what, count) => `${what} in ${count} resource instances`)}`,
          ],
      ['ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
    ],
  ];
  const result = [...old];
  for (const [type, problem, fine] of found) {
    const [reason, message] = problem ?? fine;
    const status = problem === undefined ? 'False' : 'True';
    const index = result.findIndex((condition) => condition.type === type);
    const present = result[index];
    const changed = present?.status !== status;
    const condition = {
      type,
      status,
      reason,
      message,
      lastTransitionTime: changed ? formatTime(now) : present.lastTransitionTime,
    };
    if (index < 0) result.push(condition);
    else if (changed || present.message !== message || present.reason !== reason) result[index] = condition;
  }
  return result;
}

function list(counts: ReadonlyMap<string, number>, say: (what: string, count: number) => string): string {
  return [...counts]
    .map(([what, count]) => say(what, count))
    .sort()
    .join(', ');
}
