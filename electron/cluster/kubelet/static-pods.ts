import { SeededRand } from '../../base/rand.ts';
import type { Pod } from '../api/types.ts';
import { readOwnYaml } from '../apimachinery/own-yaml.ts';
import type { FileSystem } from '../machine/interface.ts';
import { CONFIG_HASH, CONFIG_SEEN, CONFIG_SOURCE } from './pod-accessors.ts';

const HEX = '0123456789abcdef';

/** A manifest that is no Pod; `message` as the kubelet logs it. */
export class ManifestError extends Error {}

/**
 * Makes the Pod of a manifest: named after the node, with a uid that is a hash of text and node, in `default` unless
 * it says otherwise, tolerating what would evict it. Models pkg/kubelet/config/common.go (v1.34). @throws ManifestError
 */
export function podFromManifest(text: string, path: string, nodeName: string, seenAt: number): Pod {
  let value: unknown;
  try {
    value = readOwnYaml(text);
  } catch (error) {
    throw new ManifestError(
      `${path}: couldn't parse as pod(${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}), please check config file`,
    );
  }
  const pod = value as Pod | null;
  if (typeof pod !== 'object' || pod === null || pod.kind !== 'Pod' || pod.apiVersion !== 'v1') {
    throw new ManifestError(
      `${path}: couldn't parse as pod(no kind "Pod" of version "v1"), please check config file`,
    );
  }
  const { metadata, spec } = pod;
  if (metadata?.name === undefined || !Array.isArray(spec?.containers) || spec.containers.length === 0) {
    throw new ManifestError(`${path}: invalid pod: metadata.name and spec.containers are required`);
  }
  const hash = new SeededRand(`${nodeName} ${path} ${text}`).string(32, HEX);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      name: `${metadata.name}-${nodeName.toLowerCase()}`,
      namespace: metadata.namespace ?? 'default',
      uid: hash,
      annotations: {
        ...metadata.annotations,
        [CONFIG_HASH]: hash,
        [CONFIG_SEEN]: new Date(seenAt).toISOString().replace('Z', '000000Z'),
        [CONFIG_SOURCE]: 'file',
      },
    },
    spec: {
      ...spec,
      nodeName,
      tolerations: [...(spec.tolerations ?? []), { operator: 'Exists', effect: 'NoExecute' }],
    },
    status: { phase: 'Pending' },
  };
}

export interface StaticPodHandlers {
  added(pod: Pod): void;
  removed(pod: Pod): void;
  failed(message: string): void;
}

/** Watches the manifest folder. A changed manifest is another Pod: the old one goes, the new one comes. */
export class StaticPodSource {
  readonly #files: FileSystem;
  readonly #folder: string;
  readonly #nodeName: string;
  readonly #now: () => number;
  readonly #handlers: StaticPodHandlers;
  readonly #pods = new Map<string, Pod>();

  constructor(
    files: FileSystem,
    folder: string,
    nodeName: string,
    now: () => number,
    handlers: StaticPodHandlers,
  ) {
    this.#files = files;
    this.#folder = folder.replace(/\/$/, '');
    this.#nodeName = nodeName;
    this.#now = now;
    this.#handlers = handlers;
  }

  /** Reads what is there and looks after what changes, for as long as the process lives. */
  start(): void {
    this.#files.watch(this.#folder, () => this.#scan());
    this.#scan();
  }

  #scan(): void {
    const found = new Map<string, Pod>();
    for (const name of this.#files.list(this.#folder)) {
      if (name.endsWith('/') || name.startsWith('.')) continue;
      const path = `${this.#folder}/${name}`;
      try {
        const pod = podFromManifest(this.#files.read(path), path, this.#nodeName, this.#now());
        found.set(
          path,
          this.#pods.get(path)?.metadata?.uid === pod.metadata?.uid ? (this.#pods.get(path) ?? pod) : pod,
        );
      } catch (error) {
        if (!(error instanceof ManifestError)) throw error;
        this.#handlers.failed(error.message);
      }
    }
    const before = new Map(this.#pods);
    this.#pods.clear();
    for (const [path, pod] of found) this.#pods.set(path, pod);
    for (const [path, pod] of before) if (found.get(path) !== pod) this.#handlers.removed(pod);
    for (const [path, pod] of found) if (before.get(path) !== pod) this.#handlers.added(pod);
  }
}
