import { namespacedName } from '../../apimachinery/meta.ts';
import type { Job, Pod, PodFailurePolicy } from '../../api/types.ts';

type Rule = PodFailurePolicy['rules'][number];

/** What the policy says of a failed Pod. */
export interface PolicyVerdict {
  readonly action: 'FailJob' | 'FailIndex' | 'Ignore' | 'Count';
  /** For FailJob. */
  readonly message: string;
}

/** The verdict of the first rule that a failed Pod matches; without any it counts. Models job/pod_failure_policy.go (v1.34). */
export function matchFailurePolicy(job: Job, pod: Pod): PolicyVerdict {
  const rules = job.spec?.podFailurePolicy?.rules ?? [];
  for (const [index, rule] of rules.entries()) {
    const cause = pod.status?.phase === 'Failed' ? matches(rule, pod) : undefined;
    if (cause === undefined) continue;
    const message = `${cause} matching ${rule.action} rule at index ${index}`;
    return { action: rule.action as PolicyVerdict['action'], message };
  }
  return { action: 'Count', message: '' };
}

function matches(rule: Rule, pod: Pod): string | undefined {
  if (rule.onExitCodes !== undefined) return matchesExitCodes(rule.onExitCodes, pod);
  for (const { type, status = 'True' } of rule.onPodConditions ?? []) {
    const found = pod.status?.conditions?.some((one) => one.type === type && one.status === status);
    if (found === true) return `Pod ${namespacedName(pod)} has condition ${type}`;
  }
  return undefined;
}

function matchesExitCodes(
  { containerName, operator, values }: NonNullable<Rule['onExitCodes']>,
  pod: Pod,
): string | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  for (const { name, state } of [...containerStatuses, ...initContainerStatuses]) {
    const code = state?.terminated?.exitCode;
    // Success is no failure, whatever a rule says.
    if (code === undefined || code === 0 || (containerName !== undefined && containerName !== name)) continue;
    if ((operator === 'In') === values.includes(code))
      return `Container ${name} for pod ${namespacedName(pod)} failed with exit code ${code}`;
  }
  return undefined;
}
