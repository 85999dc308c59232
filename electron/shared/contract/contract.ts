import { z } from 'zod';
import { ApiAnswer, ApiRequest, Relative, TableItem } from './api.ts';
import { ControllerAnswer, ControllersAnswer, WhichController } from './controllers.ts';
import { call, duplex, stream } from './define.ts';
import { DiagramItem, FaultVerb, MachineDetail } from './diagram.ts';
import { EtcdDisk, EtcdItem, EtcdKeyItem, EtcdKeysItem, EtcdValue } from './etcd.ts';
import { LabState, LabSummary } from './lab.ts';
import { RecordBatch, RecordDetail, RecordFilter } from './records.ts';
import { SessionState, Settings, StepRequest, TimeChange, TimeState } from './session.ts';
import { CycleAnswer, WaitingPod, WhatIfAnswer, WhichCycle, WhyNotAnswer } from './scheduling.ts';
import { TopologyAnswer } from './topology.ts';
import { TerminalDown, TerminalInfo, TerminalUp } from './terminal.ts';

const Nothing = z.object({});

/** Everything that the app and the host say to one another. */
export const contract = {
  'session.watch': stream(Nothing, SessionState),
  'session.dismissNotice': call(z.object({ id: z.string() }), Nothing),

  'settings.get': call(Nothing, Settings),
  'settings.set': call(Settings.partial(), Settings),

  'time.watch': stream(Nothing, TimeState),
  'time.set': call(TimeChange, TimeState, ['NotRunning']),
  /** Runs until something of that kind has happened; pauses first if needed. */
  'time.step': call(StepRequest, TimeState, ['NotRunning']),

  'diagram.watch': stream(Nothing, DiagramItem),
  'machine.get': call(z.object({ machine: z.string() }), MachineDetail, ['NotFound']),
  'fault.apply': call(FaultVerb, Nothing, ['NotFound', 'Refused']),

  /** Members of etcd; their newest log entries too when `logs` is set. */
  'etcd.watch': stream(z.object({ logs: z.boolean().default(false) }), EtcdItem),
  'etcd.keys': stream(EtcdDisk, EtcdKeysItem),
  'etcd.key': stream(EtcdDisk.extend({ key: z.string() }), EtcdKeyItem),
  /** What a key held at one of its revisions. `Compacted`: that revision is no longer kept. */
  'etcd.value': call(
    EtcdDisk.extend({ key: z.string(), modRevision: z.number(), sub: z.number() }),
    EtcdValue,
    ['NotFound', 'Compacted'],
  ),

  'records.watch': stream(RecordFilter, RecordBatch),
  /** `reveal`: with the values of Secrets and credentials, which are hidden otherwise. */
  'records.get': call(z.object({ id: z.number(), reveal: z.boolean().default(false) }), RecordDetail, [
    'NotFound',
  ]),

  /** `Unreachable`: no API server answered. Waits while time stands still. */
  'api.call': call(ApiRequest, ApiAnswer, ['NotRunning', 'Unreachable']),
  /** A collection, listed and watched as Tables. */
  'api.table': stream(z.object({ target: z.string().regex(/^\/[^\s#?]*$/) }), TableItem),

  /** One API object as YAML, as the API server gives it to an administrator. */
  'object.get': call(
    z.object({
      group: z.string(),
      version: z.string(),
      resource: z.string(),
      namespace: z.string().nullable(),
      name: z.string(),
    }),
    z.object({
      yaml: z.string(),
      events: z.array(
        z.object({ time: z.string(), type: z.string(), reason: z.string(), message: z.string() }),
      ),
    }),
    ['NotFound', 'Unreachable'],
  ),

  /** Whom an object belongs to and what belongs to it, seen in etcd. */
  'object.family': call(
    z.object({ uid: z.string().min(1) }),
    z.object({ relatives: z.array(Relative), truncated: z.boolean() }),
    ['NotFound', 'Unreachable'],
  ),

  /** A scheduling cycle of a Pod as it was decided, or as it would be. Sends nothing to the cluster. */
  'scheduling.cycle': call(WhichCycle, CycleAnswer, ['NotFound', 'NotRunning']),
  /** Why a node does not take the Pod, and the smallest changes with which it would: tried, not guessed. */
  'scheduling.whyNot': call(WhichCycle.extend({ node: z.string() }), WhyNotAnswer, [
    'NotFound',
    'NotRunning',
  ]),
  /** The cycle done again with changes as `explain/parse-change.ts` reads them. */
  'scheduling.whatIf': call(
    WhichCycle.extend({ changes: z.array(z.string().max(10_000)).min(1).max(20) }),
    WhatIfAnswer,
    ['NotFound', 'NotRunning', 'Refused'],
  ),
  /** Pods that are not bound, and in which queue of the scheduler they wait: the first of each queue, and how many there are. */
  'scheduling.queues': call(
    Nothing,
    z.object({ pods: z.array(WaitingPod), counts: z.record(z.string(), z.number()) }),
    ['NotRunning'],
  ),

  /** Controllers of a kube-controller-manager, and who leads; null: of the one that leads. Sends nothing to the cluster. */
  'controllers.list': call(z.object({ machine: z.string().nullable().default(null) }), ControllersAnswer, [
    'NotFound',
    'NotRunning',
  ]),
  /** One of them: its work queues as they are, and what it did last. */
  'controllers.get': call(WhichController, ControllerAnswer, ['NotFound', 'NotRunning']),

  /** What a text such as `kubeadm-1-2,worker-1=cri-o` would build. */
  'topology.read': call(z.object({ text: z.string().max(100_000) }), TopologyAnswer),
  /** In place of the cluster that is there, which is thrown away: one of the learner's own, without a lab. */
  'cluster.create': call(
    z.object({ topology: z.string().max(100_000), seed: z.string().max(200).nullable().default(null) }),
    Nothing,
    ['Busy', 'Refused'],
  ),

  'labs.watch': stream(Nothing, z.object({ labs: z.array(LabSummary) })),
  /** Null item: no lab is open. */
  'lab.watch': stream(Nothing, z.object({ state: LabState.nullable() })),
  'lab.open': call(z.object({ id: z.string() }), Nothing, ['NotFound', 'Busy']),
  /** Back to the start state of the lab that is open: a fresh cluster, a new attempt. */
  'lab.restart': call(Nothing, Nothing, ['NotOpen', 'Busy']),
  'lab.answer': call(
    z.object({ step: z.string(), question: z.string(), answer: z.array(z.string()).min(1) }),
    Nothing,
    ['NotOpen', 'NotFound', 'AlreadyAnswered'],
  ),
  'lab.hint': call(z.object({ step: z.string(), task: z.string(), hint: z.number().int().min(0) }), Nothing, [
    'NotOpen',
    'NotFound',
  ]),
  /** Goes to a step that is not locked. */
  'lab.goTo': call(z.object({ step: z.string() }), Nothing, ['NotOpen', 'NotFound', 'Locked']),

  'terminals.watch': stream(Nothing, z.object({ terminals: z.array(TerminalInfo) })),
  'terminal.open': call(
    z.object({
      profile: z.enum(['lab', 'own']),
      cols: z.number().int().min(2).max(1000),
      rows: z.number().int().min(1).max(1000),
      /** A machine to enter at once, for "open shell" on the diagram. */
      machine: z.string().nullable(),
    }),
    z.object({ id: z.string() }),
    ['NotRunning', 'NotFound'],
  ),
  'terminal.close': call(z.object({ id: z.string() }), Nothing, ['NotFound']),
  /** First comes what is in the replay buffer, then what is new. */
  'terminal.attach': duplex(
    z.object({
      id: z.string(),
      cols: z.number().int().min(2).max(1000),
      rows: z.number().int().min(1).max(1000),
    }),
    TerminalUp,
    TerminalDown,
    ['NotFound'],
  ),
} as const;

export type Contract = typeof contract;
