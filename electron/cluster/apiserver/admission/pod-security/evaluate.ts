import { BASELINE_CHECKS } from './baseline-checks.ts';
import type { Check, CheckedPod, CheckPod, Violation } from './check.ts';
import type { LevelVersion } from './policy.ts';
import { RESTRICTED_CHECKS } from './restricted-checks.ts';

const checksOf = new Map<string, readonly CheckPod[]>();

/** What a Pod has against it at a level, baseline first. Models checkRegistry.EvaluatePod (v1.34). */
export function evaluatePod({ level, minor }: LevelVersion, pod: CheckedPod): readonly Violation[] {
  if (level === 'privileged') return [];
  const key = `${level}:${minor}`;
  let checks = checksOf.get(key);
  if (checks === undefined) {
    checks = select(level, minor);
    checksOf.set(key, checks);
  }
  return checks.map((check) => check(pod)).filter((violation) => violation !== undefined);
}

function select(level: 'baseline' | 'restricted', minor: number): readonly CheckPod[] {
  const inForce = ({ versions }: Check): CheckPod | undefined =>
    versions.findLast(([since]) => since <= minor)?.[1];
  const restricted =
    level === 'restricted' ? RESTRICTED_CHECKS.filter((check) => inForce(check) !== undefined) : [];
  const overridden = new Set(restricted.flatMap(({ overrides = [] }) => overrides));
  return [...BASELINE_CHECKS.filter(({ id }) => !overridden.has(id)), ...restricted]
    .map(inForce)
    .filter((check) => check !== undefined);
}

/** `host namespaces (hostPID=true), hostPort (container "a" uses hostPort 80)` */
export function detailsOf(violations: readonly Violation[]): string {
  return violations
    .map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`))
    .join(', ');
}

/** `host namespaces, hostPort` */
export function reasonsOf(violations: readonly Violation[]): string {
  return violations.map(({ reason }) => reason).join(', ');
}
