import { defineStore } from 'pinia';
import { computed, shallowRef, triggerRef } from 'vue';
import type { EtcdItem, EtcdLogEntry, EtcdMember } from '../../electron/shared/contract/etcd.ts';
import { useConnection } from './connection.ts';

/** So many of the newest entries of each log are kept. */
const KEPT_ENTRIES = 100;

/** Members of etcd as the host streams them, and, while somebody looks at them, their logs. */
export const useEtcd = defineStore('etcd', () => {
  const connection = useConnection();
  /** By machine. Shared and changed in place; the ref says when. */
  const byMachine = shallowRef(new Map<string, EtcdMember>());
  const logs = shallowRef(new Map<string, readonly EtcdLogEntry[]>());
  const loaded = shallowRef(false);

  function apply(item: EtcdItem): void {
    if (item.reset) byMachine.value.clear();
    for (const member of item.members) byMachine.value.set(member.machine, member);
    loaded.value = true;
    triggerRef(byMachine);
  }

  function applyLogs(item: EtcdItem): void {
    if (item.reset) logs.value.clear();
    for (const { machine, from, entries } of item.logs) {
      const before = (logs.value.get(machine) ?? []).filter(({ index }) => index < from);
      logs.value.set(machine, [...before, ...entries].slice(-KEPT_ENTRIES));
    }
    if (item.reset || item.logs.length > 0) triggerRef(logs);
  }

  function follow(): () => void {
    return connection.follow('etcd.watch', { logs: false }, apply);
  }

  /** Logs as well; for as long as the returned function is not called. */
  function followLogs(): () => void {
    return connection.follow('etcd.watch', { logs: true }, (item) => {
      apply(item);
      applyLogs(item);
    });
  }

  const members = computed(() => [...byMachine.value.values()]);
  const byActor = computed(() => new Map(members.value.map((member) => [member.actor, member])));
  /** The one that holds itself for the leader in the highest term: an old one may not know yet. */
  const leader = computed(() =>
    members.value
      .filter(({ raft }) => raft?.role === 'leader')
      .reduce<EtcdMember | undefined>(
        (best, one) => ((best?.raft?.term ?? -1) >= (one.raft?.term ?? 0) ? best : one),
        undefined,
      ),
  );

  /** Name of a member by its id, as any member knows it; the id itself when nobody does. */
  function nameOf(id: string | null): string {
    if (id === null) return '–';
    for (const member of members.value) if (member.id === id) return member.name ?? member.machine;
    for (const { peers } of members.value) {
      const peer = peers.find((one) => one.id === id);
      if (peer !== undefined && peer.name !== '') return peer.name;
    }
    return id;
  }

  return { byMachine, logs, loaded, members, byActor, leader, apply, applyLogs, follow, followLogs, nameOf };
});
