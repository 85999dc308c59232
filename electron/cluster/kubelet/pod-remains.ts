import type { CriClient } from '../cri/interface.ts';
import { CriError } from '../cri/interface.ts';
import type { ProcessContext } from '../machine/interface.ts';
import type { ClaimVolumes } from './claim-volumes.ts';
import { pruneLogLinks } from './legacy-log-links.ts';
import type { PodRecords } from './pod-record.ts';
import type { PodVolumes } from './pod-volumes.ts';
import type { RuntimeCache } from './runtime-cache.ts';

export interface PodRemainsOptions {
  readonly process: ProcessContext;
  readonly cri: CriClient;
  readonly cache: RuntimeCache;
  readonly claims: ClaimVolumes;
  readonly volumes: PodVolumes;
  readonly records: PodRecords;
}

/** Takes away what is left of Pods on this machine. Models pkg/kubelet/kubelet_pods.go HandlePodCleanups (v1.34). */
export class PodRemains {
  readonly #options: PodRemainsOptions;

  constructor(options: PodRemainsOptions) {
    this.#options = options;
  }

  /** Of a Pod that is over. */
  async remove(
    uid: string,
    name: { readonly namespace: string; readonly name: string } | undefined,
  ): Promise<void> {
    const { volumes } = this.#options;
    await this.#removeSandboxes(uid);
    if (name !== undefined) this.#removeLogs({ ...name, uid });
    await volumes.unmountClaims(uid);
    volumes.tearDown(uid);
  }

  /** Sandboxes, logs and volumes of Pods that nobody knows any more, e.g. deleted while the kubelet was down. */
  async removeOrphans(isKnown: (uid: string) => boolean): Promise<void> {
    const { process, cache, claims, volumes, records } = this.#options;
    for (const uid of cache.uids) {
      if (isKnown(uid)) continue;
      const { namespace, name } = cache.get(uid);
      await this.#removeSandboxes(uid);
      this.#removeLogs({ namespace, name, uid });
      volumes.tearDown(uid);
      records.delete(uid);
    }
    for (const uid of claims.uids) {
      if (isKnown(uid)) continue;
      process.go(async () => {
        await volumes.unmountClaims(uid);
        volumes.tearDown(uid);
      });
    }
  }

  /** What is left of its logs: files that were moved away. */
  #removeLogs({ namespace, name, uid }: Record<'namespace' | 'name' | 'uid', string>): void {
    const { files } = this.#options.process;
    const folder = `/var/log/pods/${namespace}_${name}_${uid}`;
    if (files.exists(folder)) files.remove(folder);
    pruneLogLinks(files, { namespace, name });
  }

  async #removeSandboxes(uid: string): Promise<void> {
    const { process, cri, cache } = this.#options;
    try {
      for (const sandbox of cache.get(uid).sandboxes)
        await cri.call('RemovePodSandbox', { podSandboxId: sandbox.id });
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      process.log.error('Failed to remove pod sandbox', { uid, err: error.message });
    }
  }
}
