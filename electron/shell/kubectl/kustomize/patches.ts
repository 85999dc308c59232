import { posix } from 'node:path';
import type { Json, JsonObject } from '../json.ts';
import { isObject, nameOf, namespaceOf, objectAt, stringAt } from '../json.ts';
import { readDocuments } from '../manifest.ts';
import { patchTypeOf } from '../patch/patch-schema.ts';
import { selectorMatcher } from '../resource-args.ts';
import { splitApiVersion } from '../rest-mapper.ts';
import type { Session } from '../session.ts';
import { readYaml, YamlError } from '../yaml/read.ts';
import type { Resource } from './interface.ts';
import type { Operation } from './json-patch.ts';
import { applyJsonPatch } from './json-patch.ts';
import { KustomizeError } from './kustomize-error.ts';
import { mergePatch, removed } from './merge.ts';
import { rename } from './references.ts';

/** `Deployment.v1.apps/web.[noNs]` */
export function resourceId(object: JsonObject): string {
  const { group, version } = splitApiVersion(stringAt(object, 'apiVersion'));
  return `${stringAt(object, 'kind')}.${version}.${group || '[noGrp]'}/${nameOf(object)}.${namespaceOf(object) || '[noNs]'}`;
}

function hasName({ object, formerNames }: Resource, name: string): boolean {
  return nameOf(object) === name || formerNames.includes(name);
}

/** The text of a patch: `patch`, or the file that `path` names. */
export async function patchText(session: Session, folder: string, entry: JsonObject): Promise<string> {
  const inline = stringAt(entry, 'patch');
  const path = stringAt(entry, 'path');
  if (inline !== '') return inline;
  const file = posix.join(folder, path);
  if (path === '' || !(await session.io.fs.exists(file)))
    throw new KustomizeError(
      `trouble configuring builtin PatchTransformer with config: \`\npath: ${path}\n\`: failed to get the patch file from path(${path}): evalsymlink failure on '${file}' : lstat ${file}: no such file or directory`,
    );
  return session.io.fs.readText(file);
}

/** Undefined for a patch that is no list. A list in brackets is JSON, one with dashes YAML. @throws KustomizeError */
function operationsOf(text: string): Operation[] | undefined {
  let value: Json;
  try {
    value = text.trimStart().startsWith('[') ? (JSON.parse(text) as Json) : readYaml(text, true);
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    if (error instanceof SyntaxError)
      throw new KustomizeError(`unable to parse SM or JSON patch from [patch: ${JSON.stringify(text)}]`);
    throw error;
  }
  if (!Array.isArray(value)) return undefined;
  return value.filter(isObject).map((each) => ({
    op: stringAt(each, 'op'),
    path: stringAt(each, 'path'),
    from: stringAt(each, 'from'),
    ...(each['value'] === undefined ? {} : { value: each['value'] }),
  }));
}

/** Anchored, as kustomize takes names and kinds of targets. */
function matches(pattern: string, text: string): boolean {
  return pattern === '' || new RegExp(`^(?:${pattern})$`).test(text);
}

function targetsOf(resources: readonly Resource[], target: JsonObject): Resource[] {
  const labels = stringAt(target, 'labelSelector');
  const annotations = stringAt(target, 'annotationSelector');
  return resources.filter((each) => {
    const { object } = each;
    const { group, version } = splitApiVersion(stringAt(object, 'apiVersion'));
    const name = stringAt(target, 'name');
    return (
      matches(stringAt(target, 'group'), group) &&
      matches(stringAt(target, 'version'), version) &&
      matches(stringAt(target, 'kind'), stringAt(object, 'kind')) &&
      matches(stringAt(target, 'namespace'), namespaceOf(object)) &&
      [nameOf(object), ...each.formerNames].some((own) => matches(name, own)) &&
      (labels === '' || selectorMatcher(labels)(object)) &&
      (annotations === '' ||
        selectorMatcher(annotations)({
          metadata: { labels: objectAt(object, 'metadata', 'annotations') },
        }))
    );
  });
}

function mergeInto(resources: Resource[], resource: Resource, patch: JsonObject, keepName: boolean): void {
  const { object } = resource;
  const type = patchTypeOf(stringAt(object, 'apiVersion'), stringAt(object, 'kind')) ?? {};
  const merged = mergePatch(object, patch, type);
  if (merged === removed) {
    resources.splice(resources.indexOf(resource), 1);
    return;
  }
  if (keepName) {
    const metadata = objectAt(merged, 'metadata');
    metadata['name'] = nameOf(object);
    if (namespaceOf(object) === '') delete metadata['namespace'];
    else metadata['namespace'] = namespaceOf(object);
    merged['kind'] = object['kind'] ?? '';
    merged['apiVersion'] = object['apiVersion'] ?? '';
  } else if (nameOf(merged) !== nameOf(object)) resource.formerNames.push(nameOf(object));
  resource.object = merged;
}

/** One patch, strategic or JSON 6902, on its targets. Models kustomize's PatchTransformer. */
export function applyPatch(
  resources: Resource[],
  text: string,
  target: JsonObject | undefined,
  options: JsonObject,
): void {
  const operations = operationsOf(text);
  if (operations) {
    if (!target) throw new KustomizeError('must specify a target for JSON patch ' + text);
    for (const resource of targetsOf(resources, target)) {
      const before = nameOf(resource.object);
      const patched = applyJsonPatch(resource.object, operations);
      if (!isObject(patched)) throw new KustomizeError('a JSON patch must leave an object');
      const after = nameOf(patched);
      resource.object = patched;
      if (after !== before && options['allowNameChange'] !== true) {
        objectAt(patched, 'metadata')['name'] = before;
      } else if (after !== before) {
        objectAt(patched, 'metadata')['name'] = before;
        rename(resource, after);
      }
    }
    return;
  }
  const documents = readDocuments(text, 'patch', { recursive: false, validate: false, coreWords: true });
  for (const document of documents) {
    if (document instanceof Error)
      throw new KustomizeError(`unable to parse SM or JSON patch from [patch: ${JSON.stringify(text)}]`);
    const patch = document.object;
    if (target) {
      for (const resource of targetsOf(resources, target))
        mergeInto(resources, resource, patch, options['allowNameChange'] !== true);
      continue;
    }
    const { group } = splitApiVersion(stringAt(patch, 'apiVersion'));
    const found = resources.filter(
      (each) =>
        stringAt(each.object, 'kind') === stringAt(patch, 'kind') &&
        splitApiVersion(stringAt(each.object, 'apiVersion')).group === group &&
        hasName(each, nameOf(patch)) &&
        (namespaceOf(patch) === '' || namespaceOf(each.object) === namespaceOf(patch)),
    );
    const [only] = found;
    if (found.length !== 1 || !only) {
      const id = resourceId(patch);
      throw new KustomizeError(
        `no resource matches strategic merge patch "${id}": no matches for Id ${id}; failed to find unique target for patch ${id}`,
      );
    }
    mergeInto(resources, only, patch, true);
  }
}
