import type { RecordId } from '../../base/causal-record.ts';
import type { Pod, PodStatus } from '../api/types.ts';
import { isNotFound, statusOf } from '../client/api-errors.ts';
import type { ComponentContext } from '../client/component-context.ts';
import type { ApiClient } from '../client/interface.ts';
import { resourceTypes } from '../client/resource-types.ts';
import { metaOf, uidOf } from './pod-accessors.ts';
import { isOfKubelet, isShared } from './pod-conditions.ts';
import { podStatusPatch } from './status-patch.ts';

interface Entry {
  pod: Pod;
  status: PodStatus;
  /** The Pod may be taken out of the API: nothing of it is left to run. */
  final: boolean;
  cause: RecordId;
  dirty: boolean;
  sending: boolean;
  /** What the API answered last; the watch may not have shown it yet. */
  written: Pod | undefined;
}

const RETRY = 10_000;

/**
 * Takes Pod statuses to the API: as patches of what changed, one at a time per Pod, newest only; and ends the
 * deletion of Pods whose containers are gone. Models pkg/kubelet/status/status_manager.go (v1.34), without its GET
 * before each patch: the Pod known from the watch stands for it.
 */
export class StatusManager {
  readonly #context: ComponentContext;
  readonly #client: ApiClient;
  /** The Pod in the API that stands for one of the node's: itself, or a static Pod's mirror. Undefined: none yet. */
  readonly #apiPod: (pod: Pod) => Pod | undefined;
  readonly #entries = new Map<string, Entry>();

  constructor(context: ComponentContext, client: ApiClient, apiPod: (pod: Pod) => Pod | undefined) {
    this.#context = context;
    this.#client = client;
    this.#apiPod = apiPod;
  }

  /** What was last said of a Pod. */
  get(uid: string): PodStatus | undefined {
    return this.#entries.get(uid)?.status;
  }

  set(pod: Pod, status: PodStatus, final: boolean): void {
    const uid = uidOf(pod);
    const entry = this.#entries.get(uid) ?? {
      pod,
      status,
      final,
      cause: 0,
      dirty: false,
      sending: false,
      written: undefined,
    };
    this.#entries.set(uid, entry);
    entry.pod = pod;
    entry.status = status;
    entry.final ||= final;
    entry.cause = this.#context.tracer.cause;
    this.#touch(entry);
  }

  /** The Pod in the API changed: somebody may have written over its status, or the mirror is there now. */
  reconcile(uid: string): void {
    const entry = this.#entries.get(uid);
    if (entry === undefined || entry.sending) return;
    const pod = this.#apiPod(entry.pod);
    // The watch shows what was written from here, or something older.
    if (pod !== undefined && newer(pod, entry.written) !== pod) return;
    if (
      pod?.metadata?.resourceVersion !== undefined &&
      pod.metadata.resourceVersion === entry.written?.metadata?.resourceVersion
    )
      return;
    if (
      pod === undefined ||
      podStatusPatch(uidOf(pod), pod.status ?? {}, settled(pod, entry.status)) === undefined
    )
      return;
    entry.cause = this.#context.tracer.cause;
    this.#touch(entry);
  }

  forget(uid: string): void {
    this.#entries.delete(uid);
  }

  #touch(entry: Entry): void {
    entry.dirty = true;
    if (entry.sending) return;
    entry.sending = true;
    this.#context.go(() => this.#send(entry));
  }

  async #send(entry: Entry): Promise<void> {
    const { clock, tracer, log } = this.#context;
    while (entry.dirty) {
      entry.dirty = false;
      tracer.resume(entry.cause);
      try {
        await this.#write(entry);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        log.warn('Failed to update status for pod', { pod: metaOf(entry.pod).name, err: message });
        if (statusOf(error) !== undefined && isNotFound(error)) break;
        entry.dirty = true;
        await clock.sleep(RETRY);
        if (!this.#entries.has(uidOf(entry.pod))) break;
      }
    }
    entry.sending = false;
  }

  async #write(entry: Entry): Promise<void> {
    const seen = this.#apiPod(entry.pod);
    if (seen === undefined) return;
    const pod = newer(seen, entry.written);
    const { name, namespace, uid } = metaOf(pod);
    const pods = this.#client.resource<Pod>(resourceTypes.pods, namespace);
    const patch = podStatusPatch(uid, pod.status ?? {}, settled(pod, entry.status));
    if (patch !== undefined)
      entry.written = await pods.patch(name, 'application/strategic-merge-patch+json', patch, 'status');
    if (!entry.final || pod.metadata?.deletionTimestamp === undefined || entry.dirty) return;
    await pods.delete(name, { gracePeriodSeconds: 0, preconditions: { uid } });
  }
}

function newer(seen: Pod, written: Pod | undefined): Pod {
  if (written === undefined || uidOf(written) !== uidOf(seen)) return seen;
  return Number(written.metadata?.resourceVersion) > Number(seen.metadata?.resourceVersion) ? written : seen;
}

/**
 * The status as it is to be written: its own conditions with the transition times that the API has where they are the same,
 * and the conditions of others as the API has them now. Models mergePodStatus.
 */
function settled(pod: Pod, status: PodStatus): PodStatus {
  const old = pod.status?.conditions ?? [];
  const own = (status.conditions ?? []).filter(isOfKubelet).map((condition) => {
    const before = old.find((other) => other.type === condition.type);
    if (before?.status !== condition.status) return condition;
    return { ...condition, lastTransitionTime: before.lastTransitionTime ?? condition.lastTransitionTime };
  });
  const shared = (status.conditions ?? []).filter(isShared);
  const others = old.filter(
    (condition) => !isOfKubelet(condition) && !shared.some(({ type }) => type === condition.type),
  );
  return {
    ...status,
    startTime: pod.status?.startTime ?? status.startTime,
    conditions: [...own, ...others, ...shared],
  };
}
