import type { ApiResource } from './discovery.ts';
import { StatusError } from './errors.ts';
import { quote } from './go-format.ts';
import type { JsonObject } from './json.ts';
import { isObject, listAt, nameOf, namespaceOf, stringAt } from './json.ts';
import { apiVersionOf, resourcePath } from './rest-mapper.ts';
import { resolveTargets } from './resource-args.ts';
import type { Resolved, Selection, Target } from './resource-args.ts';
import type { Session } from './session.ts';

/** An object of the server and where it belongs. */
export interface Found {
  readonly mapping: ApiResource;
  readonly namespace: string;
  readonly name: string;
  readonly object: JsonObject;
  /** The file it was named by, if any. */
  readonly source?: string;
  /** As the file had it. */
  readonly local?: JsonObject;
}

export const chunkSize = 500;

export async function getObject(
  session: Session,
  mapping: ApiResource,
  namespace: string,
  name: string,
  subresource?: string,
): Promise<JsonObject> {
  const transport = await session.transport();
  return transport.json({ path: resourcePath(mapping, namespace, name, subresource) });
}

export interface ListOptions {
  readonly selector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly limit?: number;
}

/** All objects of a collection, page by page. Items get the kind the list implies. */
export async function listObjects(
  session: Session,
  mapping: ApiResource,
  namespace: string,
  options: ListOptions = {},
): Promise<JsonObject[]> {
  const transport = await session.transport();
  const items: JsonObject[] = [];
  const limit = options.limit ?? chunkSize;
  let next: string | undefined;
  do {
    const list: JsonObject = await withSelectorContext(mapping, options, () =>
      transport.json({
        path: resourcePath(mapping, namespace),
        query: {
          labelSelector: options.selector || undefined,
          fieldSelector: options.fieldSelector || undefined,
          limit: limit > 0 ? String(limit) : undefined,
          continue: next,
        },
      }),
    );
    for (const item of listAt(list, 'items')) {
      if (isObject(item)) items.push({ apiVersion: apiVersionOf(mapping), kind: mapping.kind, ...item });
    }
    next = stringAt(list, 'metadata', 'continue') || undefined;
  } while (next !== undefined);
  return items;
}

/** Says what was looked for when the server finds the request bad, as kubectl does. */
export async function withSelectorContext<T>(
  mapping: ApiResource,
  options: ListOptions,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof StatusError) || (error.reason !== 'BadRequest' && error.reason !== 'NotFound'))
      throw error;
    const what = quote(`${mapping.group}/${mapping.version}, Resource=${mapping.name}`);
    const { selector = '', fieldSelector = '' } = options;
    const message =
      selector === '' && fieldSelector === ''
        ? `Unable to list ${what}: ${error.message}`
        : `Unable to find ${what} that match label selector ${quote(selector)}, field selector ${quote(fieldSelector)}: ${error.message}`;
    throw new StatusError({ ...error.status, message });
  }
}

/**
 * The objects the targets mean, fetched from the server one after the other; what cannot be had is yielded as its error.
 */
export async function* fetchTargets(
  session: Session,
  resolved: Resolved,
  selection: Pick<Selection, 'selector' | 'fieldSelector'> & { readonly limit?: number },
): AsyncGenerator<Found | Error> {
  for (const target of resolved.targets) {
    if (target instanceof Error) {
      yield target;
      continue;
    }
    try {
      yield* fetchTarget(session, target, selection);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      yield error;
    }
  }
}

async function* fetchTarget(session: Session, target: Target, selection: ListOptions): AsyncGenerator<Found> {
  const { mapping, namespace, name } = target;
  if (name === undefined) {
    for (const object of await listObjects(session, mapping, namespace, selection)) {
      yield {
        mapping,
        namespace: mapping.namespaced ? namespaceOf(object) : '',
        name: nameOf(object),
        object,
      };
    }
    return;
  }
  const object = await getObject(session, mapping, namespace, name);
  yield {
    mapping,
    namespace,
    name,
    object,
    ...(target.source === undefined ? {} : { source: target.source }),
    ...(target.object === undefined ? {} : { local: target.object }),
  };
}

/** Everything the targets mean, and what could not be had. */
export async function collectTargets(
  session: Session,
  resolved: Resolved,
  selection: Partial<Pick<Selection, 'args' | 'selector' | 'fieldSelector'>>,
): Promise<{ found: Found[]; errors: unknown[] }> {
  const found: Found[] = [];
  const errors: unknown[] = [];
  for await (const each of fetchTargets(session, resolved, selection)) {
    if (each instanceof Error) errors.push(each);
    else found.push(each);
  }
  return { found, errors };
}

/** The objects a command line names. */
export async function findTargets(
  session: Session,
  selection: Selection,
): Promise<{ found: Found[]; errors: unknown[] }> {
  return collectTargets(session, await resolveTargets(session, selection), selection);
}
