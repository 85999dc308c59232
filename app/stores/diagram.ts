import { defineStore } from 'pinia';
import { computed, shallowRef, triggerRef } from 'vue';
import type {
  ComponentView,
  DiagramItem,
  FaultVerb,
  LinkCut,
  LinkDelay,
  MachineView,
  PodView,
} from '../../electron/shared/contract/diagram.ts';
import { useConnection } from './connection.ts';

interface Picture {
  readonly machines: Map<string, MachineView>;
  readonly components: Map<string, ComponentView>;
  readonly pods: Map<string, PodView>;
  cuts: readonly LinkCut[];
  delays: readonly LinkDelay[];
}

const NONE: PodView[] = [];

/** Groups; a group whose members are the same as in `before` stays the same array, so that nothing is drawn anew for it. */
function grouped<K, T>(items: readonly T[], key: (item: T) => K, before: Map<K, T[]>): Map<K, T[]> {
  const groups = Map.groupBy(items, key);
  for (const [name, members] of groups) {
    const old = before.get(name);
    if (old?.length === members.length && old.every((item, index) => item === members[index]))
      groups.set(name, old);
  }
  before.clear();
  for (const [name, members] of groups) before.set(name, members);
  return groups;
}

/** Machines, components and Pods as the host streams them. The maps are shared and changed in place; `picture` says when. */
export const useDiagram = defineStore('diagram', () => {
  const connection = useConnection();
  const picture = shallowRef<Picture>({
    machines: new Map(),
    components: new Map(),
    pods: new Map(),
    cuts: [],
    delays: [],
  });
  /** Grows with every reset: the layout may begin anew then, and only then. */
  const epoch = shallowRef(0);
  const loaded = computed(() => epoch.value > 0);

  function apply(item: DiagramItem): void {
    const { machines, components, pods } = picture.value;
    if (item.reset) {
      machines.clear();
      components.clear();
      pods.clear();
      picture.value.cuts = [];
      picture.value.delays = [];
      epoch.value += 1;
    }
    for (const machine of item.machines) machines.set(machine.name, machine);
    for (const component of item.components) components.set(component.id, component);
    for (const pod of item.pods) pods.set(pod.uid, pod);
    for (const name of item.removedMachines) machines.delete(name);
    for (const id of item.removedComponents) components.delete(id);
    for (const uid of item.removedPods) pods.delete(uid);
    if (item.cuts !== null) picture.value.cuts = item.cuts;
    if (item.delays !== null) picture.value.delays = item.delays;
    triggerRef(picture);
  }

  function follow(): () => void {
    return connection.follow('diagram.watch', {}, apply);
  }

  const lastByMachine = new Map<string, ComponentView[]>();
  const lastByNode = new Map<string | null, PodView[]>();
  const machines = computed(() => [...picture.value.machines.values()]);
  const components = computed(() => [...picture.value.components.values()]);
  const pods = computed(() => [...picture.value.pods.values()]);
  const cuts = computed(() => [...picture.value.cuts]);
  const delays = computed(() => [...picture.value.delays]);
  const byMachine = computed(() => grouped(components.value, (one) => one.machine, lastByMachine));
  /** Names of components that run on more than one machine: alone they say too little. */
  const sharedNames = computed(() => new Set(sharedList.value.split(' ')));
  // As text first: it changes seldom, and only then is a new set made for those who draw by it.
  const sharedList = computed(() => {
    const seen = new Map<string, string>();
    const shared = new Set<string>();
    for (const { name, machine } of components.value) {
      const other = seen.get(name) ?? machine;
      if (other !== machine) shared.add(name);
      seen.set(name, other);
    }
    return [...shared].join(' ');
  });
  const byNode = computed(() => grouped(pods.value, (one) => one.node, lastByNode));
  const unbound = computed(() => byNode.value.get(null) ?? NONE);

  /** @throws RpcError `NotFound`, `Refused` */
  async function fault(verb: FaultVerb): Promise<void> {
    await connection.call('fault.apply', verb);
  }

  return {
    picture,
    epoch,
    loaded,
    machines,
    components,
    pods,
    cuts,
    delays,
    byMachine,
    byNode,
    sharedNames,
    unbound,
    apply,
    follow,
    fault,
  };
});
