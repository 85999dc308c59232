import type { ApiResource } from './discovery.ts';
import { compactJson } from './go-format.ts';
import { StatusError } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import { apiVersionOf, resourcePath } from './rest-mapper.ts';
import type { Session } from './session.ts';

export type PatchType = 'strategic' | 'merge' | 'json' | 'apply';

const contentTypes: Readonly<Record<PatchType, string>> = {
  strategic: 'application/strategic-merge-patch+json',
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
};

export interface ObjectRef {
  readonly mapping: ApiResource;
  readonly namespace: string;
  readonly name: string;
}

type Query = Readonly<Record<string, string | undefined>>;

/** The kind and version an answer may leave out. */
function named(mapping: ApiResource, object: JsonObject): JsonObject {
  return { apiVersion: apiVersionOf(mapping), kind: mapping.kind, ...object };
}

export async function createObject(
  session: Session,
  mapping: ApiResource,
  namespace: string,
  object: JsonObject,
  query: Query,
): Promise<JsonObject> {
  const transport = await session.transport();
  return named(
    mapping,
    await transport.json({
      method: 'POST',
      path: resourcePath(mapping, namespace),
      query,
      body: compactJson(object),
    }),
  );
}

export async function replaceObject(
  session: Session,
  ref: ObjectRef,
  object: JsonObject,
  query: Query,
  subresource?: string,
): Promise<JsonObject> {
  const transport = await session.transport();
  return named(
    ref.mapping,
    await transport.json({
      method: 'PUT',
      path: resourcePath(ref.mapping, ref.namespace, ref.name, subresource),
      query,
      body: compactJson(object),
    }),
  );
}

export async function patchObject(
  session: Session,
  ref: ObjectRef,
  type: PatchType,
  patch: Json | string,
  query: Query = {},
  subresource?: string,
): Promise<JsonObject> {
  const transport = await session.transport();
  const answer = await transport.json({
    method: 'PATCH',
    path: resourcePath(ref.mapping, ref.namespace, ref.name, subresource),
    query,
    body: patch,
    contentType: contentTypes[type],
  });
  return subresource === 'scale' ? answer : named(ref.mapping, answer);
}

export async function deleteObject(
  session: Session,
  ref: ObjectRef,
  options: JsonObject,
  query: Query = {},
): Promise<JsonObject> {
  const transport = await session.transport();
  return transport.json({
    method: 'DELETE',
    path: resourcePath(ref.mapping, ref.namespace, ref.name),
    query,
    body: options,
  });
}

/** Names the file an object came from in the server's complaint about it. */
export async function withSource<T>(
  verb: string,
  source: string | undefined,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof StatusError && source !== undefined) throw error.withSource(verb, source);
    throw error;
  }
}
