import type { Quantity } from '../../apimachinery/quantity.ts';
import { compareQuantities, parseQuantity } from '../../apimachinery/quantity.ts';
import type { ResourceAmounts } from '../helpers/resource-list.ts';
import type { KubeObject, PersistentVolumeClaim } from '../types.ts';
import type { QuotaEvaluator } from './evaluator.ts';
import { countName, ONE } from './evaluator.ts';
import { selectorMatches } from './scopes.ts';

const COUNT = countName('', 'persistentvolumeclaims');
const NAMES = [COUNT, 'persistentvolumeclaims', 'requests.storage'];
const BY_CLASS = '.storageclass.storage.k8s.io/';
const CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

/** Claims and the storage they ask for, in all and by class. Models evaluator/core/persistent_volume_claims.go (v1.34). */
export const CLAIM_EVALUATOR: QuotaEvaluator = {
  handles: (operation, subresource) => operation !== 'DELETE' && subresource === '',
  matchingResources: (given) =>
    given.filter(
      (name) =>
        NAMES.includes(name) ||
        name.endsWith(`${BY_CLASS}requests.storage`) ||
        name.endsWith(`${BY_CLASS}persistentvolumeclaims`),
    ),
  matchesScope: (selector, object) => {
    if (selector.scopeName !== 'VolumeAttributesClass') return false;
    const { spec, status } = object as PersistentVolumeClaim;
    const classes = [
      spec?.volumeAttributesClassName,
      status?.currentVolumeAttributesClassName,
      status?.modifyVolumeStatus?.targetVolumeAttributesClassName,
    ].filter((name): name is string => (name ?? '') !== '');
    if (classes.length === 0) return selectorMatches(selector, '');
    return classes.some((name) => selectorMatches(selector, name));
  },
  constraints: () => undefined,
  usage,
  frees: (old, object) => storageOf(old)?.nanos !== storageOf(object)?.nanos,
};

function usage(object: KubeObject): ResourceAmounts {
  const { metadata, spec } = object as PersistentVolumeClaim;
  const storageClass = metadata?.annotations?.[CLASS_ANNOTATION] ?? spec?.storageClassName ?? '';
  const used: ResourceAmounts = new Map([
    [COUNT, ONE],
    ['persistentvolumeclaims', ONE],
  ]);
  if (storageClass !== '') used.set(`${storageClass}${BY_CLASS}persistentvolumeclaims`, ONE);
  const storage = storageOf(object);
  if (storage === undefined) return used;
  used.set('requests.storage', storage);
  if (storageClass !== '') used.set(`${storageClass}${BY_CLASS}requests.storage`, storage);
  return used;
}

/** What is asked for, or set aside already when that is more. */
function storageOf(object: KubeObject): Quantity | undefined {
  const { spec, status } = object as PersistentVolumeClaim;
  const asked = spec?.resources?.requests?.['storage'];
  if (asked === undefined) return undefined;
  const requested = parseQuantity(asked);
  const allocated = status?.allocatedResources?.['storage'];
  if (allocated === undefined) return requested;
  const aside = parseQuantity(allocated);
  return compareQuantities(aside, requested) > 0 ? aside : requested;
}
