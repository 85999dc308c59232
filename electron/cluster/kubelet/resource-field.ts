import { parseQuantity } from '../apimachinery/quantity.ts';
import type { Container, Pod } from '../api/types.ts';

export type Amounts = Readonly<Record<string, string>>;

interface ResourceField {
  /** e.g. `limits.memory`. */
  readonly resource: string;
  readonly containerName?: string | undefined;
  readonly divisor?: string | undefined;
}

const DEFAULTED = ['cpu', 'memory', 'ephemeral-storage'];

const nanosOf = (text: string | undefined): bigint => (text === undefined ? 0n : parseQuantity(text).nanos);

/**
 * An amount of a container in whole units of the divisor, rounded up. A limit that is not set is what the node has to give.
 * Models resource.ExtractContainerResourceValue and defaultPodLimitsForDownwardAPI (v1.34).
 */
export function resourceFieldValue(
  pod: Pod,
  own: Container | undefined,
  field: ResourceField,
  allocatable: Amounts,
): string {
  const { containerName = '' } = field;
  const all = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const container = containerName === '' ? own : all.find(({ name }) => name === containerName);
  const dot = field.resource.indexOf('.');
  const isLimit = field.resource.slice(0, dot) === 'limits';
  const resource = field.resource.slice(dot + 1);
  const set = nanosOf(container?.resources?.[isLimit ? 'limits' : 'requests']?.[resource]);
  const nanos = set === 0n && isLimit && DEFAULTED.includes(resource) ? nanosOf(allocatable[resource]) : set;
  const divisor = nanosOf(field.divisor);
  const unit = divisor === 0n ? 1_000_000_000n : divisor;
  return String((nanos + unit - 1n) / unit);
}
