import type { Container, Pod, Volume } from '../api/types.ts';
import type { Clock } from '../../base/clock.ts';
import type { ContainerConfig } from '../cri/interface.ts';
import type { FileSystem } from '../machine/interface.ts';
import { fieldValue } from './container-environment.ts';
import type { EnvironmentFacts } from './container-environment.ts';
import { metaOf, uidOf } from './pod-accessors.ts';
import { ContainerConfigError } from './referenced-objects.ts';
import type { ReferencedObjects } from './referenced-objects.ts';

const PODS = '/var/lib/kubelet/pods';
/** Milliseconds for which a config map that many Pods share is not read again: the kubelet's own cache keeps it as long. */
const SHARED = 60_000;

type Values = Readonly<Record<string, string>>;
type Mounts = NonNullable<ContainerConfig['mounts']>;
type Item = { readonly key: string; readonly path: string };
type ProjectedSource = NonNullable<NonNullable<Volume['projected']>['sources']>[number];

/** The kinds whose content is written before a Pod's sandbox is made. */
const PLUGINS = {
  configMap: 'configmap',
  secret: 'secret',
  downwardAPI: 'downward-api',
  emptyDir: 'empty-dir',
} as const;

/** Folder of a volume on the machine; undefined for kinds that are not mounted. */
function folderOf(pod: Pod, volume: Volume): string | undefined {
  if (volume.hostPath !== undefined) return volume.hostPath.path.replace(/(?<=.)\/+$/, '');
  const kind = (['configMap', 'secret', 'downwardAPI', 'emptyDir', 'projected'] as const).find(
    (candidate) => volume[candidate] !== undefined,
  );
  if (kind === undefined) return undefined;
  const plugin = kind === 'projected' ? 'projected' : PLUGINS[kind];
  return `${PODS}/${uidOf(pod)}/volumes/kubernetes.io~${plugin}/${volume.name}`;
}

/**
 * Volumes of the node's Pods as folders of its machine: config maps, secrets, downward API, emptyDir, hostPath, and what is
 * projected of them. Contents are those of the start; tokens of service accounts, claims and images are not mounted.
 */
export class PodVolumes {
  readonly #files: FileSystem;
  readonly #clock: Clock;
  readonly #objects: ReferencedObjects;
  readonly #shared = new Map<string, { readonly at: number; readonly values: Values }>();

  constructor(files: FileSystem, clock: Clock, objects: ReferencedObjects) {
    this.#files = files;
    this.#clock = clock;
    this.#objects = objects;
  }

  /** Writes what does not depend on the sandbox. Resolves to what could not be mounted, as upstream says it. */
  async setUp(pod: Pod): Promise<string[]> {
    const { namespace } = metaOf(pod);
    const messages: string[] = [];
    for (const volume of pod.spec?.volumes ?? []) {
      const { configMap, secret } = volume;
      const kind = configMap === undefined ? 'secret' : 'configmap';
      const name = configMap?.name ?? secret?.secretName;
      const folder = folderOf(pod, volume);
      if (name === undefined || folder === undefined) continue;
      const optional = (configMap ?? secret)?.optional === true;
      try {
        const data = (await this.#objects.data(kind, namespace, name, optional)) ?? {};
        this.#write(folder, chosen(data, (configMap ?? secret)?.items, optional, kind));
      } catch (error) {
        if (!(error instanceof ContainerConfigError)) throw error;
        messages.push(`MountVolume.SetUp failed for volume "${volume.name}" : ${error.message}`);
      }
    }
    return messages;
  }

  /** Writes what tells of the Pod itself, and what is projected; where these are not there yet, their files are not, either. */
  async setUpProjected(pod: Pod, facts: EnvironmentFacts): Promise<void> {
    for (const volume of pod.spec?.volumes ?? []) {
      const folder = folderOf(pod, volume);
      if (folder === undefined) continue;
      if (volume.downwardAPI !== undefined)
        this.#write(folder, downward(pod, volume.downwardAPI.items, facts));
      for (const source of volume.projected?.sources ?? [])
        this.#write(folder, await this.#projected(pod, source, facts));
    }
  }

  /** A container's mounts. `expand` fills in the variables of a `subPathExpr`. */
  mountsOf(pod: Pod, container: Container, expand: (text: string) => string): Mounts {
    const volumes = new Map((pod.spec?.volumes ?? []).map((volume) => [volume.name, volume]));
    return (container.volumeMounts ?? []).flatMap(({ name, mountPath, readOnly, subPath, subPathExpr }) => {
      const volume = volumes.get(name);
      const folder = volume === undefined ? undefined : folderOf(pod, volume);
      if (volume === undefined || folder === undefined) return [];
      const below = subPathExpr === undefined ? subPath : expand(subPathExpr);
      return [
        {
          containerPath: mountPath.replace(/(?<=.)\/+$/, ''),
          hostPath: below === undefined || below === '' ? folder : `${folder}/${below}`,
          // What the kubelet writes nobody else may.
          readonly: readOnly === true || (volume.emptyDir === undefined && volume.hostPath === undefined),
        },
      ];
    });
  }

  /** Removes what a Pod had here. */
  tearDown(uid: string): void {
    const folder = `${PODS}/${uid}`;
    if (this.#files.list(folder).length > 0) this.#files.remove(folder);
  }

  #write(folder: string, files: Values): void {
    for (const [name, text] of Object.entries(files)) {
      const path = `${folder}/${name}`;
      if (!this.#files.exists(path) || this.#files.read(path) !== text) this.#files.write(path, text);
    }
  }

  async #projected(pod: Pod, source: ProjectedSource, facts: EnvironmentFacts): Promise<Values> {
    if (source.downwardAPI !== undefined) return downward(pod, source.downwardAPI.items, facts);
    const reference = source.configMap ?? source.secret;
    const name = reference?.name;
    if (reference === undefined || name === undefined) return {};
    const kind = source.configMap === undefined ? 'secret' : 'configmap';
    const { namespace } = metaOf(pod);
    const key = `${kind} ${namespace}/${name}`;
    const known = this.#shared.get(key);
    const now = this.#clock.now();
    try {
      const values =
        known !== undefined && now - known.at < SHARED
          ? known.values
          : ((await this.#objects.data(kind, namespace, name, true)) ?? {});
      if (Object.keys(values).length > 0 && values !== known?.values)
        this.#shared.set(key, { at: now, values });
      return chosen(values, reference.items, true, kind);
    } catch (error) {
      if (!(error instanceof ContainerConfigError)) throw error;
      return {};
    }
  }
}

/** All of them by key, or those that `items` choose under other names. @throws ContainerConfigError for a key that is not there */
function chosen(
  data: Values,
  items: readonly Item[] | undefined,
  optional: boolean,
  kind: 'configmap' | 'secret',
): Values {
  if (items === undefined || items.length === 0) return data;
  const files: Record<string, string> = {};
  for (const { key, path } of items) {
    const text = data[key];
    if (text !== undefined) files[path] = text;
    else if (!optional)
      throw new ContainerConfigError(
        `references non-existent ${kind === 'configmap' ? 'config' : 'secret'} key: ${key}`,
      );
  }
  return files;
}

function downward(
  pod: Pod,
  items:
    | readonly { readonly path: string; readonly fieldRef?: { readonly fieldPath: string } | undefined }[]
    | undefined,
  facts: EnvironmentFacts,
): Values {
  const files: Record<string, string> = {};
  for (const { path, fieldRef } of items ?? []) {
    if (fieldRef === undefined) continue;
    const whole = /^metadata\.(labels|annotations)$/.exec(fieldRef.fieldPath)?.[1];
    files[path] =
      whole === undefined
        ? fieldValue(pod, fieldRef.fieldPath, facts)
        : Object.entries(metaOf(pod)[whole as 'labels' | 'annotations'] ?? {})
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
            .join('\n');
  }
  return files;
}
