import type { ListType } from '../schema/type-schema.ts';
import type { PathElement } from './path-element.ts';
import { keyElement, valueElement } from './path-element.ts';

type Json = Readonly<Record<string, unknown>>;

/** An item that cannot be told apart from others. `message` is upstream's. */
export class ListItemError extends Error {}

/**
 * The step to an item of a list that is a set or a map. Models listItemToPathElement (structured-merge-diff v6).
 * @throws ListItemError
 */
export function elementOfItem(list: ListType, item: unknown): PathElement {
  return list.relationship === 'map' ? elementByKeys(list, item) : elementByValue(item);
}

/** Items by their step, in order; of several with the same step, all. Items without one are left out. */
export function itemsByElement(list: ListType, items: readonly unknown[]): Map<PathElement, unknown[]> {
  const found = new Map<PathElement, unknown[]>();
  for (const item of items) {
    let element: PathElement;
    try {
      element = elementOfItem(list, item);
    } catch (error) {
      if (error instanceof ListItemError) continue;
      throw error;
    }
    const others = found.get(element);
    if (others === undefined) found.set(element, [item]);
    else others.push(item);
  }
  return found;
}

function elementByKeys(list: ListType, item: unknown): PathElement {
  if (item === null || item === undefined) {
    throw new ListItemError('associative list with keys may not have a null element');
  }
  if (typeof item !== 'object' || Array.isArray(item)) {
    throw new ListItemError('associative list with keys may not have non-map elements');
  }
  if (list.keys.length === 1) {
    const value = (item as Json)[list.keys[0] as string];
    if (typeof value === 'string') return elementByText(list, value);
  }
  const keys: Record<string, unknown> = {};
  for (const name of list.keys) {
    const value = (item as Json)[name] ?? defaultOf(list, name);
    if (value !== undefined) keys[name] = value;
  }
  if (Object.keys(keys).length === 0) {
    const names = list.keys.map((name) => JSON.stringify(name)).join(' ');
    throw new ListItemError(
      `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
    );
  }
  return keyElement(keys);
}

/** Steps to items with one key that is a text: names and types, mostly the same few over and over. */
const elementsByText = new WeakMap<ListType, Map<string, PathElement>>();
const MAX_ELEMENTS = 1000;

function elementByText(list: ListType, value: string): PathElement {
  let known = elementsByText.get(list);
  if (known === undefined) elementsByText.set(list, (known = new Map()));
  let element = known.get(value);
  if (element === undefined) {
    element = keyElement({ [list.keys[0] as string]: value });
    if (known.size < MAX_ELEMENTS) known.set(value, element);
  }
  return element;
}

function defaultOf(list: ListType, name: string): unknown {
  const value = list.item.kind === 'struct' ? list.item.fields.get(name)?.defaultValue : undefined;
  // The schema says '' for every required text; that is its zero value and not a default people may rely on.
  return value === '' ? undefined : value;
}

function elementByValue(item: unknown): PathElement {
  if (item === null || item === undefined) {
    throw new ListItemError("associative list without keys has an element that's an explicit null");
  }
  if (Array.isArray(item)) {
    throw new ListItemError('not supported: associative list with lists as elements');
  }
  if (typeof item === 'object') {
    throw new ListItemError("associative list without keys has an element that's a map type");
  }
  return valueElement(item);
}
