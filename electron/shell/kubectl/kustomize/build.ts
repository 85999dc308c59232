import { posix } from 'node:path';
import { kustomizeHash } from '../content-hash.ts';
import { KubectlError } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { isObject, listAt, nameOf, objectAt, stringAt, stringsAt } from '../json.ts';
import { readDocuments } from '../manifest.ts';
import type { Session } from '../session.ts';
import { absorb, generate, generatorsOf } from './generators.ts';
import type { Resource } from './interface.ts';
import type { Kustomization } from './kustomization.ts';
import { readKustomization, stringsOf } from './kustomization.ts';
import { KustomizeError } from './kustomize-error.ts';
import { addAnnotations, addLabels } from './labels.ts';
import { applyPatch, patchText, resourceId } from './patches.ts';
import { fixReferences, rename, resourceOf } from './references.ts';
import { affixNames, inLegacyOrder, setImage, setNamespace, setReplicas } from './transforms.ts';

/**
 * The objects of a kustomization. Models kustomize's api/internal/target (v5.5): resources, generators, transformers in their
 * fixed order, then hashes and the names that refer to what was renamed. They come in
 * kustomize's legacy order of kinds unless `sortOptions` says otherwise.
 * @throws KustomizeError for what kustomize refuses, KubectlError for what is not modelled
 */
export async function buildKustomization(session: Session, typed: string): Promise<JsonObject[]> {
  const folder = session.io.path(typed);
  await requireFolder(session, typed, folder);
  const resources: Resource[] = [];
  const top = await accumulate(session, folder, resources, []);
  for (const resource of resources)
    if (resource.needsHash) rename(resource, `${nameOf(resource.object)}-${kustomizeHash(resource.object)}`);
  fixReferences(resources);
  const sort = objectAt(top.fields, 'sortOptions');
  const order = stringAt(sort, 'order');
  if (sort['legacySortOptions'] !== undefined)
    throw new KubectlError('the field "legacySortOptions" of a kustomization is not available here');
  return (order !== 'fifo' ? inLegacyOrder(resources) : resources).map(({ object }) => object);
}

async function requireFolder(session: Session, typed: string, folder: string): Promise<void> {
  if (/^(https?|ssh|git):\/\/|^[\w.-]+@|^github\.com\//.test(typed))
    throw new KubectlError(
      `unable to read ${JSON.stringify(typed)}: there is no way out to the network here`,
    );
  const { fs } = session.io;
  if (!(await fs.exists(folder)))
    throw new KustomizeError(
      `must build at directory: not a valid directory: evalsymlink failure on '${typed}' : lstat ${folder}: no such file or directory`,
    );
  if ((await fs.stat(folder)).kind !== 'directory')
    throw new KustomizeError(`must build at directory: '${typed}': file is not directory`);
}

async function accumulate(
  session: Session,
  folder: string,
  resources: Resource[],
  above: readonly string[],
): Promise<Kustomization> {
  if (above.includes(folder))
    throw new KustomizeError(
      `cycle detected: candidate root '${folder}' contains visited root '${above[0] ?? folder}'`,
    );
  const kustomization = await readKustomization(session, folder);
  for (const [name, now] of kustomization.deprecated)
    await session.err(
      `# Warning: '${name}' is deprecated. Please use '${now}' instead. Run 'kustomize edit fix' to update your Kustomization automatically.\n`,
    );
  const { fields } = kustomization;
  for (const entry of [...stringsOf(fields, 'resources'), ...stringsOf(fields, 'bases')])
    add(resources, await entryResources(session, folder, entry, [...above, folder]), folder, entry);
  for (const entry of stringsOf(fields, 'components'))
    await accumulate(session, posix.join(folder, entry), resources, [...above, folder]);
  for (const { generator, kind } of generatorsOf(fields))
    absorb(
      resources,
      await generate(session, folder, generator, kind, objectAt(fields, 'generatorOptions')),
      stringAt(generator, 'behavior'),
    );
  await transform(session, kustomization, resources);
  return kustomization;
}

/** The objects of one entry of `resources`: a file, or a folder with its own kustomization. */
async function entryResources(
  session: Session,
  folder: string,
  entry: string,
  above: readonly string[],
): Promise<Resource[]> {
  if (/^(https?|ssh|git):\/\/|^[\w.-]+@|^github\.com\//.test(entry))
    throw new KubectlError(
      `unable to read ${JSON.stringify(entry)}: there is no way out to the network here`,
    );
  const { fs } = session.io;
  const path = posix.join(folder, entry);
  if (!(await fs.exists(path))) {
    const why = `evalsymlink failure on '${path}' : lstat ${path}: no such file or directory`;
    throw new KustomizeError(
      `accumulating resources: accumulation err='accumulating resources from '${entry}': ${why}': must build at directory: not a valid directory: ${why}`,
    );
  }
  if ((await fs.stat(path)).kind === 'directory') {
    const below: Resource[] = [];
    await accumulate(session, path, below, above);
    return below;
  }
  if (!path.startsWith(folder === '/' ? '/' : `${folder}/`))
    throw new KustomizeError(
      `accumulating resources: accumulation err='accumulating resources from '${entry}': security; file '${path}' is not in or below '${folder}'': must build at directory: '${path}': file is not directory`,
    );
  return readDocuments(await fs.readText(path), path, {
    recursive: false,
    validate: false,
    coreWords: true,
  }).map((document) => {
    if (document instanceof Error)
      throw new KustomizeError(
        `accumulating resources: accumulation err='accumulating resources from '${entry}': ${document.message}': must build at directory: '${path}': file is not directory`,
      );
    return resourceOf(document.object);
  });
}

function add(resources: Resource[], more: readonly Resource[], folder: string, entry: string): void {
  for (const each of more) {
    const id = resourceId(each.object);
    if (resources.some((known) => resourceId(known.object) === id)) {
      const path = posix.join(folder, entry);
      throw new KustomizeError(
        `accumulating resources: accumulation err='accumulating resources from '${entry}': '${path}' must resolve to a file': recursed merging from path '${path}': may not add resource with an already registered id: ${id}`,
      );
    }
    resources.push(each);
  }
}

async function transform(
  session: Session,
  { folder, fields }: Kustomization,
  resources: Resource[],
): Promise<void> {
  for (const entry of stringsOf(fields, 'patchesStrategicMerge'))
    await mergeEntry(session, folder, entry, resources);
  for (const entry of listAt(fields, 'patches').filter(isObject)) {
    const target = entry['target'];
    applyPatch(
      resources,
      await patchText(session, folder, entry),
      isObject(target) ? target : undefined,
      objectAt(entry, 'options'),
    );
  }
  const namespace = stringAt(fields, 'namespace');
  if (namespace !== '') setNamespace(resources, namespace);
  affixNames(resources, stringAt(fields, 'namePrefix'), stringAt(fields, 'nameSuffix'));
  const common = stringsAt(fields, 'commonLabels');
  for (const { object } of resources) {
    for (const label of listAt(fields, 'labels')) {
      const selectors = isObject(label) && label['includeSelectors'] === true;
      const templates = isObject(label) && label['includeTemplates'] === true;
      addLabels(object, stringsAt(label, 'pairs'), { selectors, templates });
    }
    if (Object.keys(common).length > 0) addLabels(object, common, { selectors: true, templates: true });
    const annotations = stringsAt(fields, 'commonAnnotations');
    if (Object.keys(annotations).length > 0) addAnnotations(object, annotations);
  }
  for (const entry of listAt(fields, 'patchesJson6902').filter(isObject))
    applyPatch(resources, await patchText(session, folder, entry), objectAt(entry, 'target'), {});
  for (const entry of listAt(fields, 'replicas').filter(isObject)) setReplicas(resources, entry);
  for (const entry of listAt(fields, 'images').filter(isObject))
    for (const { object } of resources) setImage(object, entry);
}

/** An entry of `patchesStrategicMerge`: a file, or the patch itself. */
async function mergeEntry(
  session: Session,
  folder: string,
  entry: string,
  resources: Resource[],
): Promise<void> {
  const file = posix.join(folder, entry);
  if (!entry.includes('\n') && !(await session.io.fs.exists(file)))
    throw new KustomizeError(
      `trouble configuring builtin PatchStrategicMergeTransformer with config: \`\npaths:\n- ${entry}\n\`: evalsymlink failure on '${file}' : lstat ${file}: no such file or directory`,
    );
  const text = entry.includes('\n') ? entry : await session.io.fs.readText(file);
  applyPatch(resources, text, undefined, {});
}
