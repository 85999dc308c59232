import { z } from 'zod';

export const MachineView = z.object({
  name: z.string(),
  role: z.enum(['control-plane', 'worker', 'outside']),
  os: z.enum(['linux', 'windows']),
  ip: z.string(),
  zone: z.string().nullable(),
  powered: z.boolean(),
  isNode: z.boolean(),
  /** The Node's Ready condition; null when there is no such Node object. */
  ready: z.enum(['True', 'False', 'Unknown']).nullable(),
  unschedulable: z.boolean(),
  /** Whole percents of its disk. */
  diskUsed: z.number(),
  /** A file that was written to fill the disk is there. */
  diskFilled: z.boolean(),
  /** Milliseconds that its clock is ahead; below zero: behind. */
  clockSkew: z.number(),
  /** Its container runtime runs, but this socket is gone. */
  missingSocket: z.string().nullable(),
  activeUnits: z.array(z.string()),
  /** Enabled units of systemd that are stopped, or have failed. */
  stoppedUnits: z.array(z.string()),
});
export type MachineView = z.infer<typeof MachineView>;

export const ComponentView = z.object({
  /** `<machine>/<name>`: the same as `actor` and `to` of messages. */
  id: z.string(),
  machine: z.string(),
  name: z.string(),
  kind: z.string(),
  health: z.enum(['running', 'starting', 'stopped', 'failed']),
  /** How it runs: decides what stop and start really do. */
  runsAs: z.enum(['static-pod', 'unit', 'outside']),
});
export type ComponentView = z.infer<typeof ComponentView>;

export const PodView = z.object({
  uid: z.string(),
  namespace: z.string(),
  name: z.string(),
  /** Null while it is not bound. */
  node: z.string().nullable(),
  /** What `kubectl get pods` shows under STATUS. */
  status: z.string(),
  ready: z.boolean(),
  restarts: z.number(),
  /** e.g. `ReplicaSet/web-5d4`; null when nobody owns it. */
  owner: z.string().nullable(),
});
export type PodView = z.infer<typeof PodView>;

export const LinkCut = z.object({ from: z.string(), to: z.string() });
export type LinkCut = z.infer<typeof LinkCut>;

/** Added latency of one direction, in virtual milliseconds. */
export const LinkDelay = LinkCut.extend({ ms: z.number() });
export type LinkDelay = z.infer<typeof LinkDelay>;

/** The first item is everything; later ones say what changed. */
export const DiagramItem = z.object({
  reset: z.boolean(),
  machines: z.array(MachineView),
  components: z.array(ComponentView),
  pods: z.array(PodView),
  removedMachines: z.array(z.string()),
  removedComponents: z.array(z.string()),
  /** By uid. */
  removedPods: z.array(z.string()),
  cuts: z.array(LinkCut).nullable(),
  delays: z.array(LinkDelay).nullable(),
});
export type DiagramItem = z.infer<typeof DiagramItem>;

/** What the context menu does. `stop` of a static Pod moves its manifest away; of a unit it is `systemctl stop`. */
export const FaultVerb = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('stop'), component: z.string() }),
  z.object({ verb: z.literal('start'), component: z.string() }),
  z.object({ verb: z.literal('kill'), component: z.string() }),
  z.object({ verb: z.literal('power-off'), machine: z.string() }),
  z.object({ verb: z.literal('power-on'), machine: z.string() }),
  /** A file makes the disk so full. */
  z.object({ verb: z.literal('disk-fill'), machine: z.string(), percent: z.number().int().min(1).max(100) }),
  z.object({ verb: z.literal('disk-free'), machine: z.string() }),
  /** So many virtual milliseconds ahead, or behind; 0: right. At most a year. */
  z.object({
    verb: z.literal('clock'),
    machine: z.string(),
    ms: z.number().int().min(-31_536_000_000).max(31_536_000_000),
  }),
  /** The container runtime's socket; it is there again when the runtime is restarted. */
  z.object({ verb: z.literal('socket-remove'), machine: z.string() }),
  z.object({ verb: z.literal('unit-stop'), machine: z.string(), unit: z.string() }),
  z.object({ verb: z.literal('unit-start'), machine: z.string(), unit: z.string() }),
  z.object({ verb: z.literal('cut'), from: z.string(), to: z.string() }),
  z.object({ verb: z.literal('heal'), from: z.string(), to: z.string() }),
  /** 0 virtual milliseconds: as fast as ever. */
  z.object({
    verb: z.literal('delay'),
    from: z.string(),
    to: z.string(),
    ms: z.number().min(0).max(60_000),
  }),
  /** How long one sync of etcd's log takes on that machine, in virtual milliseconds. */
  z.object({ verb: z.literal('etcd-fsync'), machine: z.string(), ms: z.number().min(0).max(60_000) }),
  z.object({ verb: z.literal('etcd-disk'), machine: z.string(), full: z.boolean() }),
  z.object({ verb: z.literal('etcd-corrupt'), machine: z.string() }),
  z.object({ verb: z.literal('etcd-defragment'), machine: z.string() }),
  /** Into a file on the machine. */
  z.object({ verb: z.literal('etcd-snapshot'), machine: z.string() }),
  /** The member on that machine is to lead. */
  z.object({ verb: z.literal('etcd-move-leader'), machine: z.string() }),
]);
export type FaultVerb = z.infer<typeof FaultVerb>;

export const MachineDetail = z.object({
  machine: MachineView,
  processes: z.array(
    z.object({ pid: z.number(), name: z.string(), argv: z.array(z.string()), startedAt: z.number() }),
  ),
  units: z.array(z.object({ name: z.string(), active: z.string(), enabled: z.boolean() })),
});
export type MachineDetail = z.infer<typeof MachineDetail>;
