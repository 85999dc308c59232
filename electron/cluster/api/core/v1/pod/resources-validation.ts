import { compareQuantities, formatQuantity, parseQuantity } from '../../../../apimachinery/quantity.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid, required } from '../../../../apimachinery/validation/field-error.ts';
import { isQualifiedName } from '../../../../apimachinery/validation/names.ts';
import { child, key } from '../../../../apimachinery/validation/path.ts';
import type { Container } from '../../../types.ts';

type Resources = NonNullable<Container['resources']>;

const STANDARD = new Set(['cpu', 'memory', 'ephemeral-storage']);
const NANO = 1_000_000_000n;

/** `example.com/gpu` and the like: counted in whole pieces, never overcommitted. */
export function isExtendedResource(name: string): boolean {
  return name.includes('/') && !name.startsWith('requests.') && !/(^|\.)kubernetes\.io\//.test(name);
}

function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-');
}

/** Requests and limits of a container. Models ValidateContainerResourceRequirements (v1.34). */
export function validateResources(resources: Resources, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const limitsPath = child(path, 'limits');
  const requestsPath = child(path, 'requests');
  for (const name in resources.limits) {
    errors.push(...validateAmount(name, resources.limits[name] as string, key(limitsPath, name)));
  }
  for (const name in resources.requests) {
    const written = resources.requests[name] as string;
    errors.push(...validateAmount(name, written, key(requestsPath, name)));
    const limit = resources.limits?.[name];
    if (limit !== undefined) {
      const order = compareQuantities(parseQuantity(written), parseQuantity(limit));
      const shown = formatQuantity(parseQuantity(limit));
      if ((isExtendedResource(name) || isHugePages(name)) && order !== 0) {
        errors.push(invalid(requestsPath, written, `must be equal to ${name} limit of ${shown}`));
      } else if (order > 0) {
        errors.push(
          invalid(requestsPath, written, `must be less than or equal to ${name} limit of ${shown}`),
        );
      }
    } else if (isExtendedResource(name) || isHugePages(name)) {
      errors.push(required(limitsPath, 'Limit must be set for non overcommitable resources'));
    }
  }
  return errors;
}

function validateAmount(name: string, written: string, path: string): FieldError[] {
  const errors: FieldError[] = isQualifiedName(name).map((message) => invalid(path, name, message));
  if (errors.length === 0 && !name.includes('/') && !STANDARD.has(name) && !isHugePages(name)) {
    errors.push(invalid(path, name, 'must be a standard resource type or fully qualified'));
    errors.push(invalid(path, name, 'must be a standard resource for containers'));
  }
  errors.push(...validateResourceQuantity(name, written, path));
  return errors;
}

/** Not negative, and whole where the resource is counted. Models ValidateResourceQuantityValue. */
export function validateResourceQuantity(name: string, written: string, path: string): FieldError[] {
  const { nanos } = parseQuantity(written);
  if (nanos < 0n) return [invalid(path, written, 'must be greater than or equal to 0')];
  if ((isExtendedResource(name) || name === 'pods') && nanos % NANO !== 0n) {
    return [invalid(path, written, 'must be an integer')];
  }
  return [];
}
