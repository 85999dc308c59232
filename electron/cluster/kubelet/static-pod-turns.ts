import type { Pod } from '../api/types.ts';
import type { ProcessContext } from '../machine/interface.ts';
import type { MirrorPods } from './mirror-pods.ts';
import { fullNameOf, isStaticPod, uidOf } from './pod-accessors.ts';
import type { PodWorker } from './pod-worker.ts';
import type { KubeletSettings } from './settings.ts';
import { StaticPodSource } from './static-pods.ts';

export interface StaticPodTurnsOptions {
  readonly process: ProcessContext;
  readonly settings: KubeletSettings;
  readonly mirrors: MirrorPods;
  /** By uid. */
  readonly workers: ReadonlyMap<string, PodWorker>;
  readonly start: (pod: Pod) => void;
}

/** Static Pods of the manifest folder: of two with one name the second waits. Models allowStaticPodStart (pod_workers.go, v1.34). */
export class StaticPodTurns {
  readonly #options: StaticPodTurnsOptions;
  /** Those whose name another one still has, by uid. */
  readonly #waiting = new Map<string, Pod>();

  constructor(options: StaticPodTurnsOptions) {
    this.#options = options;
  }

  /** From now on files count. */
  watch(): void {
    const { process, settings, mirrors, workers, start } = this.#options;
    const { staticPodPath, nodeName } = settings;
    if (staticPodPath === '') return;
    const source = new StaticPodSource(process.files, staticPodPath, nodeName, process.clock, {
      added: (pod) => {
        mirrors.want(pod);
        if (this.#hasRival(pod)) this.#waiting.set(uidOf(pod), pod);
        else start(pod);
      },
      removed: (pod) => {
        this.#waiting.delete(uidOf(pod));
        mirrors.unwant(pod);
        workers.get(uidOf(pod))?.remove();
      },
      failed: (message, path, err) =>
        process.log.error(message, { caller: err === undefined ? 'file.go:187' : 'file.go:200', err, path }),
    });
    source.start();
  }

  /** Nothing is left of a Pod: the one that waits for its name starts. */
  ended(gone: Pod): void {
    const next = [...this.#waiting.values()].find((pod) => fullNameOf(pod) === fullNameOf(gone));
    if (next === undefined) return;
    this.#waiting.delete(uidOf(next));
    this.#options.start(next);
  }

  #hasRival(pod: Pod): boolean {
    return [...this.#options.workers.values()].some(
      (worker) => isStaticPod(worker.pod) && fullNameOf(worker.pod) === fullNameOf(pod),
    );
  }
}
