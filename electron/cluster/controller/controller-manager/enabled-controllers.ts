import { FlagError } from '../../client/component-flags.ts';
import type { ControllerChoice } from './manager-views.ts';

/** A controller as `--controllers` may name it. */
export interface KnownController {
  readonly name: string;
  readonly alias: string;
  /** Only on when it is named: `*` does not mean it. */
  readonly isDisabledByDefault?: boolean;
}

/** Upstream's controllers that are not here: naming them is no mistake. */
export const notModelledControllers: ReadonlySet<string> = new Set([
  'cloud-node-lifecycle',
  'cloud-node-lifecycle-controller',
  'device-taint-eviction-controller',
  'horizontal-pod-autoscaler-controller',
  'horizontalpodautoscaling',
  'kube-apiserver-serving-clustertrustbundle-publisher-controller',
  'node-ipam-controller',
  'node-route-controller',
  'nodeipam',
  'resource-claim-controller',
  'resourceclaim-controller',
  'route',
  'selinux-warning-controller',
  'service',
  'service-cidr-controller',
  'service-lb-controller',
  'storage-version-migrator-controller',
  'storageversion-garbage-collector-controller',
  'storageversion-gc',
  'ttl',
  'ttl-controller',
  'validatingadmissionpolicy-status-controller',
  'volumeattributesclass-protection-controller',
]);

/**
 * Which of `known` are on, and why: by name or alias, `-name` for off, `*` for all others but those off by default; of
 * several entries for one the first counts. Models controller-manager/app IsControllerEnabled (v1.34).
 * @throws FlagError for a name that nobody has
 */
export function chooseControllers(
  selection: readonly string[],
  known: readonly KnownController[],
): ReadonlyMap<string, ControllerChoice> {
  const names = new Map(known.flatMap(({ name, alias }) => [[name, name] as const, [alias, name] as const]));
  const named = new Map<string, boolean>();
  for (const entry of selection) {
    if (entry === '*') continue;
    const isOn = !entry.startsWith('-');
    const wanted = isOn ? entry : entry.slice(1);
    const name = names.get(wanted);
    if (name === undefined) {
      if (!notModelledControllers.has(wanted))
        throw new FlagError(`"${wanted}" is not in the list of known controllers`);
    } else if (!named.has(name)) named.set(name, isOn);
  }
  const others = selection.includes('*');
  const choose = ({ name, isDisabledByDefault }: KnownController): ControllerChoice => {
    const isNamed = named.get(name);
    if (isNamed !== undefined) return isNamed ? 'named' : 'excluded';
    if (!others) return 'not-listed';
    return isDisabledByDefault === true ? 'off-by-default' : 'all';
  };
  return new Map(known.map((one) => [one.name, choose(one)]));
}

/** Whether a controller so chosen is to run. */
export function isEnabled(choice: ControllerChoice | undefined): boolean {
  return choice === 'all' || choice === 'named';
}
