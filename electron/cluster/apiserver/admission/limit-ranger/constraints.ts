import type { ResourceAmounts } from '../../../api/helpers/resource-list.ts';
import { parseAmounts } from '../../../api/helpers/resource-list.ts';
import type { LimitRangeItem } from '../../../api/types.ts';
import type { Quantity } from '../../../apimachinery/quantity.ts';
import { compareQuantities, formatQuantity } from '../../../apimachinery/quantity.ts';

/** What somebody asks for and is limited to. */
export interface Amounts {
  readonly requests: ResourceAmounts;
  readonly limits: ResourceAmounts;
}

type Bounds = Readonly<Record<string, string>> | undefined;
type Complaint = string | undefined;

/** One complaint a bound that does not hold, names in order. */
function each(bounds: Bounds, judge: (name: string, bound: Quantity) => Complaint): string[] {
  const complaints: string[] = [];
  const amounts = parseAmounts(bounds);
  for (const name of [...amounts.keys()].sort()) {
    const complaint = judge(name, amounts.get(name) as Quantity);
    if (complaint !== undefined) complaints.push(complaint);
  }
  return complaints;
}

function tooLow(type: string, name: string, least: Quantity, { requests, limits }: Amounts): Complaint {
  const request = requests.get(name);
  const limit = limits.get(name);
  const rule = `minimum ${name} usage per ${type} is ${formatQuantity(least)}`;
  if (request === undefined) return `${rule}.  No request is specified`;
  if (compareQuantities(request, least) < 0) return `${rule}, but request is ${formatQuantity(request)}`;
  if (limit !== undefined && compareQuantities(limit, least) < 0)
    return `${rule}, but limit is ${formatQuantity(limit)}`;
  return undefined;
}

function tooHigh(type: string, name: string, most: Quantity, { requests, limits }: Amounts): Complaint {
  const request = requests.get(name);
  const limit = limits.get(name);
  const rule = `maximum ${name} usage per ${type} is ${formatQuantity(most)}`;
  if (limit === undefined) return `${rule}.  No limit is specified`;
  if (compareQuantities(limit, most) > 0) return `${rule}, but limit is ${formatQuantity(limit)}`;
  if (request !== undefined && compareQuantities(request, most) > 0)
    return `${rule}, but request is ${formatQuantity(request)}`;
  return undefined;
}

/** The highest where only requests count. */
function requestTooHigh(type: string, name: string, most: Quantity, requests: ResourceAmounts): Complaint {
  const request = requests.get(name);
  const rule = `maximum ${name} usage per ${type} is ${formatQuantity(most)}`;
  if (request === undefined) return `${rule}.  No request is specified`;
  if (compareQuantities(request, most) > 0) return `${rule}, but request is ${formatQuantity(request)}`;
  return undefined;
}

function ratioTooHigh(type: string, name: string, most: Quantity, { requests, limits }: Amounts): Complaint {
  const request = requests.get(name)?.nanos ?? 0n;
  const limit = limits.get(name)?.nanos ?? 0n;
  const rule = `${name} max limit to request ratio per ${type} is ${formatQuantity(most)}`;
  if (request === 0n) return `${rule}, but no request is specified or request is 0`;
  if (limit === 0n) return `${rule}, but no limit is specified or limit is 0`;
  // limit / request > most, without rounding: all three are counted in 10^-9.
  if (limit * 1_000_000_000n <= most.nanos * request) return undefined;
  return `${rule}, but provided ratio is ${(Number(limit) / Number(request)).toFixed(6)}`;
}

/** What a `Container` or `Pod` item has against the amounts. Models validateLimitRange of limitranger (v1.34). */
export function computeComplaints(item: LimitRangeItem, amounts: Amounts): string[] {
  const { type } = item;
  return [
    ...each(item.min, (name, bound) => tooLow(type, name, bound, amounts)),
    ...each(item.max, (name, bound) => tooHigh(type, name, bound, amounts)),
    ...each(item.maxLimitRequestRatio, (name, bound) => ratioTooHigh(type, name, bound, amounts)),
  ];
}

/** What a `PersistentVolumeClaim` item has against a claim's requests. Models PersistentVolumeClaimValidateLimitFunc (v1.34). */
export function claimComplaints(item: LimitRangeItem, requests: ResourceAmounts): string[] {
  const { type } = item;
  return [
    ...each(item.min, (name, bound) => tooLow(type, name, bound, { requests, limits: new Map() })),
    ...each(item.max, (name, bound) => requestTooHigh(type, name, bound, requests)),
  ];
}
