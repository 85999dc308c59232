import { parseGoDuration } from '../../apimachinery/duration.ts';
import type { Quantity } from '../../apimachinery/quantity.ts';
import {
  addQuantities,
  parseQuantity,
  QuantityError,
  quantityOf,
  quantityValue,
} from '../../apimachinery/quantity.ts';
import type { KubeletConfiguration } from '../config/interface.ts';
import { KubeletConfigurationError } from '../config/interface.ts';

/** What is observed of a node. */
export type Signal =
  | 'memory.available'
  | 'allocatableMemory.available'
  | 'nodefs.available'
  | 'nodefs.inodesFree'
  | 'imagefs.available'
  | 'imagefs.inodesFree'
  | 'containerfs.available'
  | 'containerfs.inodesFree'
  | 'pid.available';

export type PressureCondition = 'MemoryPressure' | 'DiskPressure' | 'PIDPressure';
export type StarvedResource = 'memory' | 'ephemeral-storage' | 'inodes' | 'pids';

/** Condition and resource of each signal. */
export const SIGNALS: Readonly<
  Record<Signal, { readonly condition: PressureCondition; readonly resource: StarvedResource }>
> = {
  'memory.available': { condition: 'MemoryPressure', resource: 'memory' },
  'allocatableMemory.available': { condition: 'MemoryPressure', resource: 'memory' },
  'nodefs.available': { condition: 'DiskPressure', resource: 'ephemeral-storage' },
  'nodefs.inodesFree': { condition: 'DiskPressure', resource: 'inodes' },
  'imagefs.available': { condition: 'DiskPressure', resource: 'ephemeral-storage' },
  'imagefs.inodesFree': { condition: 'DiskPressure', resource: 'inodes' },
  'containerfs.available': { condition: 'DiskPressure', resource: 'ephemeral-storage' },
  'containerfs.inodesFree': { condition: 'DiskPressure', resource: 'inodes' },
  'pid.available': { condition: 'PIDPressure', resource: 'pids' },
};

/** A part of the capacity (0 to 1), or an amount. */
export type ThresholdValue = { readonly percentage: number } | { readonly quantity: Quantity };

/** When less is available than `value`, for `gracePeriod` milliseconds (0: a hard threshold). */
export interface Threshold {
  readonly signal: Signal;
  readonly value: ThresholdValue;
  readonly gracePeriod: number;
  /** How much more than the threshold has to be free until it counts as resolved. */
  readonly minReclaim?: ThresholdValue;
}

/** The amount that a value stands for. Models GetThresholdQuantity (api/types.go, v1.34). */
export function thresholdQuantity(value: ThresholdValue, capacity: Quantity): Quantity {
  if ('quantity' in value) return value.quantity;
  return quantityOf(Math.trunc(quantityValue(capacity) * value.percentage), 'BinarySI');
}

/** The amount below which a threshold is met, or, for one that was met, until it is resolved. */
export function limitOf(threshold: Threshold, capacity: Quantity, enforceMinReclaim: boolean): Quantity {
  const { value, minReclaim } = threshold;
  const quantity = thresholdQuantity(value, capacity);
  return enforceMinReclaim && minReclaim !== undefined
    ? addQuantities(quantity, thresholdQuantity(minReclaim, capacity))
    : quantity;
}

export const isHard = ({ gracePeriod }: Threshold): boolean => gracePeriod === 0;

/** As Go's float32 keeps it. */
function percentage(text: string): number {
  const number = Number(text.replace(/%+$/, ''));
  if (Number.isNaN(number))
    throw new KubeletConfigurationError(
      `strconv.ParseFloat: parsing ${JSON.stringify(text.replace(/%+$/, ''))}: invalid syntax`,
    );
  return Math.fround(Math.fround(number) / 100);
}

function quantity(text: string): Quantity {
  try {
    return parseQuantity(text);
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    throw new KubeletConfigurationError(error.message);
  }
}

function signalOf(text: string): Signal {
  if (!Object.hasOwn(SIGNALS, text))
    throw new KubeletConfigurationError(`unrecognized eviction signal ${text}`);
  return text as Signal;
}

function parseStatements(statements: Readonly<Record<string, string>>): Threshold[] {
  return Object.entries(statements).flatMap(([name, text]): Threshold[] => {
    const signal = signalOf(name);
    if (text.endsWith('%')) {
      if (text === '0%' || text === '100%') return [];
      const part = percentage(text);
      if (part < 0)
        throw new KubeletConfigurationError(`eviction percentage threshold ${name} must be >= 0%: ${text}`);
      if (part > 1)
        throw new KubeletConfigurationError(`eviction percentage threshold ${name} must be <= 100%: ${text}`);
      return [{ signal, value: { percentage: part }, gracePeriod: 0 }];
    }
    const amount = quantity(text);
    if (amount.nanos <= 0n)
      throw new KubeletConfigurationError(`eviction threshold ${name} must be positive: ${text}`);
    return [{ signal, value: { quantity: amount }, gracePeriod: 0 }];
  });
}

function parseGracePeriod(text: string): number {
  const period = parseGoDuration(text);
  if (period === undefined)
    throw new KubeletConfigurationError(`time: invalid duration ${JSON.stringify(text)}`);
  if (period < 0)
    throw new KubeletConfigurationError(
      `invalid eviction grace period specified: ${text}, must be a positive value`,
    );
  return period;
}

function parseMinimumReclaim(name: string, text: string): ThresholdValue {
  if (text.endsWith('%')) {
    const part = percentage(text);
    if (part <= 0)
      throw new KubeletConfigurationError(
        `eviction percentage minimum reclaim ${name} must be positive: ${text}`,
      );
    return { percentage: part };
  }
  const amount = quantity(text);
  if (amount.nanos < 0n)
    throw new KubeletConfigurationError(`negative eviction minimum reclaim specified for ${name}`);
  return { quantity: amount };
}

/** Hard thresholds alone. @throws KubeletConfigurationError */
export function hardThresholds({ evictionHard }: KubeletConfiguration): Threshold[] {
  return parseStatements(evictionHard);
}

/**
 * All thresholds of a configuration: hard, soft, and for what Pods may have together the hard one of memory again. One disk holds
 * everything, so `containerfs` follows `nodefs`. Models ParseThresholdConfig (pkg/kubelet/eviction/helpers.go, v1.34).
 * @throws KubeletConfigurationError
 */
export function parseThresholds(config: KubeletConfiguration): Threshold[] {
  const { evictionSoft, evictionSoftGracePeriod, evictionMinimumReclaim, enforceNodeAllocatable } = config;
  const hard = hardThresholds(config);
  for (const name of Object.keys(evictionSoftGracePeriod)) signalOf(name);
  for (const name of Object.keys(evictionMinimumReclaim)) signalOf(name);
  const soft = parseStatements(evictionSoft).map((threshold) => {
    const period = evictionSoftGracePeriod[threshold.signal];
    if (period === undefined)
      throw new KubeletConfigurationError(
        `grace period must be specified for the soft eviction threshold ${threshold.signal}`,
      );
    return { ...threshold, gracePeriod: parseGracePeriod(period) };
  });
  const reclaimed = [...hard, ...soft].map((threshold) => {
    const text = evictionMinimumReclaim[threshold.signal];
    return text === undefined
      ? threshold
      : { ...threshold, minReclaim: parseMinimumReclaim(threshold.signal, text) };
  });
  const own = reclaimed.filter(({ signal }) => !signal.startsWith('containerfs.'));
  if (!enforceNodeAllocatable.includes('pods')) return own;
  const memory = own.filter((threshold) => threshold.signal === 'memory.available' && isHard(threshold));
  return [
    ...own,
    ...memory.map((threshold): Threshold => ({ ...threshold, signal: 'allocatableMemory.available' })),
  ];
}
