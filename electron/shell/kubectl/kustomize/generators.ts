import { posix } from 'node:path';
import type { JsonObject } from '../json.ts';
import { isObject, listAt, nameOf, namespaceOf, objectAt, stringAt, stringsAt } from '../json.ts';
import type { Session } from '../session.ts';
import type { Resource } from './interface.ts';
import { stringsOf } from './kustomization.ts';
import { KustomizeError } from './kustomize-error.ts';
import { resourceOf } from './references.ts';

interface Entry {
  readonly key: string;
  readonly bytes: Buffer;
}

/** `FILE` or `KEY=FILE`. */
async function fileEntry(session: Session, folder: string, source: string): Promise<Entry> {
  const eq = source.indexOf('=');
  const file = eq < 0 ? source : source.slice(eq + 1);
  const path = posix.join(folder, file);
  if (!(await session.io.fs.exists(path)))
    throw new KustomizeError(
      `loading KV pairs: file sources: [${source}]: evalsymlink failure on '${path}' : lstat ${path}: no such file or directory`,
    );
  return {
    key: eq < 0 ? posix.basename(file) : source.slice(0, eq),
    bytes: Buffer.from(await session.io.fs.readFile(path)),
  };
}

async function entriesOf(session: Session, folder: string, generator: JsonObject): Promise<Entry[]> {
  const entries: Entry[] = [];
  const envs = [
    ...stringsOf(generator, 'envs'),
    ...(stringAt(generator, 'env') === '' ? [] : [stringAt(generator, 'env')]),
  ];
  for (const file of envs) {
    const { bytes } = await fileEntry(session, folder, file);
    for (const raw of bytes.toString('utf8').split(/\r?\n/)) {
      const line = raw.trimStart();
      if (line === '' || line.startsWith('#')) continue;
      const eq = line.indexOf('=');
      entries.push({
        key: eq < 0 ? line : line.slice(0, eq),
        bytes: Buffer.from(eq < 0 ? (session.io.env[line] ?? '') : line.slice(eq + 1)),
      });
    }
  }
  for (const source of stringsOf(generator, 'files')) entries.push(await fileEntry(session, folder, source));
  for (const literal of stringsOf(generator, 'literals')) {
    const eq = literal.indexOf('=');
    if (eq <= 0)
      throw new KustomizeError(
        `loading KV pairs: literal sources [${literal}]: invalid literal source ${literal}, expected key=value`,
      );
    const value = literal.slice(eq + 1);
    const quoted = value.length > 1 && /^(['"]).*\1$/s.test(value);
    entries.push({ key: literal.slice(0, eq), bytes: Buffer.from(quoted ? value.slice(1, -1) : value) });
  }
  return entries;
}

function isText(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes);
}

/** The ConfigMap or Secret a generator stands for. Models kustomize's ConfigMapGenerator and SecretGenerator. */
export async function generate(
  session: Session,
  folder: string,
  generator: JsonObject,
  kind: 'ConfigMap' | 'Secret',
  common: JsonObject,
): Promise<Resource> {
  const name = stringAt(generator, 'name');
  if (name === '') throw new KustomizeError(`a ${kind.toLowerCase()} must have a name`);
  const data: Record<string, string> = {};
  const binaryData: Record<string, string> = {};
  for (const { key, bytes } of await entriesOf(session, folder, generator)) {
    if (key in data || key in binaryData)
      throw new KustomizeError(`cannot add key ${key}, another key by that name already exists: ${name}`);
    if (kind === 'Secret') data[key] = bytes.toString('base64');
    else if (isText(bytes)) data[key] = bytes.toString('utf8');
    else binaryData[key] = bytes.toString('base64');
  }
  const own = objectAt(generator, 'options');
  const labels = { ...stringsAt(common, 'labels'), ...stringsAt(own, 'labels') };
  const annotations = { ...stringsAt(common, 'annotations'), ...stringsAt(own, 'annotations') };
  const namespace = stringAt(generator, 'namespace');
  const immutable = own['immutable'] === true || common['immutable'] === true;
  const resource = resourceOf({
    apiVersion: 'v1',
    kind,
    metadata: {
      name,
      ...(namespace === '' ? {} : { namespace }),
      ...(Object.keys(labels).length > 0 ? { labels } : {}),
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
    ...(Object.keys(data).length > 0 ? { data } : {}),
    ...(Object.keys(binaryData).length > 0 ? { binaryData } : {}),
    ...(kind === 'Secret' ? { type: stringAt(generator, 'type') || 'Opaque' } : {}),
    ...(immutable ? { immutable } : {}),
  });
  resource.needsHash = own['disableNameSuffixHash'] !== true && common['disableNameSuffixHash'] !== true;
  return resource;
}

/** Adds a generated object, or lays it over the one that is there. */
export function absorb(resources: Resource[], made: Resource, behavior: string): void {
  const { object } = made;
  const kind = stringAt(object, 'kind');
  const name = nameOf(object);
  const known = resources.find(
    (each) =>
      stringAt(each.object, 'kind') === kind &&
      (nameOf(each.object) === name || each.formerNames.includes(name)) &&
      (namespaceOf(object) === '' || namespaceOf(each.object) === namespaceOf(object)),
  );
  if (behavior === 'merge' || behavior === 'replace') {
    if (!known)
      throw new KustomizeError(
        `merging from generator &{0x0 { } { }}: id resid.ResId{Gvk:resid.Gvk{Group:"", Version:"v1", Kind:"${kind}", isClusterScoped:false}, Name:"${name}", Namespace:"${namespaceOf(object)}"} does not exist; cannot merge or replace`,
      );
    layOver(known, made, behavior);
    return;
  }
  if (known)
    throw new KustomizeError(
      `merging from generator &{0x0 { } { }}: id resid.ResId{Gvk:resid.Gvk{Group:"", Version:"v1", Kind:"${kind}", isClusterScoped:false}, Name:"${name}", Namespace:"${namespaceOf(object)}"} exists; behavior must be merge or replace`,
    );
  resources.push(made);
}

function layOver(known: Resource, made: Resource, behavior: 'merge' | 'replace'): void {
  const before = known.object;
  const next: JsonObject = { ...made.object, metadata: { ...objectAt(before, 'metadata') } };
  const metadata = objectAt(next, 'metadata');
  for (const field of ['labels', 'annotations']) {
    const joined = { ...stringsAt(before, 'metadata', field), ...stringsAt(made.object, 'metadata', field) };
    if (Object.keys(joined).length > 0) metadata[field] = joined;
  }
  if (behavior === 'merge')
    for (const field of ['data', 'binaryData']) {
      const joined = { ...stringsAt(before, field), ...stringsAt(made.object, field) };
      if (Object.keys(joined).length > 0) next[field] = joined;
    }
  if (stringAt(before, 'type') !== '') next['type'] = before['type'] ?? '';
  known.object = next;
  known.needsHash = known.needsHash || made.needsHash;
}

/** The generators of a kustomization, with what each asks for. */
export function generatorsOf(fields: JsonObject): { generator: JsonObject; kind: 'ConfigMap' | 'Secret' }[] {
  return (['ConfigMap', 'Secret'] as const).flatMap((kind) =>
    listAt(fields, kind === 'ConfigMap' ? 'configMapGenerator' : 'secretGenerator')
      .filter(isObject)
      .map((generator) => ({ generator, kind })),
  );
}
