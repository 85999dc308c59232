import type { Pod, Volume } from '../api/types.ts';
import { fieldValue } from './container-environment.ts';
import { metaOf } from './pod-accessors.ts';
import { ContainerConfigError } from './referenced-objects.ts';
import type { ReferencedObjects, ReferredKind, Values } from './referenced-objects.ts';
import type { Amounts } from './resource-field.ts';
import { resourceFieldValue } from './resource-field.ts';
import type { ServiceAccountTokens } from './service-account-tokens.ts';

/** Files of a volume by path: texts, or what makes them when they are read. */
export type VolumeFiles = Map<string, string | (() => string)>;

export interface VolumeContent {
  readonly files: VolumeFiles;
  /** Virtual milliseconds from which it is another by itself. */
  readonly refreshAt: number;
}

type Item = { readonly key: string; readonly path: string };
type DownwardItems = NonNullable<NonNullable<Volume['downwardAPI']>['items']>;
interface Reference {
  readonly items?: readonly Item[] | undefined;
  readonly optional?: boolean | undefined;
}

const NO_ADDRESS = { podIp: '', hostIp: '' };

/** What the kubelet writes into config map, secret, downward API and projected volumes. */
export class VolumeContents {
  readonly #objects: ReferencedObjects;
  readonly #tokens: ServiceAccountTokens;
  readonly #allocatable: () => Amounts;

  constructor(objects: ReferencedObjects, tokens: ServiceAccountTokens, allocatable: () => Amounts) {
    this.#objects = objects;
    this.#tokens = tokens;
    this.#allocatable = allocatable;
  }

  /** Undefined for other kinds of volumes. @throws Error with what follows `MountVolume.SetUp failed for volume "x" : ` */
  async of(pod: Pod, volume: Volume): Promise<VolumeContent | undefined> {
    const files: VolumeFiles = new Map();
    let refreshAt = Infinity;
    const { configMap, secret, downwardAPI, projected } = volume;
    if (configMap !== undefined) await this.#refer(files, pod, 'configmap', configMap.name, configMap);
    else if (secret !== undefined) await this.#refer(files, pod, 'secret', secret.secretName, secret);
    else if (downwardAPI !== undefined) this.#downward(files, pod, downwardAPI.items);
    else if (projected === undefined) return undefined;
    for (const source of projected?.sources ?? []) {
      const { serviceAccountToken: token } = source;
      if (source.configMap !== undefined)
        await this.#refer(files, pod, 'configmap', source.configMap.name, source.configMap);
      if (source.secret !== undefined)
        await this.#refer(files, pod, 'secret', source.secret.name, source.secret);
      if (source.downwardAPI !== undefined) this.#downward(files, pod, source.downwardAPI.items);
      if (token === undefined) continue;
      const mounted = await this.#tokens.get(pod, token);
      files.set(token.path, mounted.text);
      refreshAt = Math.min(refreshAt, mounted.refreshAt);
    }
    return { files, refreshAt };
  }

  forget(uid: string): void {
    this.#tokens.forget(uid);
  }

  async #refer(
    files: VolumeFiles,
    pod: Pod,
    kind: ReferredKind,
    name: string | undefined,
    { items = [], optional = false }: Reference,
  ): Promise<void> {
    const data = await this.#objects.data(kind, metaOf(pod).namespace, name ?? '', optional);
    for (const [path, text] of Object.entries(chosen(data ?? {}, items, optional, kind)))
      files.set(path, text);
  }

  #downward(files: VolumeFiles, pod: Pod, items: DownwardItems | undefined): void {
    for (const { path, fieldRef, resourceFieldRef } of items ?? []) {
      if (fieldRef !== undefined) files.set(path, downwardField(pod, fieldRef.fieldPath));
      else if (resourceFieldRef !== undefined)
        files.set(path, resourceFieldValue(pod, undefined, resourceFieldRef, this.#allocatable()));
    }
  }
}

/** All of them by key, or those that `items` choose under other names. @throws ContainerConfigError for a key that is not there */
function chosen(data: Values, items: readonly Item[], optional: boolean, kind: ReferredKind): Values {
  if (items.length === 0) return data;
  const files: Record<string, string> = {};
  for (const { key, path } of items) {
    const text = data[key];
    if (text !== undefined) files[path] = text;
    else if (!optional)
      throw new ContainerConfigError(
        kind === 'configmap'
          ? `configmap references non-existent config key: ${key}`
          : `references non-existent secret key: ${key}`,
      );
  }
  return files;
}

function downwardField(pod: Pod, path: string): string {
  const whole = /^metadata\.(labels|annotations)$/.exec(path)?.[1];
  if (whole === undefined) return fieldValue(pod, path, NO_ADDRESS);
  return Object.entries(metaOf(pod)[whole as 'labels' | 'annotations'] ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n');
}
