import type { Rand } from '../../../base/rand.ts';
import { DefaultTolerationSeconds } from '../admission/default-toleration-seconds.ts';
import type { AdmissionPlugin } from '../admission/interface.ts';
import { LimitRanger } from '../admission/limit-ranger/limit-ranger.ts';
import { NamespaceLifecycle } from '../admission/namespace-lifecycle.ts';
import { PriorityAdmission } from '../admission/priority.ts';
import { ServiceAccountAdmission } from '../admission/service-account.ts';
import { TaintNodesByCondition } from '../admission/taint-nodes-by-condition.ts';
import type { KnownObjects } from './known-objects.ts';

/** What the plugins are made of. */
export interface AdmissionPluginOptions {
  readonly objects: KnownObjects;
  readonly rand: Rand;
  /** Names of those that are off. */
  readonly disabled: readonly string[];
}

/** The plugins that are on, in upstream's order. Models AllOrderedPlugins and DefaultOffAdmissionPlugins (v1.34). */
export function admissionPlugins(options: AdmissionPluginOptions): readonly AdmissionPlugin[] {
  const { objects, rand, disabled } = options;
  const all: readonly AdmissionPlugin[] = [
    new NamespaceLifecycle((name) => objects.find('namespaces', '', name, true)),
    new LimitRanger((namespace) => objects.inNamespace('limitranges', namespace)),
    new ServiceAccountAdmission(
      (namespace, name, live) => objects.find('serviceaccounts', namespace, name, live),
      rand,
    ),
    new TaintNodesByCondition(),
    new PriorityAdmission({
      get: (name) => objects.find('priorityclasses', '', name, true, 'scheduling.k8s.io'),
      list: () => objects.list('priorityclasses', 'scheduling.k8s.io'),
    }),
    new DefaultTolerationSeconds(),
  ];
  return all.filter(({ name }) => !disabled.includes(name));
}
