import { compareQuantities, parseQuantity } from '../../../../apimachinery/quantity.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { duplicate, forbidden, invalid, required } from '../../../../apimachinery/validation/field-error.ts';
import { isQualifiedName } from '../../../../apimachinery/validation/names.ts';
import type { LimitRange, LimitRangeItem } from '../../../types.ts';
import { isExtendedResource } from '../pod/resources-validation.ts';

type Amounts = Readonly<Record<string, string>>;
const TYPES = new Set(['Pod', 'Container', 'PersistentVolumeClaim']);
const CONTAINER_RESOURCES = new Set(['cpu', 'memory', 'ephemeral-storage']);
const STANDARD_RESOURCES = new Set([...CONTAINER_RESOURCES, 'storage', 'pods', 'persistentvolumeclaims']);
const HUGE_PAGES = 'hugepages-';

/** Models ValidateLimitRange (v1.34); metadata is checked elsewhere. */
export function validateLimitRange(range: LimitRange): FieldError[] {
  const seen = new Set<string>();
  return (range.spec?.limits ?? []).flatMap((item, index) => {
    const path = `spec.limits[${index}]`;
    const errors = isQualifiedName(item.type ?? '').map((message) =>
      invalid(`${path}.type`, item.type ?? '', message),
    );
    if (errors.length === 0 && !item.type.includes('/') && !TYPES.has(item.type)) {
      const detail = 'must be a standard limit type or fully qualified';
      errors.push(invalid(`${path}.type`, item.type, detail));
    }
    if (seen.has(item.type)) errors.push(duplicate(`${path}.type`, item.type));
    seen.add(item.type);
    return [...errors, ...validateItem(item, path)];
  });
}

function validateItem(item: LimitRangeItem, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  const collect = (amounts: Amounts | undefined, field: string): void => {
    for (const name of Object.keys(amounts ?? {})) {
      errors.push(...validateName(item.type, name, `${path}.${field}[${name}]`));
      names.add(name);
    }
  };
  collect(item.max, 'max');
  collect(item.min, 'min');
  if (item.type === 'Pod') {
    for (const field of ['default', 'defaultRequest'] as const) {
      if (Object.keys(item[field] ?? {}).length > 0)
        errors.push(forbidden(`${path}.${field}`, "may not be specified when `type` is 'Pod'"));
    }
  } else {
    collect(item.default, 'default');
    collect(item.defaultRequest, 'defaultRequest');
  }
  if (
    item.type === 'PersistentVolumeClaim' &&
    item.min?.['storage'] === undefined &&
    item.max?.['storage'] === undefined
  ) {
    const detail = 'either minimum or maximum storage value is required, but neither was provided';
    errors.push(required(path, detail));
  }
  collect(item.maxLimitRequestRatio, 'maxLimitRequestRatio');
  for (const name of names) errors.push(...validateBounds(item, name, path));
  return errors;
}

function validateName(type: string, name: string, path: string): FieldError[] {
  const errors = isQualifiedName(name).map((message) => invalid(path, name, message));
  if (errors.length > 0 || name.includes('/') || name.startsWith(HUGE_PAGES)) return errors;
  const ofContainer = type === 'Pod' || type === 'Container';
  if (!(ofContainer ? CONTAINER_RESOURCES : STANDARD_RESOURCES).has(name)) {
    errors.push(invalid(path, name, 'must be a standard resource type or fully qualified'));
    if (ofContainer) errors.push(invalid(path, name, 'must be a standard resource for containers'));
  }
  return errors;
}

/** The rules between the bounds of one resource: min ≤ defaultRequest ≤ default ≤ max. */
function validateBounds(item: LimitRangeItem, name: string, path: string): FieldError[] {
  const min = item.min?.[name];
  const max = item.max?.[name];
  const limit = item.type === 'Pod' ? undefined : item.default?.[name];
  const request = item.type === 'Pod' ? undefined : item.defaultRequest?.[name];
  const ratio = item.maxLimitRequestRatio?.[name];
  const errors: FieldError[] = [];
  const check = (
    low: string | undefined,
    high: string | undefined,
    field: string,
    shown: string | undefined,
    text: string,
  ): void => {
    if (low === undefined || high === undefined) return;
    if (compareQuantities(parseQuantity(low), parseQuantity(high)) <= 0) return;
    const [lowName = '', highName = ''] = text.split('|');
    const detail = `${lowName} value ${low} is greater than ${highName} value ${high}`;
    errors.push(invalid(`${path}.${field}[${name}]`, shown, detail));
  };
  check(min, max, 'min', min, 'min|max');
  check(min, request, 'defaultRequest', request, 'min|default request');
  check(request, max, 'defaultRequest', request, 'default request|max');
  check(request, limit, 'defaultRequest', request, 'default request|default limit');
  check(min, limit, 'default', min, 'min|default');
  check(limit, max, 'default', max, 'default|max');
  if (ratio !== undefined)
    errors.push(...validateRatio(ratio, min, max, `${path}.maxLimitRequestRatio[${name}]`));
  if (
    (isExtendedResource(name) || name.startsWith(HUGE_PAGES)) &&
    limit !== undefined &&
    request !== undefined &&
    limit !== request
  ) {
    const detail = `default value ${limit} must equal to defaultRequest value ${request} in ${name}`;
    errors.push(invalid(`${path}.defaultRequest[${name}]`, request, detail));
  }
  return errors;
}

function validateRatio(
  ratio: string,
  min: string | undefined,
  max: string | undefined,
  path: string,
): FieldError[] {
  const nanos = (written: string): number => Number(parseQuantity(written).nanos);
  const errors: FieldError[] = [];
  if (nanos(ratio) < 1e9) errors.push(invalid(path, ratio, `ratio ${ratio} is less than 1`));
  if (min !== undefined && max !== undefined) {
    const quotient = nanos(max) / nanos(min);
    if (nanos(ratio) / 1e9 > quotient) {
      errors.push(invalid(path, ratio, `ratio ${ratio} is greater than max/min = ${quotient.toFixed(6)}`));
    }
  }
  return errors;
}
