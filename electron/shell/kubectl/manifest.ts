import { posix } from 'node:path';
import { KubectlError } from './errors.ts';
import { jsonSyntaxError, splitJsonStream } from './json-stream.ts';
import type { Json, JsonObject } from './json.ts';
import { isObject, listAt, stringAt } from './json.ts';
import type { Session } from './session.ts';
import { readYaml, YamlError } from './yaml/read.ts';

/** One object of a manifest and where it was read. */
export interface ManifestObject {
  /** The file as named, or `STDIN`. */
  readonly source: string;
  readonly object: JsonObject;
}

export interface ManifestOptions {
  readonly recursive: boolean;
  /** Refuse objects without apiVersion or kind with the texts of validation. */
  readonly validate: boolean;
  /** Only `true` and `false` are booleans, as kustomize reads YAML. */
  readonly coreWords?: boolean;
}

/** Reads what `-f` names: files, folders, `-`. Failures of single documents are among the results, in their place. */
export async function readManifests(
  session: Session,
  names: readonly string[],
  options: ManifestOptions,
): Promise<(ManifestObject | Error)[]> {
  const found: (ManifestObject | Error)[] = [];
  if (names.filter((name) => name === '-').length > 1)
    throw new KubectlError('standard input cannot be used for multiple arguments');
  for (const name of names) {
    if (/^https?:\/\//.test(name)) {
      throw new KubectlError(
        `unable to read URL "${name}": only files, folders and - can be read here, there is no way out to the network`,
      );
    }
    if (name === '-') {
      const text = await session.io.stdin.text();
      found.push(...readDocuments(text, 'STDIN', options));
      continue;
    }
    for (const file of await filesOf(session, name, options.recursive)) {
      found.push(...readDocuments(await session.io.fs.readText(session.io.path(file)), file, options));
    }
  }
  return found;
}

async function filesOf(session: Session, name: string, recursive: boolean): Promise<string[]> {
  const { fs } = session.io;
  const path = session.io.path(name);
  if (!(await fs.exists(path))) throw new KubectlError(`the path "${name}" does not exist`);
  if ((await fs.stat(path)).kind !== 'directory') return [name];
  const found = await filesBelow(session, posix.normalize(name).replace(/(.)\/$/, '$1'), recursive);
  if (found.length === 0) {
    throw new KubectlError(`error reading [${name}]: recognized file extensions are [.json .yaml .yml]`);
  }
  return found;
}

async function filesBelow(session: Session, folder: string, recursive: boolean): Promise<string[]> {
  const { fs } = session.io;
  const files: string[] = [];
  for (const entry of (await fs.readdir(session.io.path(folder))).sort()) {
    const path = posix.join(folder, entry);
    const stat = await fs.stat(session.io.path(path));
    if (stat.kind === 'directory') {
      if (recursive) files.push(...(await filesBelow(session, path, true)));
    } else if (/\.(json|yaml|yml)$/.test(entry)) files.push(path);
  }
  return files;
}

/** The documents of one text; `---` separates YAML documents, JSON texts may follow one another. */
export function readDocuments(
  text: string,
  source: string,
  options: ManifestOptions,
): (ManifestObject | Error)[] {
  const found: (ManifestObject | Error)[] = [];
  const json = text.trimStart().startsWith('{') && !options.coreWords;
  for (const part of json ? splitJsonStream(text) : splitYaml(text)) {
    let value: Json;
    try {
      value = json ? (JSON.parse(part) as Json) : readYaml(part, options.coreWords);
    } catch (error) {
      const why =
        error instanceof YamlError
          ? `error converting YAML to JSON: ${error.message}`
          : jsonSyntaxError(part);
      found.push(new KubectlError(`error parsing ${source}: ${why}`));
      break;
    }
    if (value === null) continue;
    found.push(...objectsOf(value, source, options));
  }
  return found;
}

function splitYaml(text: string): string[] {
  const parts: string[][] = [[]];
  for (const line of text.split('\n')) {
    if (/^---\s*(#.*)?$/.test(line)) parts.push([]);
    else parts.at(-1)?.push(line);
  }
  return parts.map((lines) => lines.join('\n')).filter((part) => part.trim() !== '');
}

function objectsOf(value: Json, source: string, options: ManifestOptions): (ManifestObject | Error)[] {
  const invalid = (why: string): Error =>
    new KubectlError(
      `error validating ${JSON.stringify(source)}: error validating data: ${why}; if you choose to ignore these errors, turn validation off with --validate=false`,
    );
  if (!isObject(value)) {
    return [
      options.validate
        ? invalid('invalid object to validate')
        : new KubectlError(`unable to decode ${JSON.stringify(source)}: not an object`),
    ];
  }
  const apiVersion = stringAt(value, 'apiVersion');
  const kind = stringAt(value, 'kind');
  const missing = [
    ...(apiVersion === '' ? ['apiVersion not set'] : []),
    ...(kind === '' ? ['kind not set'] : []),
  ];
  if (missing.length > 0) {
    if (options.validate)
      return [invalid(missing.length === 1 ? (missing[0] ?? '') : `[${missing.join(', ')}]`)];
    const what = kind === '' ? 'Kind' : 'apiVersion';
    return [
      new KubectlError(
        `unable to decode ${JSON.stringify(source)}: Object '${what}' is missing in '${JSON.stringify(value)}'`,
      ),
    ];
  }
  if (apiVersion.split('/').length > 2) {
    if (options.validate) return [invalid(`unexpected GroupVersion string: ${apiVersion}`)];
    return [
      new KubectlError(
        `unable to decode ${JSON.stringify(source)}: unexpected GroupVersion string: ${apiVersion}`,
      ),
    ];
  }
  const wrong = wrongMetadata(value);
  if (wrong !== undefined) return [new KubectlError(`unable to decode ${JSON.stringify(source)}: ${wrong}`)];
  if (kind.endsWith('List') && Array.isArray(value['items'])) {
    return listAt(value, 'items').flatMap((item) => objectsOf(item, source, options));
  }
  return [{ source, object: value }];
}

function jsonKind(value: Json): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** Go's complaint about names and labels that are no text: `name: y` is a boolean in YAML 1.1. */
function wrongMetadata(object: JsonObject): string | undefined {
  const metadata = object['metadata'];
  if (!isObject(metadata)) return undefined;
  for (const field of ['name', 'generateName', 'namespace']) {
    const value = metadata[field] ?? '';
    if (typeof value !== 'string')
      return `json: cannot unmarshal ${jsonKind(value)} into Go struct field ObjectMeta.metadata.${field} of type string`;
  }
  for (const field of ['labels', 'annotations']) {
    const map = metadata[field];
    if (!isObject(map)) continue;
    const value = Object.values(map).find((each) => each !== null && typeof each !== 'string');
    if (value !== undefined)
      return `json: cannot unmarshal ${jsonKind(value)} into Go struct field ObjectMeta.metadata.${field} of type string`;
  }
  return undefined;
}
