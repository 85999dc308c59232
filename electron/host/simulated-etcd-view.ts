import { byteStringToUtf8, utf8ToByteString } from '../base/byte-string.ts';
import type { Disposable } from '../base/disposable.ts';
import type { Event } from '../base/event.ts';
import type { RevisionRecord } from '../cluster/etcd/backend/interface.ts';
import type { EtcdMemberSource, EtcdMemberView, EtcdPeerView } from '../cluster/etcd/view/interface.ts';
import type { EtcdKey, EtcdMemberState, EtcdState, EtcdView } from '../grading/interface.ts';
import type { EtcdDisk } from './services/etcd-disk.ts';
import { hexId } from './services/etcd-view.ts';

/** etcd as a grader sees it: what its members say of themselves and what is on their disks. */
export class SimulatedEtcdView implements EtcdView {
  readonly #views: () => readonly EtcdMemberView[];
  readonly #disks: ReadonlyMap<string, EtcdDisk>;
  readonly #committed: Event<unknown>;

  /** `disks` by machine; `committed` fires when something may have changed. */
  constructor(
    views: () => readonly EtcdMemberView[],
    disks: ReadonlyMap<string, EtcdDisk>,
    committed: Event<unknown>,
  ) {
    this.#views = views;
    this.#disks = disks;
    this.#committed = committed;
  }

  state(): EtcdState {
    const views = this.#views();
    const running = views.filter(isRunning);
    const leader = leaderOf(running);
    const best = leader ?? mostAdvanced(running);
    const disk = this.#disk(best?.machine);
    return {
      clusterId: best === undefined ? '' : hexId(best.running.clusterId),
      quorum: leader !== undefined,
      leader: leader?.running.name ?? '',
      term: Math.max(0, ...running.map((view) => view.running.raft.term)),
      revision: best?.running.store.revision ?? disk?.revision ?? 0,
      compactRevision: Math.max(0, best?.running.store.compactRevision ?? disk?.compactRevision ?? 0),
      members:
        best === undefined
          ? views.map((view) => stopped(view.machine, view.machine, false))
          : best.running.peers.map((peer) => memberState(peer, views, leader?.running)),
    };
  }

  get(key: string): EtcdKey | undefined {
    const record = this.#disk(this.#best()?.machine)?.current(utf8ToByteString(key));
    return record === undefined ? undefined : toKey(record);
  }

  list(prefix: string): readonly EtcdKey[] {
    const wanted = utf8ToByteString(prefix);
    const found: EtcdKey[] = [];
    for (const record of this.#disk(this.#best()?.machine)?.present() ?? [])
      if (record.kv.key.startsWith(wanted)) found.push(toKey(record));
    return found.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  onDidChange(listener: () => void): Disposable {
    let seen = this.#signature();
    return this.#committed(() => {
      const now = this.#signature();
      if (now === seen) return;
      seen = now;
      listener();
    });
  }

  #best(): RunningView | undefined {
    const running = this.#views().filter(isRunning);
    return leaderOf(running) ?? mostAdvanced(running);
  }

  /** A member's disk; without a running member, the one that holds most. */
  #disk(machine: string | undefined): EtcdDisk | undefined {
    if (machine !== undefined) return this.#disks.get(machine);
    return [...this.#disks.values()].reduce<EtcdDisk | undefined>(
      (most, disk) => (most === undefined || disk.revision > most.revision ? disk : most),
      undefined,
    );
  }

  #signature(): string {
    return JSON.stringify([this.state(), this.#disk(this.#best()?.machine)?.revision]);
  }
}

type RunningView = EtcdMemberView & { readonly running: EtcdMemberSource };

function isRunning(view: EtcdMemberView): view is RunningView {
  return view.running !== undefined;
}

/** The one that a majority of its own voters follows now. */
function leaderOf(running: readonly RunningView[]): RunningView | undefined {
  return running.find(({ running: leader }) => {
    if (leader.raft.role !== 'leader') return false;
    const voters = new Set(leader.peers.filter((peer) => !peer.isLearner).map((peer) => peer.memberId));
    const followers = running.filter(
      ({ running: member }) =>
        voters.has(member.memberId) &&
        member.raft.lead === leader.memberId &&
        member.raft.term === leader.raft.term,
    );
    return followers.length > voters.size / 2;
  });
}

function mostAdvanced(running: readonly RunningView[]): RunningView | undefined {
  return running.reduce<RunningView | undefined>(
    (most, view) =>
      most === undefined || view.running.raft.applied > most.running.raft.applied ? view : most,
    undefined,
  );
}

function memberState(
  peer: EtcdPeerView,
  views: readonly EtcdMemberView[],
  leader: EtcdMemberSource | undefined,
): EtcdMemberState {
  const view = views.find((candidate) => candidate.running?.memberId === peer.memberId);
  if (view?.running === undefined) {
    // Members are called after their machines; one that has not started yet has no name.
    return stopped(peer.name, peer.name, peer.isLearner);
  }
  const { raft, store, name } = view.running;
  return {
    name,
    machine: view.machine,
    running: true,
    leader: leader?.memberId === peer.memberId,
    learner: peer.isLearner,
    term: raft.term,
    index: raft.lastIndex,
    applied: raft.applied,
    dbSize: store.dbSize,
    dbSizeInUse: store.dbSizeInUse,
    alarms: store.alarms.filter((alarm) => alarm.memberId === peer.memberId).map((alarm) => alarm.type),
  };
}

function stopped(name: string, machine: string, learner: boolean): EtcdMemberState {
  return {
    name,
    machine,
    running: false,
    leader: false,
    learner,
    term: 0,
    index: 0,
    applied: 0,
    dbSize: 0,
    dbSizeInUse: 0,
    alarms: [],
  };
}

function toKey({ kv }: RevisionRecord): EtcdKey {
  return { ...kv, key: byteStringToUtf8(kv.key), value: byteStringToUtf8(kv.value) };
}
