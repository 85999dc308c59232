import { computed, shallowRef, triggerRef, watch } from 'vue';
import type { RecordBatch } from '../../../../electron/shared/contract/records.ts';
import { useDiagram } from '../../../stores/diagram.ts';
import { between, over } from './geometry.ts';
import type { Segment } from './geometry.ts';
import { LayoutMemory } from './layout-memory.ts';
import { naturalLinks, pairKey } from './links.ts';
import type { Link } from './links.ts';

/** Links that are drawn only because something was heard on them. */
const MAX_HEARD = 300;

let memory = new LayoutMemory();
let memoryOf = '';

/** The layout, kept while the cluster has the same machines to begin with, also across a reconnect or a change of tabs. */
export function useClusterLayout() {
  const diagram = useDiagram();
  const heard = shallowRef(new Map<string, Link>());

  watch(
    () => diagram.epoch,
    () => {
      const names = diagram.machines.map((machine) => machine.name).join(' ');
      if (names === memoryOf) return;
      memoryOf = names;
      memory = new LayoutMemory();
      heard.value = new Map();
    },
    { immediate: true },
  );

  /** Changes only when machines or components come or go, not with their state. */
  const shape = computed(() =>
    [
      diagram.epoch,
      ...diagram.machines.map((one) => `${one.name} ${one.role} ${one.zone ?? ''} ${one.isNode}`),
      ...diagram.components.map((one) => `${one.id} ${one.kind}`),
    ].join('\n'),
  );
  const layout = computed(() => {
    void shape.value;
    return memory.arrange(diagram.machines, diagram.components);
  });
  const natural = computed(() => {
    void shape.value;
    return naturalLinks(diagram.components);
  });
  const links = computed<readonly Link[]>(() => {
    const known = new Set(natural.value.map((link) => pairKey(link.from, link.to)));
    return [...natural.value, ...[...heard.value].flatMap(([key, link]) => (known.has(key) ? [] : [link]))];
  });

  /** The component or machine that stands for an actor of the log. */
  function thingOf(actor: string): string | undefined {
    if (layout.value.components.has(actor)) return actor;
    const machine = actor.split('/')[0] ?? actor;
    if (layout.value.machines.has(machine)) return machine;
    return diagram.machines.find((one) => one.role === 'outside')?.name;
  }

  const isEtcd = (thing: string): boolean => diagram.picture.components.get(thing)?.kind === 'etcd';

  /** The way between two things (ids of components or names of machines); undefined when one cannot be shown. */
  function wayBetween(from: string, to: string): Segment | undefined {
    const a = layout.value.components.get(from) ?? layout.value.machines.get(from);
    const b = layout.value.components.get(to) ?? layout.value.machines.get(to);
    if (a === undefined || b === undefined || a === b) return undefined;
    // Members of etcd sit side by side with other blocks between them.
    if (isEtcd(from) && isEtcd(to)) return over(a, b, layout.value.top);
    return between(a, b);
  }

  /** The way of a message between two actors of the log. */
  function wayOf(from: string, to: string): Segment | undefined {
    const a = thingOf(from);
    const b = thingOf(to);
    return a === undefined || b === undefined ? undefined : wayBetween(a, b);
  }

  function hear(from: string, to: string): boolean {
    const a = thingOf(from);
    const b = thingOf(to);
    if (a === undefined || b === undefined || a === b || heard.value.size >= MAX_HEARD) return false;
    const key = pairKey(a, b);
    if (heard.value.has(key)) return false;
    heard.value.set(key, { from: a, to: b });
    return true;
  }

  function observe(batch: RecordBatch): void {
    let news = false;
    for (const record of batch.records) {
      if (record.kind === 'message' && record.to !== null) news = hear(record.actor, record.to) || news;
    }
    for (const flow of [...batch.flows, ...(batch.beats ?? [])]) news = hear(flow.from, flow.to) || news;
    if (news) triggerRef(heard);
  }

  return { layout, links, wayBetween, wayOf, thingOf, observe };
}
