import { contentHash } from '../content-hash.ts';
import { KubectlError } from '../errors.ts';
import type { FlagSet, FlagSpec } from '../flags.ts';
import { quote } from '../go-format.ts';
import type { JsonObject } from '../json.ts';
import { nameOf, setAt, sortedKeys } from '../json.ts';
import type { Session } from '../session.ts';

export const appendHashFlag: FlagSpec = {
  name: 'append-hash',
  kind: 'bool',
  help: {
    en: 'Put a hash of the content behind the name.',
    'pt-BR': 'Põe um hash do conteúdo depois do nome.',
  },
};

export const fileFlags: readonly FlagSpec[] = [
  {
    name: 'from-file',
    kind: 'slice',
    help: {
      en: 'File or folder whose contents become values; key=file names the key.',
      'pt-BR': 'Arquivo ou pasta cujo conteúdo vira valores; chave=arquivo nomeia a chave.',
    },
  },
  {
    name: 'from-literal',
    kind: 'array',
    help: { en: 'key=value; may be repeated.', 'pt-BR': 'chave=valor; pode ser repetida.' },
  },
  {
    name: 'from-env-file',
    kind: 'slice',
    help: { en: 'File with one key=value a line.', 'pt-BR': 'Arquivo com um chave=valor por linha.' },
  },
  appendHashFlag,
];

interface Entry {
  readonly key: string;
  readonly bytes: Uint8Array;
}

const keyPattern = /^[-._a-zA-Z0-9]+$/;
const keyText =
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

async function entriesOf(session: Session, flags: FlagSet): Promise<Entry[]> {
  if (
    flags.list('from-env-file').length > 0 &&
    (flags.list('from-file').length > 0 || flags.list('from-literal').length > 0)
  )
    throw new KubectlError('from-env-file cannot be combined with from-file or from-literal');
  const entries: Entry[] = [];
  const encoder = new TextEncoder();
  for (const source of flags.list('from-file')) entries.push(...(await fileEntries(session, source)));
  for (const literal of flags.list('from-literal')) {
    const eq = literal.indexOf('=');
    if (eq <= 0) throw new KubectlError(`invalid literal source ${literal}, expected key=value`);
    let value = literal.slice(eq + 1);
    if (/^(".*"|'.*')$/s.test(value)) value = value.slice(1, -1);
    entries.push({ key: literal.slice(0, eq), bytes: encoder.encode(value) });
  }
  for (const file of flags.list('from-env-file')) {
    if (!(await session.io.fs.exists(session.io.path(file))))
      throw new KubectlError(`error reading ${file}: no such file or directory`);
    for (const line of (await session.readFile(file)).split(/\r?\n/)) {
      const text = line.trimStart();
      if (text === '' || text.startsWith('#')) continue;
      const eq = text.indexOf('=');
      const key = eq < 0 ? text : text.slice(0, eq);
      if (!/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(key))
        throw new KubectlError(`${quote(key)} is not a valid key name: ${variableText}`);
      entries.push({
        key,
        bytes: encoder.encode(eq < 0 ? (session.io.env[text] ?? '') : text.slice(eq + 1)),
      });
    }
  }
  return entries;
}

const variableText =
  "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')";

async function fileEntries(session: Session, source: string): Promise<Entry[]> {
  const { fs } = session.io;
  const parts = source.split('=');
  if (parts.length > 2) throw new KubectlError("key names or file paths cannot contain '='");
  const path = parts.length === 2 ? (parts[1] ?? '') : source;
  const full = session.io.path(path);
  if (parts.length === 2 && parts[0] === '') throw new KubectlError(`key name for file path ${path} missing`);
  if (parts.length === 2 && path === '')
    throw new KubectlError(`file path for key name ${parts[0] ?? ''} missing`);
  if (!(await fs.exists(full))) throw new KubectlError(`error reading ${path}: no such file or directory`);
  if ((await fs.stat(full)).kind === 'directory') {
    if (parts.length === 2) throw new KubectlError(`cannot give a key name for a directory path`);
    const entries: Entry[] = [];
    for (const name of (await fs.readdir(full)).sort()) {
      const child = `${full}/${name}`;
      if ((await fs.stat(child)).kind === 'file' && keyPattern.test(name))
        entries.push({ key: name, bytes: await fs.readFile(child) });
    }
    return entries;
  }
  const key = parts.length === 2 ? (parts[0] ?? '') : (path.split('/').at(-1) ?? path);
  return [{ key, bytes: await fs.readFile(full) }];
}

function isText(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

export async function buildConfigMap(session: Session, flags: FlagSet, name: string): Promise<JsonObject> {
  const data: Record<string, string> = {};
  const binaryData: Record<string, string> = {};
  for (const { key, bytes } of await entriesOf(session, flags)) {
    if (!keyPattern.test(key))
      throw new KubectlError(`${quote(key)} is not a valid key name for a ConfigMap: ${keyText}`);
    if (key in data || key in binaryData)
      throw new KubectlError(
        `cannot add key ${quote(key)}, another key by that name already exists in Data for ConfigMap ${quote(name)}`,
      );
    if (isText(bytes)) data[key] = new TextDecoder().decode(bytes);
    else binaryData[key] = Buffer.from(bytes).toString('base64');
  }
  return hashed(flags, {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { name, creationTimestamp: null },
    ...(Object.keys(data).length > 0 ? { data: sorted(data) } : {}),
    ...(Object.keys(binaryData).length > 0 ? { binaryData: sorted(binaryData) } : {}),
  });
}

export async function buildSecret(session: Session, flags: FlagSet, name: string): Promise<JsonObject> {
  const data: Record<string, string> = {};
  for (const { key, bytes } of await entriesOf(session, flags)) {
    if (!keyPattern.test(key))
      throw new KubectlError(`${quote(key)} is not valid key name for a Secret ${keyText}`);
    if (key in data) throw new KubectlError(`cannot add key ${key}, another key by that name already exists`);
    data[key] = Buffer.from(bytes).toString('base64');
  }
  const type = flags.string('type');
  return hashed(flags, {
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: { name, creationTimestamp: null },
    ...(Object.keys(data).length > 0 ? { data: sorted(data) } : {}),
    ...(type === '' ? {} : { type }),
  });
}

/** With `--append-hash` the name ends in a hash of what is inside. */
export function hashed(flags: FlagSet, object: JsonObject): JsonObject {
  if (flags.bool('append-hash'))
    setAt(object, ['metadata', 'name'], `${nameOf(object)}-${contentHash(object)}`);
  return object;
}

function sorted(data: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(sortedKeys(data).map((key) => [key, data[key] ?? '']));
}
