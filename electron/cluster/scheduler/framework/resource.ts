import { parseQuantity, quantityMilliValue, quantityValue } from '../../apimachinery/quantity.ts';

/** Amounts that the scheduler counts in. CPU in thousandths, everything else in whole units. */
export interface Resource {
  milliCpu: number;
  memory: number;
  ephemeralStorage: number;
  /** Only as allocatable. */
  pods: number;
  /** Extended resources and huge pages, by name. */
  scalars: Map<string, number> | undefined;
}

export function emptyResource(): Resource {
  return { milliCpu: 0, memory: 0, ephemeralStorage: 0, pods: 0, scalars: undefined };
}

/** What stands in, in scores, for requests that a container does not make: 100m and 200Mi. */
export const defaultMilliCpu = 100;
export const defaultMemory = 200 * 1024 * 1024;

type ResourceList = Readonly<Record<string, string>> | undefined;

const parsed = new Map<string, { readonly whole: number; readonly milli: number }>();

function amounts(text: string): { readonly whole: number; readonly milli: number } {
  let found = parsed.get(text);
  if (found === undefined) {
    const quantity = parseQuantity(text);
    found = { whole: quantityValue(quantity), milli: quantityMilliValue(quantity) };
    if (parsed.size > 10_000) parsed.clear();
    parsed.set(text, found);
  }
  return found;
}

/** Reads a resource list such as `{cpu: 100m, memory: 1Gi}`. @throws QuantityError */
export function readResourceList(list: ResourceList): Resource {
  const resource = emptyResource();
  for (const [name, text] of Object.entries(list ?? {})) {
    const { whole, milli } = amounts(text);
    if (name === 'cpu') resource.milliCpu = milli;
    else if (name === 'memory') resource.memory = whole;
    else if (name === 'ephemeral-storage') resource.ephemeralStorage = whole;
    else if (name === 'pods') resource.pods = whole;
    else (resource.scalars ??= new Map()).set(name, whole);
  }
  return resource;
}

/** `into += sign * what` */
export function addResource(into: Resource, what: Resource, sign: 1 | -1 = 1): void {
  into.milliCpu += sign * what.milliCpu;
  into.memory += sign * what.memory;
  into.ephemeralStorage += sign * what.ephemeralStorage;
  if (what.scalars === undefined) return;
  into.scalars ??= new Map();
  for (const [name, amount] of what.scalars)
    into.scalars.set(name, (into.scalars.get(name) ?? 0) + sign * amount);
}

/** Raises every amount of `into` to at least that of `what`. */
export function maxResource(into: Resource, what: Resource): void {
  into.milliCpu = Math.max(into.milliCpu, what.milliCpu);
  into.memory = Math.max(into.memory, what.memory);
  into.ephemeralStorage = Math.max(into.ephemeralStorage, what.ephemeralStorage);
  if (what.scalars === undefined) return;
  into.scalars ??= new Map();
  for (const [name, amount] of what.scalars)
    into.scalars.set(name, Math.max(into.scalars.get(name) ?? 0, amount));
}

export function cloneResource(resource: Resource): Resource {
  return { ...resource, scalars: resource.scalars === undefined ? undefined : new Map(resource.scalars) };
}
