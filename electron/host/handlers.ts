import { RpcError } from '../shared/rpc/rpc-error.ts';
import type { Handlers, StreamSink } from '../shared/rpc/rpc-server.ts';
import type { contract } from '../shared/contract/contract.ts';
import type { ClusterSession } from './cluster-session.ts';
import type { Host } from './host.ts';
import { applyFault } from './services/fault-service.ts';
import { readFamily } from './services/family-service.ts';
import { readObject } from './services/object-service.ts';
import { readTopology } from './services/topology-service.ts';
import { step, timeState } from './services/time-service.ts';

/** What the host answers to each entry of the contract. */
export function createHandlers(host: Host): Handlers<typeof contract> {
  /** @throws RpcError with `code` while there is no cluster. */
  const running = (code: string): ClusterSession => {
    if (host.cluster === undefined) throw new RpcError(code, 'the cluster is not running yet');
    return host.cluster;
  };
  /** Opens a stream on the cluster: a page that connects while it boots waits for it. */
  const follow = (
    sink: Pick<StreamSink<never>, 'fail' | 'onEnd'>,
    open: (session: ClusterSession) => void,
  ): void =>
    sink.onEnd(
      host.running.whenThere((session) => {
        try {
          open(session);
        } catch (error) {
          if (!(error instanceof RpcError)) throw error;
          sink.fail(error);
        }
      }),
    );
  return {
    'session.watch': (_input, sink) => host.session.watch(sink),
    'session.dismissNotice': ({ id }) => {
      host.notices.dismiss(id);
      host.session.refresh();
      return {};
    },
    'settings.get': () => host.settings.get(),
    'settings.set': (change) => host.settings.set(change),

    'time.watch': (_input, sink) => host.time.watch(sink),
    'time.set': (change) => {
      const session = running('NotRunning');
      session.pacer.set(change);
      host.time.refresh();
      return timeState(session);
    },
    'time.step': async ({ until }) => {
      const session = running('NotRunning');
      await step(session, until);
      host.flush();
      return timeState(session);
    },

    'diagram.watch': (_input, sink) => follow(sink, (session) => session.diagram.watch(sink)),
    'machine.get': ({ machine }) => running('NotFound').diagram.machine(machine),
    'fault.apply': (verb) => {
      const session = running('Refused');
      session.pacer.inject(() => applyFault(session.cluster, verb));
      return {};
    },

    'etcd.watch': (input, sink) => follow(sink, (session) => session.etcd.watch(input, sink)),
    'etcd.keys': (input, sink) => follow(sink, (session) => session.etcd.watchKeys(input, sink)),
    'etcd.key': (input, sink) => follow(sink, (session) => session.etcd.watchKey(input, sink)),
    'etcd.value': (input) => running('NotFound').etcd.value(input),

    'records.watch': (input, sink) => follow(sink, (session) => session.records.watch(input, sink)),
    'records.get': ({ id, reveal }) => running('NotFound').records.get(id, reveal),
    'api.call': (request) => running('NotRunning').api.call(request),
    'api.table': ({ target }, sink) => follow(sink, (session) => session.api.table(target, sink)),
    'object.get': (place) => readObject(running('Unreachable').objects, place),

    'object.family': ({ uid }) => readFamily(running('Unreachable').objects, uid),

    'scheduling.cycle': (which) => running('NotRunning').scheduling.cycle(which),
    'scheduling.whyNot': ({ node, ...which }) => running('NotRunning').scheduling.whyNot(which, node),
    'scheduling.whatIf': ({ changes, ...which }) => running('NotRunning').scheduling.whatIf(which, changes),
    'scheduling.queues': () => running('NotRunning').scheduling.queues(),

    'controllers.list': ({ machine }) => running('NotRunning').controllers.list(machine),
    'controllers.get': ({ machine, name }) => running('NotRunning').controllers.get(machine, name),

    'topology.read': ({ text }) => readTopology(text),
    'cluster.create': async ({ topology, seed }) => {
      await host.createCluster(topology, seed);
      return {};
    },

    'labs.watch': (_input, sink) => host.labs.labs.watch(sink),
    'lab.watch': (_input, sink) => host.labs.state.watch(sink),
    'lab.open': async ({ id }) => {
      await host.labs.open(id);
      return {};
    },
    'lab.restart': async () => {
      await host.labs.restart();
      return {};
    },
    'lab.answer': ({ step: stepId, question, answer }) => {
      host.labs.act((session) => session.answer(stepId, question, answer));
      return {};
    },
    'lab.hint': ({ step: stepId, task, hint }) => {
      host.labs.act((session) => session.openHint(stepId, task, hint));
      return {};
    },
    'lab.goTo': ({ step: stepId }) => {
      host.labs.act((session) => session.goTo(stepId));
      return {};
    },

    'terminals.watch': (_input, sink) => host.terminals.list.watch(sink),
    'terminal.open': (input) => host.terminals.open(input),
    'terminal.close': ({ id }) => {
      host.terminals.close(id);
      return {};
    },
    'terminal.attach': (input, session) => host.terminals.attach(input, session),
  };
}
