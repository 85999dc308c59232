import type { Container, KubeObject, Namespace, Pod } from '../../../api/types.ts';
import { newInternalError, newInvalid } from '../../../apimachinery/status.ts';
import { fieldErrorMessage } from '../../../apimachinery/validation/field-error.ts';
import { admissionForbidden } from '../forbidden.ts';
import type { AdmissionAttributes, AdmissionPlugin, NamespacedObjects } from '../interface.ts';
import type { NamespaceLookup } from '../namespace-lifecycle.ts';
import type { Violation } from './check.ts';
import { checkedPodOf, hasPodSpec } from './checked-pod-of.ts';
import { detailsOf, evaluatePod, reasonsOf } from './evaluate.ts';
import type { LevelVersion, PodSecurityPolicy } from './policy.ts';
import { compareLevels, levelVersionText, policyOf, sameLevelVersion } from './policy.ts';

const ANNOTATIONS = 'pod-security.kubernetes.io/';
/** Any other subresource may change the Pod. */
const IGNORED_SUBRESOURCES = new Set([
  'exec', 'attach', 'binding', 'eviction', 'log', 'portforward', 'proxy', 'status',
]); // prettier-ignore
const MAX_PODS = 3000;

/**
 * The Pod Security Standards as the namespace's labels ask for them: Pods are refused (`enforce`), noted for the
 * audit (`audit`) or warned of (`warn`), workloads only the latter two. Models pod-security-admission (v1.34),
 * without exemptions.
 */
export class PodSecurity implements AdmissionPlugin {
  readonly name = 'PodSecurity';
  readonly #namespaces: NamespaceLookup;
  readonly #pods: NamespacedObjects;

  constructor(namespaces: NamespaceLookup, pods: NamespacedObjects) {
    this.#namespaces = namespaces;
    this.#pods = pods;
  }

  handles({ operation, resource: { group, resource }, subresource }: AdmissionAttributes): boolean {
    if (operation === 'DELETE') return false;
    if (group === '' && resource === 'pods') return !IGNORED_SUBRESOURCES.has(subresource);
    if (subresource !== '') return false;
    return (group === '' && resource === 'namespaces') || hasPodSpec(group, resource);
  }

  /** @throws StatusError 403 for a Pod that violates, 422 for labels that are none */
  async validate(attributes: AdmissionAttributes): Promise<void> {
    const { resource } = attributes.resource;
    if (resource === 'namespaces') {
      await this.#validateNamespace(attributes);
      return;
    }
    const { namespace } = attributes;
    const found = await this.#namespaces(namespace);
    if (found === undefined)
      throw newInternalError(`failed to lookup namespace ${JSON.stringify(namespace)}`);
    const policy = policyOf(found as Namespace);
    const enforced = resource === 'pods';
    const lenient = policy.warn.level === 'privileged' && policy.audit.level === 'privileged';
    if (policy.errors.length === 0 && lenient && (!enforced || policy.enforce.level === 'privileged')) return;
    if (enforced && attributes.operation === 'UPDATE' && !isSignificant(attributes)) return;
    evaluate(attributes, policy, enforced);
  }

  async #validateNamespace(attributes: AdmissionAttributes): Promise<void> {
    const namespace = attributes.object as Namespace;
    const policy = policyOf(namespace);
    const before =
      attributes.oldObject === undefined ? undefined : policyOf(attributes.oldObject as Namespace);
    const known = new Set(before?.errors.map(fieldErrorMessage));
    if (policy.errors.some((error) => !known.has(fieldErrorMessage(error))))
      throw newInvalid(attributes.kind, attributes.name, policy.errors);
    if (before === undefined) return;
    const { enforce } = policy;
    if (sameLevelVersion(enforce, before.enforce) || enforce.level === 'privileged') return;
    const relaxed = compareLevels(enforce.level, before.enforce.level) < 1;
    if (enforce.minor === before.enforce.minor && relaxed) return;
    const pods = (await this.#pods(attributes.name)) as readonly Pod[];
    attributes.warnings.push(...existingPodWarnings(attributes.name, enforce, pods));
  }
}

function evaluate(attributes: AdmissionAttributes, policy: PodSecurityPolicy, enforced: boolean): void {
  const { resource, object, annotations, warnings } = attributes;
  const pod = checkedPodOf(resource.group, resource.resource, object as KubeObject);
  if (pod === undefined) return;
  const known = new Map<string, readonly Violation[]>();
  const violations = (of: LevelVersion): readonly Violation[] => {
    const key = levelVersionText(of);
    const found = known.get(key) ?? evaluatePod(of, pod);
    known.set(key, found);
    return found;
  };
  const text = (of: LevelVersion): string =>
    `violate PodSecurity ${JSON.stringify(levelVersionText(of))}: ${detailsOf(violations(of))}`;
  if (policy.errors.length > 0) {
    const why = policy.errors.map(fieldErrorMessage).join(', ');
    annotations.set(`${ANNOTATIONS}error`, `Failed to parse policy: ${why}`);
  }
  if (enforced) annotations.set(`${ANNOTATIONS}enforce-policy`, levelVersionText(policy.enforce));
  if (violations(policy.audit).length > 0)
    annotations.set(`${ANNOTATIONS}audit-violations`, `would ${text(policy.audit)}`);
  if (enforced && violations(policy.enforce).length > 0)
    throw admissionForbidden(attributes, text(policy.enforce).replace('violate', 'violates'));
  if (violations(policy.warn).length > 0) warnings.push(`would ${text(policy.warn)}`);
}

/** Of what may change in a Pod, images, what is added, and old seccomp annotations count. */
function isSignificant({ object, oldObject }: AdmissionAttributes): boolean {
  const [pod, old] = [object as Pod, oldObject as Pod];
  const seccomp = (of: Pod, name: string): string | undefined =>
    of.metadata?.annotations?.[`container.seccomp.security.alpha.kubernetes.io/${name}`];
  const changed = (now: readonly Container[] = [], then: readonly Container[] = []): boolean =>
    now.length !== then.length ||
    now.some(({ name, image }, index) => {
      return image !== then[index]?.image || seccomp(pod, name) !== seccomp(old, name);
    });
  return (
    changed(pod.spec?.containers, old.spec?.containers) ||
    changed(pod.spec?.initContainers, old.spec?.initContainers) ||
    changed(
      pod.spec?.ephemeralContainers as Container[] | undefined,
      old.spec?.ephemeralContainers as Container[] | undefined,
    )
  );
}

/** What Pods that are there already would be refused for. Models EvaluatePodsInNamespace (v1.34). */
function existingPodWarnings(namespace: string, enforce: LevelVersion, pods: readonly Pod[]): string[] {
  const warnings: string[] = [];
  const named = new Map<string, string[]>();
  for (const { metadata, spec } of pods.slice(0, MAX_PODS)) {
    if (metadata === undefined || spec === undefined) continue;
    const violations = evaluatePod(enforce, { metadata, spec });
    if (violations.length === 0) continue;
    const reasons = reasonsOf(violations);
    named.set(reasons, [...(named.get(reasons) ?? []), metadata.name ?? '']);
  }
  if (pods.length > MAX_PODS)
    warnings.push(
      `new PodSecurity enforce level only checked against the first ${MAX_PODS} of ${pods.length} existing pods`,
    );
  if (named.size > 0)
    warnings.push(
      `existing pods in namespace ${JSON.stringify(namespace)} violate the new PodSecurity enforce level ${JSON.stringify(levelVersionText(enforce))}`,
    );
  const each = [...named].map(([reasons, names]) => {
    const [first = ''] = [...names].sort();
    const others = names.length - 1;
    const more = others === 0 ? '' : ` (and ${others} other pod${others === 1 ? '' : 's'})`;
    return `${first}${more}: ${reasons}`;
  });
  return [...warnings, ...each.sort()];
}
