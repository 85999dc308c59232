import { readFileSync } from 'node:fs';
import type { Json, JsonObject } from '../json.ts';
import { listAt, stringAt } from '../json.ts';

/** The groups and resources the fake server has. */
export const discovery = JSON.parse(
  readFileSync(new URL('./discovery.json', import.meta.url), 'utf8'),
) as JsonObject[];

/** Each with its group and version. */
export function resources(): { group: string; version: string; resource: JsonObject }[] {
  return discovery.flatMap((group) =>
    listAt(group, 'versions').flatMap((version) =>
      listAt(version, 'resources').map((resource) => ({
        group: stringAt(group, 'metadata', 'name'),
        version: stringAt(version, 'version'),
        resource: resource as JsonObject,
      })),
    ),
  );
}

/** `/openapi/v3`: where each group's document is. */
export function openApiRoot(): JsonObject {
  const paths: JsonObject = {};
  for (const { group, version } of resources()) {
    const key = group === '' ? `api/${version}` : `apis/${group}/${version}`;
    paths[key] = { serverRelativeURL: `/openapi/v3/${key}` };
  }
  return { paths };
}

/** A document that says no more than that writes take `fieldValidation`. */
export function openApi(key: string): JsonObject {
  const paths: JsonObject = {};
  for (const { group, version, resource } of resources()) {
    if ((group === '' ? `api/${version}` : `apis/${group}/${version}`) !== key) continue;
    const scope = stringAt(resource, 'scope') === 'Namespaced' ? 'namespaces/{namespace}/' : '';
    const operation: Json = {
      parameters: [
        { name: 'fieldValidation', in: 'query' },
        { name: 'dryRun', in: 'query' },
      ],
      'x-kubernetes-group-version-kind': { group, version, kind: stringAt(resource, 'responseKind', 'kind') },
    };
    paths[`/${key}/${scope}${stringAt(resource, 'resource')}/{name}`] = { patch: operation };
    paths[`/${key}/${scope}${stringAt(resource, 'resource')}`] = { post: operation };
  }
  return { openapi: '3.0.0', info: { title: 'x', version: 'x' }, paths };
}
