import { posix } from 'node:path';
import { KubectlError } from '../errors.ts';
import type { Json, JsonObject } from '../json.ts';
import { isObject, listAt, stringAt } from '../json.ts';
import type { Session } from '../session.ts';
import { readYaml, YamlError } from '../yaml/read.ts';
import { KustomizeError } from './kustomize-error.ts';

const names = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

type Shape = 'string' | 'strings' | 'list' | 'map' | 'object';

/** Fields that are acted upon, and what they hold. */
const fields: Readonly<Record<string, Shape>> = {
  apiVersion: 'string',
  kind: 'string',
  metadata: 'object',
  resources: 'strings',
  bases: 'strings',
  components: 'strings',
  namespace: 'string',
  namePrefix: 'string',
  nameSuffix: 'string',
  commonLabels: 'map',
  labels: 'list',
  commonAnnotations: 'map',
  images: 'list',
  replicas: 'list',
  configMapGenerator: 'list',
  secretGenerator: 'list',
  generatorOptions: 'object',
  patches: 'list',
  patchesStrategicMerge: 'strings',
  patchesJson6902: 'list',
  sortOptions: 'object',
  buildMetadata: 'strings',
};

/** Fields kustomize has and we do not model. */
const missing = [
  'configurations',
  'crds',
  'generators',
  'helmCharts',
  'helmChartInflationGenerator',
  'helmGlobals',
  'imageTags',
  'openapi',
  'replacements',
  'transformers',
  'validators',
  'vars',
];

/** A kustomization as its file says it, and the folder the file is in. */
export interface Kustomization {
  readonly folder: string;
  readonly fields: JsonObject;
  /** What the file uses that has a better name now, for warnings. */
  readonly deprecated: readonly (readonly [string, string])[];
}

const better: readonly (readonly [string, string])[] = [
  ['bases', 'resources'],
  ['commonLabels', 'labels'],
  ['patchesJson6902', 'patches'],
  ['patchesStrategicMerge', 'patches'],
];

/** Reads the kustomization of a folder. @throws KustomizeError for a folder without one, or a file that is none */
export async function readKustomization(session: Session, folder: string): Promise<Kustomization> {
  const { fs } = session.io;
  const found: string[] = [];
  for (const name of names) if (await fs.exists(posix.join(folder, name))) found.push(name);
  const [file] = found;
  if (file === undefined)
    throw new KustomizeError(
      `unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${folder}'`,
    );
  if (found.length > 1)
    throw new KustomizeError(
      `Found multiple kustomization files: ${found.map((name) => posix.join(folder, name)).join(',')}\n`,
    );
  let value: Json;
  try {
    value = readYaml(await fs.readText(posix.join(folder, file)), true);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new KustomizeError(`invalid Kustomization: ${error.message}`);
  }
  if (
    value === null ||
    (isObject(value) && Object.keys(value).every((key) => key === 'kind' || key === 'apiVersion'))
  )
    throw new KustomizeError('kustomization.yaml is empty');
  if (!isObject(value)) throw new KustomizeError('invalid Kustomization: it is not an object');
  check(value);
  const deprecated = better.filter(([name]) => (value as JsonObject)[name] !== undefined);
  return { folder, fields: value, deprecated };
}

function check(value: JsonObject): void {
  for (const [name, content] of Object.entries(value)) {
    if (missing.includes(name) && content !== null)
      throw new KubectlError(
        `the field ${JSON.stringify(name)} of a kustomization is not available here; see electron/shell/kubectl/README.md`,
      );
    const shape = fields[name];
    if (shape === undefined && !missing.includes(name))
      throw new KustomizeError(`invalid Kustomization: json: unknown field ${JSON.stringify(name)}`);
    if (content !== null && shape !== undefined && !fits(content, shape))
      throw new KustomizeError(
        `invalid Kustomization: json: cannot unmarshal ${jsonKind(content)} into Go struct field Kustomization.${name} of type ${goType(shape)}`,
      );
  }
  const kind = stringAt(value, 'kind');
  if (kind !== '' && kind !== 'Kustomization' && kind !== 'Component')
    throw new KustomizeError(`kind should be Kustomization or Component`);
}

function fits(content: Json, shape: Shape): boolean {
  switch (shape) {
    case 'string':
      return typeof content === 'string';
    case 'strings':
      return Array.isArray(content) && content.every((each) => typeof each === 'string');
    case 'list':
      return Array.isArray(content) && content.every(isObject);
    case 'map':
      return isObject(content) && Object.values(content).every((each) => typeof each === 'string');
    case 'object':
      return isObject(content);
  }
}

function goType(shape: Shape): string {
  if (shape === 'strings') return '[]string';
  return shape === 'map' ? 'map[string]string' : shape === 'string' ? 'string' : shape;
}

function jsonKind(value: Json): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

export function stringsOf(fields: JsonObject, name: string): string[] {
  return listAt(fields, name).filter((each): each is string => typeof each === 'string');
}
