import type { Clock } from '../../base/clock.ts';
import type { Disposable } from '../../base/disposable.ts';
import { SeededRand } from '../../base/rand.ts';
import type { Pod } from '../api/types.ts';
import type { FileSystem } from '../machine/interface.ts';
import { ManifestError, parseManifest } from './manifest.ts';
import { CONFIG_HASH, CONFIG_SEEN, CONFIG_SOURCE } from './pod-accessors.ts';

const HEX = '0123456789abcdef';
/** `fileCheckFrequency`: how often the kubelet reads again, and tells again of, what it could not use. */
const FILE_CHECK = 20_000;

/**
 * Makes the Pod of a manifest: named after the node, with a uid that is a hash of text and node, in `default` unless
 * it says otherwise, tolerating what would evict it. Models pkg/kubelet/config/common.go (v1.34). @throws ManifestError
 */
export function podFromManifest(text: string, path: string, nodeName: string, seenAt: number): Pod {
  const { metadata, spec } = parseManifest(text, path);
  const hash = new SeededRand(`${nodeName} ${path} ${text}`).string(32, HEX);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata,
      name: `${metadata?.name ?? ''}-${nodeName.toLowerCase()}`,
      namespace: metadata?.namespace ?? 'default',
      uid: hash,
      annotations: {
        ...metadata?.annotations,
        [CONFIG_HASH]: hash,
        [CONFIG_SEEN]: new Date(seenAt).toISOString().replace('Z', '000000Z'),
        [CONFIG_SOURCE]: 'file',
      },
    },
    spec: {
      containers: [],
      ...spec,
      nodeName,
      tolerations: [...(spec?.tolerations ?? []), { operator: 'Exists', effect: 'NoExecute' }],
    },
    status: { phase: 'Pending' },
  };
}

export interface StaticPodHandlers {
  added(pod: Pod): void;
  removed(pod: Pod): void;
  /** `err`: why a file, or folder, at `path` is none of them; `''` where the message says it all. */
  failed(message: string, path: string, err?: string): void;
}

/** Watches the manifest folder. A changed manifest is another Pod: the old one goes, the new one comes. */
export class StaticPodSource {
  readonly #files: FileSystem;
  readonly #folder: string;
  readonly #nodeName: string;
  readonly #clock: Clock;
  readonly #handlers: StaticPodHandlers;
  readonly #pods = new Map<string, Pod>();
  #later: Disposable | undefined;

  constructor(
    files: FileSystem,
    folder: string,
    nodeName: string,
    clock: Clock,
    handlers: StaticPodHandlers,
  ) {
    this.#files = files;
    this.#folder = folder.replace(/\/$/, '');
    this.#nodeName = nodeName;
    this.#clock = clock;
    this.#handlers = handlers;
  }

  /** Reads what is there and looks after what changes, for as long as the process lives. */
  start(): void {
    this.#files.watch(this.#folder, () => this.#scan());
    this.#scan();
  }

  #scan(): void {
    const found = new Map<string, Pod>();
    let failures = 0;
    this.#later?.dispose();
    this.#later = undefined;
    for (const name of this.#files.list(this.#folder)) {
      if (name.startsWith('.')) continue;
      const path = `${this.#folder}/${name.replace(/\/$/, '')}`;
      if (name.endsWith('/')) {
        failures += 1;
        this.#handlers.failed(
          'Provided manifest path is a directory, not recursing into manifest path',
          path,
        );
        continue;
      }
      try {
        const pod = podFromManifest(this.#files.read(path), path, this.#nodeName, this.#clock.now());
        found.set(
          path,
          this.#pods.get(path)?.metadata?.uid === pod.metadata?.uid ? (this.#pods.get(path) ?? pod) : pod,
        );
      } catch (error) {
        if (!(error instanceof ManifestError)) throw error;
        failures += 1;
        this.#handlers.failed('Could not process manifest file', path, error.message);
      }
    }
    if (failures > 0) this.#later = this.#clock.setTimeout(() => this.#scan(), FILE_CHECK);
    const before = new Map(this.#pods);
    this.#pods.clear();
    for (const [path, pod] of found) this.#pods.set(path, pod);
    for (const [path, pod] of before) if (found.get(path) !== pod) this.#handlers.removed(pod);
    for (const [path, pod] of found) if (before.get(path) !== pod) this.#handlers.added(pod);
  }
}
