import type { Node, Pod } from '../api/types.ts';
import type { InformerFactory } from '../client/informer-factory.ts';
import type { ResourceType } from '../client/resource-type.ts';
import { resourceTypes } from '../client/resource-types.ts';
import type { SchedulerCache } from './cache/scheduler-cache.ts';
import type { ClusterEvent, EventAction, EventResource } from './framework/cluster-event.ts';
import { podInfo, podKey } from './framework/pod-info.ts';
import type { Nominator } from './nominator.ts';
import type { SchedulingQueue } from './queue/scheduling-queue.ts';

/** What the handlers keep up to date. */
export interface HandlerTargets {
  readonly cache: SchedulerCache;
  readonly queue: SchedulingQueue;
  readonly nominator: Nominator;
  /** True when one of our profiles is responsible for the Pod. */
  readonly responsible: (pod: Pod) => boolean;
  /** Told of every Pod that is gone, by key. */
  readonly deleted: (key: string) => void;
}

/** Finished Pods take no room: the scheduler does not look at them. */
export const podSelector = 'status.phase!=Succeeded,status.phase!=Failed';

function isAssigned(pod: Pod): boolean {
  return (pod.spec?.nodeName ?? '') !== '';
}

/** Models pkg/scheduler/eventhandlers.go (v1.34). */
export function addEventHandlers(factory: InformerFactory, targets: HandlerTargets): void {
  const pods = factory.informer(resourceTypes.pods, { fieldSelector: podSelector });
  pods.addEventHandler({
    onAdd: (pod) => podAdded(targets, pod),
    onUpdate: (old, pod) => podUpdated(targets, old, pod),
    onDelete: (pod) => podDeleted(targets, pod),
  });
  const nodes = factory.informer(resourceTypes.nodes);
  nodes.addEventHandler({
    onAdd: (node) => {
      targets.cache.setNode(node);
      targets.queue.moveOnEvent({ resource: 'Node', action: 'Add' }, undefined, node);
    },
    onUpdate: (old, node) => {
      targets.cache.setNode(node);
      for (const event of nodeChanges(old, node)) targets.queue.moveOnEvent(event, old, node);
    },
    onDelete: (node) => {
      targets.cache.removeNode(node.metadata?.name ?? '');
      targets.queue.moveOnEvent({ resource: 'Node', action: 'Delete' }, node, undefined);
    },
  });
  addStorageHandlers(factory, targets.queue);
}

/** What volumes depend on may make a waiting Pod schedulable, too. */
function addStorageHandlers(factory: InformerFactory, queue: SchedulingQueue): void {
  const watch = (resource: EventResource, type: ResourceType): void => {
    factory.informer(type).addEventHandler({
      onAdd: (object) => queue.moveOnEvent({ resource, action: 'Add' }, undefined, object),
      onUpdate: (old, object) => queue.moveOnEvent({ resource, action: 'Update' }, old, object),
      onDelete: (object) => queue.moveOnEvent({ resource, action: 'Delete' }, object, undefined),
    });
  };
  watch('PersistentVolume', resourceTypes.persistentVolumes as ResourceType);
  watch('PersistentVolumeClaim', resourceTypes.persistentVolumeClaims as ResourceType);
  watch('StorageClass', resourceTypes.storageClasses as ResourceType);
  watch('CSINode', resourceTypes.csiNodes as ResourceType);
  watch('CSIDriver', resourceTypes.csiDrivers as ResourceType);
  watch('CSIStorageCapacity', resourceTypes.csiStorageCapacities as ResourceType);
  watch('VolumeAttachment', resourceTypes.volumeAttachments as ResourceType);
}

function podAdded({ cache, queue, nominator, responsible }: HandlerTargets, pod: Pod): void {
  if (isAssigned(pod)) {
    cache.setPod(pod);
    queue.moveOnEvent({ resource: 'AssignedPod', action: 'Add' }, undefined, pod);
  } else if (responsible(pod)) {
    const info = podInfo(pod);
    const nominated = pod.status?.nominatedNodeName ?? '';
    if (nominated !== '') nominator.set(info, nominated);
    queue.add(info);
  }
}

function podUpdated(targets: HandlerTargets, old: Pod, pod: Pod): void {
  const { cache, queue, nominator, responsible } = targets;
  if (old.metadata?.uid !== pod.metadata?.uid) {
    // Deleted and made again under the same name between two looks.
    podDeleted(targets, old);
    podAdded(targets, pod);
  } else if (isAssigned(pod)) {
    const key = podKey(pod);
    if (!isAssigned(old)) {
      queue.delete(key);
      nominator.delete(key);
      cache.setPod(pod);
      queue.moveOnEvent({ resource: 'AssignedPod', action: 'Add' }, undefined, pod);
    } else {
      cache.setPod(pod);
      for (const action of podChanges(old, pod))
        queue.moveOnEvent({ resource: 'AssignedPod', action }, old, pod);
    }
  } else if (responsible(pod)) {
    const key = podKey(pod);
    // Its own binding under way: nothing to be done until that is seen.
    if (cache.isAssumed(key)) return;
    queue.update(podInfo(pod), podChanges(old, pod).length > 0);
  }
}

function podDeleted({ cache, queue, nominator, deleted }: HandlerTargets, pod: Pod): void {
  const key = podKey(pod);
  nominator.delete(key);
  deleted(key);
  if (isAssigned(pod) || cache.getPod(key) !== undefined) {
    cache.removePod(pod);
    queue.delete(key);
    queue.moveOnEvent({ resource: 'AssignedPod', action: 'Delete' }, pod, undefined);
  } else {
    queue.delete(key);
  }
}

/** What in a Pod changed that may matter to placement. */
function podChanges(old: Pod, pod: Pod): EventAction[] {
  const actions: EventAction[] = [];
  if (differs(old.spec?.schedulingGates, pod.spec?.schedulingGates)) actions.push('UpdateSchedulingGates');
  if (differs(old.spec?.tolerations, pod.spec?.tolerations)) actions.push('UpdateTolerations');
  if (differs(old.metadata?.labels, pod.metadata?.labels)) actions.push('UpdateLabel');
  if (differs(old.spec?.containers, pod.spec?.containers)) actions.push('UpdateScaleDown');
  return actions;
}

/** What in a node changed that may make room. */
export function nodeChanges(old: Node, node: Node): ClusterEvent[] {
  const events: ClusterEvent[] = [];
  const add = (action: EventAction): void => void events.push({ resource: 'Node', action });
  if (differs(old.status?.allocatable, node.status?.allocatable)) add('UpdateAllocatable');
  if (differs(old.metadata?.labels, node.metadata?.labels)) add('UpdateLabel');
  if (differs(old.spec?.taints, node.spec?.taints) || old.spec?.unschedulable !== node.spec?.unschedulable)
    add('UpdateTaint');
  return events;
}

function differs(a: unknown, b: unknown): boolean {
  return a !== b && JSON.stringify(a) !== JSON.stringify(b);
}
