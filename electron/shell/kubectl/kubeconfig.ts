import type { ShellFs } from '../interface.ts';
import { KubectlError } from './errors.ts';
import type { Json, JsonObject } from './json.ts';
import { clone, isObject, listAt, objectAt, stringAt } from './json.ts';
import { readYaml } from './yaml/read.ts';
import { writeYaml } from './yaml/write.ts';

/** One named entry of a kubeconfig and the file it came from. */
export interface NamedEntry {
  readonly name: string;
  readonly value: JsonObject;
  readonly file: string;
}

/** Several kubeconfig files merged: the first to say something wins. */
export interface Kubeconfig {
  readonly files: readonly string[];
  readonly currentContext: string;
  readonly clusters: ReadonlyMap<string, NamedEntry>;
  readonly contexts: ReadonlyMap<string, NamedEntry>;
  readonly users: ReadonlyMap<string, NamedEntry>;
}

export interface KubeconfigPlaces {
  /** In order of precedence. */
  readonly files: readonly string[];
  /** `--kubeconfig`: it must exist. */
  readonly explicit: boolean;
}

/** Where the kubeconfig is: `--kubeconfig`, else `$KUBECONFIG` (a list), else `~/.kube/config`. */
export function kubeconfigPlaces(
  flag: string,
  env: Readonly<Record<string, string>>,
  path: (typed: string) => string,
): KubeconfigPlaces {
  if (flag !== '') return { files: [path(flag)], explicit: true };
  const listed = (env['KUBECONFIG'] ?? '').split(':').filter((file) => file !== '');
  if (listed.length > 0) return { files: listed.map(path), explicit: false };
  return { files: [`${(env['HOME'] ?? '/').replace(/\/$/, '')}/.kube/config`], explicit: false };
}

export async function loadKubeconfig(
  fs: ShellFs,
  places: KubeconfigPlaces,
  typed: string,
): Promise<Kubeconfig> {
  const clusters = new Map<string, NamedEntry>();
  const contexts = new Map<string, NamedEntry>();
  const users = new Map<string, NamedEntry>();
  let currentContext = '';
  for (const file of places.files) {
    if (!(await fs.exists(file))) {
      if (places.explicit) throw new KubectlError(`stat ${typed}: no such file or directory`);
      continue;
    }
    const document = await readKubeconfigFile(fs, file);
    if (currentContext === '') currentContext = stringAt(document, 'current-context');
    collect(document, 'clusters', 'cluster', file, clusters);
    collect(document, 'contexts', 'context', file, contexts);
    collect(document, 'users', 'user', file, users);
  }
  return { files: places.files, currentContext, clusters, contexts, users };
}

function collect(
  document: JsonObject,
  list: string,
  field: string,
  file: string,
  into: Map<string, NamedEntry>,
): void {
  for (const item of listAt(document, list)) {
    const name = stringAt(item, 'name');
    if (!into.has(name)) into.set(name, { name, value: objectAt(item, field), file });
  }
}

export async function readKubeconfigFile(fs: ShellFs, file: string): Promise<JsonObject> {
  const text = await fs.readText(file);
  let value: Json;
  try {
    value = readYaml(text);
  } catch (error) {
    throw new KubectlError(
      `error loading config file "${file}": ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (value === null) return {};
  if (!isObject(value))
    throw new KubectlError(
      `error loading config file "${file}": couldn't get version/kind; json parse error: json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    );
  return value;
}

/** Changes one kubeconfig file (made when missing) and writes it back with the mode of a secret. */
export async function editKubeconfigFile(
  fs: ShellFs,
  file: string,
  edit: (document: JsonObject) => void,
): Promise<void> {
  const document: JsonObject = (await fs.exists(file))
    ? clone(await readKubeconfigFile(fs, file))
    : {
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [],
        contexts: [],
        'current-context': '',
        preferences: {},
        users: [],
      };
  edit(document);
  const folder = file.slice(0, file.lastIndexOf('/'));
  if (folder !== '' && !(await fs.exists(folder))) await fs.mkdir(folder, { recursive: true });
  await fs.writeFile(file, writeYaml(document), 0o600);
}

/** The entry of a named list in a kubeconfig document; made when missing. */
export function namedItem(document: JsonObject, list: string, field: string, name: string): JsonObject {
  const items = listAt(document, list);
  const found = items.find((item) => stringAt(item, 'name') === name);
  if (isObject(found)) {
    const value = found[field];
    if (isObject(value)) return value;
    const made: JsonObject = {};
    found[field] = made;
    return made;
  }
  const made: JsonObject = {};
  document[list] = [...items, { name, [field]: made }];
  return made;
}
