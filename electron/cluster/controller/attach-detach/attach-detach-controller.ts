import { attachmentName, uniqueVolumeName } from '../../api/helpers/csi-volumes.ts';
import type {
  CSIDriver,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  VolumeAttachment,
} from '../../api/types.ts';
import { isTerminating, nameOf, uidOf } from '../../apimachinery/meta.ts';
import { isAlreadyExists, isNotFound } from '../../client/api-errors.ts';
import type { EventType } from '../../client/event-recorder.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { SharedInformer } from '../../client/shared-informer.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { runWorkers } from '../../client/workers.ts';
import { decide } from '../decision.ts';
import type { Controller, ControllerContext } from '../interface.ts';
import { claimsOf, podsByClaim, podsOfClaim } from '../pods-of-claim.ts';
import { AttachedVolumes, isInUse, isReported } from './attached-volumes.ts';
import type { PodsByNode } from './volume-users.ts';
import { VolumeUsers, isMultiAttachAllowed, multiAttachError } from './volume-users.ts';

/** How long a node that does not answer is waited for before a volume is taken from it. */
const MAX_WAIT_FOR_UNMOUNT = 360_000;
const ATTACH_TIMEOUT = 120_000;
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';
const BY_VOLUME = 'volumeattachments/volume';
const BY_NODE = 'volumeattachments/node';

const volumeOf = ({ spec }: VolumeAttachment): string => spec.source.persistentVolumeName ?? '';

function isReady(node: Node | undefined): boolean {
  return node?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

/** What of a Node this controller looks at. */
function factsOf(node: Node): string {
  const { status, spec } = node;
  const taints = (spec?.taints ?? []).map(({ key }) => key);
  return JSON.stringify([isReady(node), taints, status?.volumesInUse, status?.volumesAttached]);
}

/**
 * Asks CSI drivers, by VolumeAttachments, to attach volumes to the nodes of the Pods that use them, and to detach them after that.
 * Models pkg/controller/volume/attachdetach (v1.34) for CSI volumes; no other kind that is attached is left.
 */
export class AttachDetachController implements Controller {
  readonly #c: ControllerContext;
  readonly #queue: WorkQueue;
  readonly #volumes: SharedInformer<PersistentVolume>;
  readonly #nodes: SharedInformer<Node>;
  readonly #attachments: SharedInformer<VolumeAttachment>;
  readonly #users: VolumeUsers;
  readonly #attached: AttachedVolumes;
  /** Virtual milliseconds since which a detach waits for the unmount, by attachment. */
  readonly #waiting = new Map<string, number>();
  /** Since when an attach has had no answer, and which failure was told last. */
  readonly #attaching = new Map<string, { since: number; told: string }>();
  /** Pods that were told of a volume that another node has: uid and volume. */
  readonly #refused = new Set<string>();

  constructor(c: ControllerContext) {
    this.#c = c;
    this.#queue = c.journal.queue('attachdetach');
    this.#volumes = c.factory.informer(resourceTypes.persistentVolumes);
    this.#nodes = c.factory.informer(resourceTypes.nodes);
    this.#attachments = c.factory.informer(resourceTypes.volumeAttachments);
    const claims = c.factory.informer<PersistentVolumeClaim>(resourceTypes.persistentVolumeClaims);
    const pods = c.factory.informer<Pod>(resourceTypes.pods);
    const drivers = c.factory.informer<CSIDriver>(resourceTypes.csiDrivers);
    podsByClaim(pods);
    this.#attachments.addIndexers({
      [BY_VOLUME]: (attachment) => [volumeOf(attachment)],
      [BY_NODE]: ({ spec }) => [spec.nodeName],
    });
    this.#users = new VolumeUsers(claims.lister, drivers.lister, (key) => podsOfClaim(pods, key));
    this.#attached = new AttachedVolumes(c.client);
    const enqueue = (volume: string | undefined): void => {
      if (volume !== undefined && volume !== '') this.#queue.add(volume);
    };
    const enqueuePod = (pod: Pod): void => {
      if ((pod.spec?.nodeName ?? '') === '') return;
      for (const key of claimsOf(pod)) enqueue(claims.lister.get(key)?.spec?.volumeName);
    };
    pods.addEventHandler({
      onAdd: enqueuePod,
      onUpdate: (old, pod) => {
        if (old.spec?.nodeName !== pod.spec?.nodeName || old.status?.phase !== pod.status?.phase)
          enqueuePod(pod);
      },
      onDelete: (pod) => {
        for (const key of claimsOf(pod))
          this.#refused.delete(`${uidOf(pod)} ${claims.lister.get(key)?.spec?.volumeName ?? ''}`);
        enqueuePod(pod);
      },
    });
    claims.addEventHandler({
      onAdd: ({ spec }) => enqueue(spec?.volumeName),
      onUpdate: (old, { spec }) => {
        if (old.spec?.volumeName !== spec?.volumeName) enqueue(spec?.volumeName);
      },
    });
    this.#volumes.addEventHandler({ onAdd: (volume) => enqueue(nameOf(volume)) });
    const enqueueAttachment = (attachment: VolumeAttachment): void => enqueue(volumeOf(attachment));
    this.#attachments.addEventHandler({
      onAdd: enqueueAttachment,
      onUpdate: (_, attachment) => enqueueAttachment(attachment),
      onDelete: enqueueAttachment,
    });
    const enqueueNode = (node: Node): void =>
      this.#attachments.lister.byIndex(BY_NODE, nameOf(node)).forEach(enqueueAttachment);
    this.#nodes.addEventHandler({
      onUpdate: (old, node) => {
        if (factsOf(old) !== factsOf(node)) enqueueNode(node);
      },
      onDelete: enqueueNode,
    });
  }

  run(): void {
    runWorkers(this.#c.context, { queue: this.#queue, workers: 1, sync: (name) => this.#sync(name) });
  }

  async #sync(name: string): Promise<void> {
    const volume = this.#volumes.lister.get(name);
    const wanted: PodsByNode =
      volume === undefined || !this.#users.isAttachable(volume) ? new Map() : this.#users.of(volume);
    const present = this.#attachments.lister.byIndex(BY_VOLUME, name);
    for (const attachment of present) {
      const pods = wanted.get(attachment.spec.nodeName);
      if (isTerminating(attachment)) continue;
      if (pods === undefined) await this.#detach(attachment, volume);
      else if (volume !== undefined) {
        this.#waiting.delete(nameOf(attachment));
        await this.#follow(attachment, volume, pods);
      }
    }
    if (volume !== undefined) await this.#attachMissing(volume, wanted, present);
  }

  async #attachMissing(
    volume: PersistentVolume,
    wanted: PodsByNode,
    present: readonly VolumeAttachment[],
  ): Promise<void> {
    const having = new Set(present.map(({ spec }) => spec.nodeName));
    for (const [node, pods] of wanted) {
      if (having.has(node) || this.#nodes.lister.get(node) === undefined) continue;
      if (having.size > 0 && !isMultiAttachAllowed(volume)) {
        const others = [...wanted].flatMap(([other, its]) => (having.has(other) ? its : []));
        this.#refuse(nameOf(volume), pods, others);
        continue;
      }
      having.add(node);
      for (const pod of pods) this.#refused.delete(`${uidOf(pod)} ${nameOf(volume)}`);
      await this.#attach(volume, node);
    }
  }

  #refuse(volume: string, pods: readonly Pod[], others: readonly Pod[]): void {
    for (const pod of pods) {
      const key = `${uidOf(pod)} ${volume}`;
      if (this.#refused.has(key)) continue;
      this.#refused.add(key);
      this.#say([pod], 'Warning', 'FailedAttachVolume', multiAttachError(volume, pod, others));
    }
  }

  async #attach(volume: PersistentVolume, node: string): Promise<void> {
    const { driver = '', volumeHandle = '' } = volume.spec?.csi ?? {};
    const name = attachmentName(volumeHandle, driver, node);
    this.#decide(nameOf(volume), 'attach', `attached to ${node}`, 'no attachment');
    try {
      await this.#c.client.resource<VolumeAttachment>(resourceTypes.volumeAttachments).create({
        apiVersion: 'storage.k8s.io/v1',
        kind: 'VolumeAttachment',
        metadata: { name },
        spec: { attacher: driver, nodeName: node, source: { persistentVolumeName: nameOf(volume) } },
      } as VolumeAttachment);
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }

  /** An attachment that is wanted: has it come about? */
  async #follow(attachment: VolumeAttachment, volume: PersistentVolume, pods: readonly Pod[]): Promise<void> {
    const { nodeName } = attachment.spec;
    const [name, id] = [nameOf(volume), uniqueVolumeName(volume) ?? ''];
    if (attachment.status?.attached === true) {
      this.#attaching.delete(nameOf(attachment));
      if (isReported(this.#nodes.lister.get(nodeName), id)) return;
      await this.#attached.add(nodeName, id);
      this.#say(
        pods,
        'Normal',
        'SuccessfulAttachVolume',
        `AttachVolume.Attach succeeded for volume ${JSON.stringify(name)} `,
      );
      return;
    }
    const now = this.#c.context.clock.now();
    const state = this.#attaching.get(nameOf(attachment)) ?? { since: now, told: '' };
    this.#attaching.set(nameOf(attachment), state);
    const { message, time } = attachment.status?.attachError ?? {};
    const failed = (why: string): void =>
      this.#say(
        pods,
        'Warning',
        'FailedAttachVolume',
        `AttachVolume.Attach failed for volume ${JSON.stringify(name)} : ${why}`,
      );
    if (message !== undefined && state.told !== `${time ?? ''} ${message}`) {
      state.told = `${time ?? ''} ${message}`;
      state.since = now;
      failed(message);
    } else if (now - state.since >= ATTACH_TIMEOUT) {
      state.since = now;
      failed(
        `timed out waiting for external-attacher of ${attachment.spec.attacher} CSI driver to attach volume ${volume.spec?.csi?.volumeHandle ?? ''}`,
      );
    }
    this.#queue.addAfter(name, state.since + ATTACH_TIMEOUT - now);
  }

  /** Nobody on the node uses it any more. */
  async #detach(attachment: VolumeAttachment, volume: PersistentVolume | undefined): Promise<void> {
    const key = nameOf(attachment);
    const { nodeName } = attachment.spec;
    const node = this.#nodes.lister.get(nodeName);
    const id = volume === undefined ? undefined : uniqueVolumeName(volume);
    const now = this.#c.context.clock.now();
    const since = this.#waiting.get(key) ?? now;
    if (id !== undefined && isInUse(node, id)) {
      this.#waiting.set(key, since);
      const left = since + MAX_WAIT_FOR_UNMOUNT - now;
      const outOfService = node?.spec?.taints?.some((taint) => taint.key === OUT_OF_SERVICE) ?? false;
      if (!outOfService && (isReady(node) || left > 0)) {
        if (left > 0) this.#queue.addAfter(volumeOf(attachment), left);
        return;
      }
      this.#c.context.log.warn('Force detaching', { volume: volumeOf(attachment), node: nodeName });
    }
    this.#waiting.delete(key);
    this.#attaching.delete(key);
    this.#decide(
      volumeOf(attachment),
      'detach',
      'attached to no node without need',
      `attached to ${nodeName}`,
    );
    // First of all the kubelet is told: it must not mount what is about to go.
    if (id !== undefined) await this.#attached.remove(nodeName, id);
    try {
      await this.#c.client.resource<VolumeAttachment>(resourceTypes.volumeAttachments).delete(key);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  #say(pods: readonly Pod[], type: EventType, reason: string, message: string): void {
    for (const object of pods)
      this.#c.recorder.event({ apiVersion: 'v1', kind: 'Pod', object }, type, reason, message);
  }

  #decide(volume: string, action: string, desired: string, observed: string): void {
    decide(this.#c, { subject: `persistentvolumes ${volume}`, action, desired, observed });
  }
}
