import { KubectlError } from '../errors.ts';
import { quote } from '../go-format.ts';
import type { Json, JsonObject } from '../json.ts';
import { JsonPathTemplate, relaxedPath } from '../jsonpath/template.ts';
import { parseQuantity } from '../quantity.ts';

/** Digits compare by value: `a2` before `a10`. */
export function naturalOrder(a: string, b: string): number {
  const x = a.match(/\d+|\D+/g) ?? [];
  const y = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const left = x[i] ?? '';
    const right = y[i] ?? '';
    if (left === right) continue;
    if (/^\d/.test(left) && /^\d/.test(right)) {
      const d = Number(left) - Number(right);
      if (d !== 0) return d;
      return left.length - right.length;
    }
    return left < right ? -1 : 1;
  }
  return x.length - y.length;
}

function order(a: Json | undefined, b: Json | undefined): number {
  if (a === undefined || a === null) return b === undefined || b === null ? 0 : -1;
  if (b === undefined || b === null) return 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  const x = String(a);
  const y = String(b);
  const qx = parseQuantity(x);
  const qy = parseQuantity(y);
  if (qx !== undefined && qy !== undefined) return qx - qy;
  return naturalOrder(x, y);
}

/** No object has the field to sort by. */
export class NoSuchField extends KubectlError {
  override readonly name = 'NoSuchField';
}

/** `--sort-by`: the same items in the order of one field. Models kubectl's pkg/cmd/get/sorter.go. */
export function sortByField<T>(items: readonly T[], field: string, objectOf: (item: T) => JsonObject): T[] {
  let path: JsonPathTemplate;
  let shown: string;
  try {
    shown = relaxedPath(field);
    path = new JsonPathTemplate(shown);
  } catch (error) {
    throw new KubectlError(error instanceof Error ? error.message : String(error));
  }
  const keyed = items.map((item) => ({ item, key: path.find(objectOf(item)).flat()[0] }));
  if (items.length > 0 && keyed.every((each) => each.key === undefined)) {
    throw new NoSuchField(`couldn't find any field with path ${quote(shown)} in the list of objects`);
  }
  return keyed.sort((a, b) => order(a.key, b.key)).map((each) => each.item);
}
