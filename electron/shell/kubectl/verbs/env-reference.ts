import { KubectlError, plainMessage } from '../errors.ts';
import type { JsonObject } from '../json.ts';
import { at, listAt, namespaceOf, nameOf, objectAt, stringAt, stringsAt } from '../json.ts';
import { getObject } from '../objects.ts';
import { mappingFor } from '../resource-args.ts';
import type { Session } from '../session.ts';

/** What a variable takes its value from, in words. Models cmd/set/env's `GetEnvVarRefString`. */
export function envReference(source: JsonObject): string {
  const config = objectAt(source, 'configMapKeyRef');
  if (source['configMapKeyRef'] !== undefined)
    return `configmap ${stringAt(config, 'name')}, key ${stringAt(config, 'key')}`;
  const secret = objectAt(source, 'secretKeyRef');
  if (source['secretKeyRef'] !== undefined)
    return `secret ${stringAt(secret, 'name')}, key ${stringAt(secret, 'key')}`;
  if (source['fieldRef'] !== undefined) return `field path ${stringAt(source, 'fieldRef', 'fieldPath')}`;
  if (source['resourceFieldRef'] !== undefined) {
    const container = stringAt(source, 'resourceFieldRef', 'containerName');
    return `resource field ${container === '' ? '' : `${container}/`}${stringAt(source, 'resourceFieldRef', 'resource')}`;
  }
  return 'invalid valueFrom';
}

/** Finds the values of references of one object, each config map and secret asked once. */
export class EnvResolver {
  private readonly session: Session;
  private readonly object: JsonObject;
  private readonly namespace: string;
  private readonly known = new Map<string, JsonObject>();

  constructor(session: Session, object: JsonObject, namespace: string) {
    this.session = session;
    this.object = object;
    this.namespace = namespace;
  }

  /** The value, or why there is none. */
  async valueOf(source: JsonObject, container: JsonObject): Promise<string | Error> {
    try {
      if (source['configMapKeyRef'] !== undefined)
        return await this.key('configmaps', 'config map', objectAt(source, 'configMapKeyRef'));
      if (source['secretKeyRef'] !== undefined)
        return await this.key('secrets', 'secret', objectAt(source, 'secretKeyRef'));
      if (source['fieldRef'] !== undefined) return this.field(stringAt(source, 'fieldRef', 'fieldPath'));
      if (source['resourceFieldRef'] !== undefined)
        return this.resource(objectAt(source, 'resourceFieldRef'), container);
      throw new KubectlError('invalid valueFrom');
    } catch (error) {
      return error instanceof Error ? error : new Error(plainMessage(error));
    }
  }

  private async key(resource: string, words: string, reference: JsonObject): Promise<string> {
    const name = stringAt(reference, 'name');
    const key = stringAt(reference, 'key');
    let object = this.known.get(`${resource}/${name}`);
    if (!object) {
      object = await getObject(this.session, await mappingFor(this.session, resource), this.namespace, name);
      this.known.set(`${resource}/${name}`, object);
    }
    const value = stringsAt(object, 'data')[key];
    if (value === undefined) throw new KubectlError(`key ${key} not found in ${words} ${name}`);
    return resource === 'secrets' ? Buffer.from(value, 'base64').toString('utf8') : value;
  }

  private field(path: string): string {
    const map = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
    if (map) return stringsAt(this.object, 'metadata', map[1] ?? '')[map[2] ?? ''] ?? '';
    switch (path) {
      case 'metadata.name':
        return nameOf(this.object);
      case 'metadata.namespace':
        return namespaceOf(this.object);
      case 'metadata.uid':
        return stringAt(this.object, 'metadata', 'uid');
      case 'metadata.labels':
      case 'metadata.annotations':
        return Object.entries(stringsAt(this.object, ...path.split('.')))
          .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
          .join('\n');
      default:
        throw new KubectlError(`unsupported fieldPath: ${path}`);
    }
  }

  private resource(reference: JsonObject, container: JsonObject): string {
    const named = stringAt(reference, 'containerName');
    const from =
      named === ''
        ? container
        : listAt(this.object, 'spec', 'containers').find((each) => stringAt(each, 'name') === named);
    const [list = '', ...rest] = stringAt(reference, 'resource').split('.');
    const value = at(from, 'resources', list, rest.join('.'));
    if (value === undefined)
      throw new KubectlError(`Unsupported container resource : ${list}.${rest.join('.')}`);
    return String(value);
  }
}
