import type { ByteString } from '../../base/byte-string.ts';
import type { Disposable } from '../../base/disposable.ts';
import type { EtcdMemberView } from '../../cluster/etcd/view/interface.ts';
import type {
  EtcdItem,
  EtcdKeyItem,
  EtcdKeysItem,
  EtcdMember,
  EtcdValue,
} from '../../shared/contract/etcd.ts';
import { RpcError } from '../../shared/rpc/rpc-error.ts';
import type { StreamSink } from '../../shared/rpc/rpc-server.ts';
import type { EtcdDisk } from './etcd-disk.ts';
import { EtcdLogCursor } from './etcd-log-cursor.ts';
import { hexId, viewKey, viewMember, viewRevision } from './etcd-view.ts';

const VALUE_LIMIT = 256 * 1024;
const SHOWN_REVISIONS = 200;

interface MembersStream {
  readonly sink: StreamSink<EtcdItem>;
  /** Undefined: logs were not asked for. */
  readonly cursors: Map<string, EtcdLogCursor> | undefined;
}

interface KeysStream {
  readonly sink: StreamSink<EtcdKeysItem>;
  readonly machine: string | null;
  disk: EtcdDisk | undefined;
  /** Undefined: everything is to be told. */
  dirty: Set<ByteString> | undefined;
  stop: () => void;
}

interface KeyStream {
  readonly sink: StreamSink<EtcdKeyItem>;
  readonly machine: string | null;
  readonly key: ByteString;
  last: string;
}

/** What learners see of etcd: its members with their logs, and the keys with their history on a member's disk. */
export class EtcdService implements Disposable {
  readonly #members: () => readonly EtcdMemberView[];
  readonly #disks: ReadonlyMap<string, EtcdDisk>;
  readonly #memberStreams = new Set<MembersStream>();
  readonly #keysStreams = new Set<KeysStream>();
  readonly #keyStreams = new Set<KeyStream>();
  /** As last told, by machine: JSON text. */
  readonly #told = new Map<string, string>();

  /** `disks` by machine. */
  constructor(members: () => readonly EtcdMemberView[], disks: ReadonlyMap<string, EtcdDisk>) {
    this.#members = members;
    this.#disks = disks;
  }

  watch({ logs }: { readonly logs: boolean }, sink: StreamSink<EtcdItem>): void {
    const stream: MembersStream = { sink, cursors: logs ? new Map() : undefined };
    const members = this.#members();
    // Whoever is there already gets the same news now, so that `#told` is what all have.
    this.#flushMembers(members);
    this.#memberStreams.add(stream);
    sink.onEnd(() => this.#memberStreams.delete(stream));
    sink.next({
      reset: true,
      members: members.map((member) => this.#view(member)),
      logs: this.#logs(stream, members),
    });
  }

  watchKeys({ machine }: { readonly machine: string | null }, sink: StreamSink<EtcdKeysItem>): void {
    const stream: KeysStream = { sink, machine, disk: undefined, dirty: undefined, stop: () => undefined };
    this.#keysStreams.add(stream);
    sink.onEnd(() => {
      this.#keysStreams.delete(stream);
      stream.stop();
    });
    this.#sendKeys(stream, this.#members());
  }

  watchKey(
    input: { readonly machine: string | null; readonly key: string },
    sink: StreamSink<EtcdKeyItem>,
  ): void {
    const stream: KeyStream = { sink, ...input, last: '' };
    this.#keyStreams.add(stream);
    sink.onEnd(() => this.#keyStreams.delete(stream));
    this.#sendKey(stream, this.#members());
  }

  /** @throws RpcError NotFound, Compacted */
  value(place: {
    readonly machine: string | null;
    readonly key: string;
    readonly modRevision: number;
    readonly sub: number;
  }): EtcdValue {
    const { key, modRevision, sub } = place;
    const disk = this.#disk(place.machine, this.#members());
    const record = disk
      ?.history(key)
      .find((one) => one.kv.modRevision === modRevision && one.sub === sub && !one.tombstone);
    if (record === undefined) {
      const compacted = disk !== undefined && modRevision <= disk.compactRevision;
      throw new RpcError(
        compacted ? 'Compacted' : 'NotFound',
        `revision ${modRevision} of the key ${compacted ? 'has been compacted' : 'does not exist'}`,
      );
    }
    const { value } = record.kv;
    return { value: value.slice(0, VALUE_LIMIT), size: value.length, truncated: value.length > VALUE_LIMIT };
  }

  /** Called by the host a few times a second, after a commit. */
  flush(): void {
    if (this.#memberStreams.size + this.#keysStreams.size + this.#keyStreams.size === 0) return;
    const members = this.#members();
    this.#flushMembers(members);
    for (const stream of this.#keysStreams) this.#sendKeys(stream, members);
    for (const stream of this.#keyStreams) this.#sendKey(stream, members);
  }

  /** The cluster is being replaced: whoever watches asks again. */
  dispose(): void {
    const replaced = (): RpcError => new RpcError('Expired', 'the cluster was replaced; ask again');
    for (const { sink } of [...this.#memberStreams]) sink.fail(replaced());
    for (const { sink } of [...this.#keysStreams]) sink.fail(replaced());
    for (const { sink } of [...this.#keyStreams]) sink.fail(replaced());
  }

  #view(member: EtcdMemberView): EtcdMember {
    return viewMember(member, this.#disks.get(member.machine));
  }

  #flushMembers(members: readonly EtcdMemberView[]): void {
    const changed: EtcdMember[] = [];
    for (const member of members) {
      const view = this.#view(member);
      const text = JSON.stringify(view);
      if (this.#told.get(member.machine) === text) continue;
      this.#told.set(member.machine, text);
      changed.push(view);
    }
    for (const stream of this.#memberStreams) {
      const logs = this.#logs(stream, members);
      if (changed.length > 0 || logs.length > 0) stream.sink.next({ reset: false, members: changed, logs });
    }
  }

  #logs({ cursors }: MembersStream, members: readonly EtcdMemberView[]): EtcdItem['logs'] {
    if (cursors === undefined) return [];
    return members.flatMap(({ machine, running }) => {
      if (running === undefined) return [];
      let cursor = cursors.get(machine);
      if (cursor === undefined) cursors.set(machine, (cursor = new EtcdLogCursor()));
      const news = cursor.read(running.raft);
      return news === undefined ? [] : [{ machine, ...news }];
    });
  }

  /** The disk asked for; without a choice the leader's, or the one that got furthest. */
  #disk(machine: string | null, members: readonly EtcdMemberView[]): EtcdDisk | undefined {
    if (machine !== null) return this.#disks.get(machine);
    const leader = members.find(({ running }) => running?.raft.role === 'leader');
    const chosen = leader === undefined ? undefined : this.#disks.get(leader.machine);
    if (chosen !== undefined) return chosen;
    let best: EtcdDisk | undefined;
    for (const disk of this.#disks.values())
      if (best === undefined || disk.revision > best.revision) best = disk;
    return best;
  }

  #sendKeys(stream: KeysStream, members: readonly EtcdMemberView[]): void {
    const disk = this.#disk(stream.machine, members);
    const first = stream.disk === undefined;
    if (disk !== stream.disk || (disk === undefined && first)) this.#turnTo(stream, disk);
    const { dirty } = stream;
    if (dirty?.size === 0) return;
    stream.dirty = new Set();
    const revision = disk?.revision ?? 0;
    if (dirty === undefined) {
      const keys = disk === undefined ? [] : [...disk.present()].map(viewKey);
      stream.sink.next({ reset: true, machine: disk?.machine ?? null, revision, keys, removed: [] });
      return;
    }
    const keys = [...dirty].map((key) => ({ key, record: disk?.current(key) }));
    stream.sink.next({
      reset: false,
      machine: disk?.machine ?? null,
      revision,
      keys: keys.flatMap(({ record }) => (record === undefined ? [] : [viewKey(record)])),
      removed: keys.filter(({ record }) => record === undefined).map(({ key }) => key),
    });
  }

  /** From now on the stream tells of this disk, from the beginning. */
  #turnTo(stream: KeysStream, disk: EtcdDisk | undefined): void {
    stream.stop();
    stream.disk = disk;
    stream.dirty = undefined;
    stream.stop =
      disk?.onChange((key) => {
        if (key === undefined) stream.dirty = undefined;
        else stream.dirty?.add(key);
      }) ?? ((): void => undefined);
  }

  #sendKey(stream: KeyStream, members: readonly EtcdMemberView[]): void {
    const disk = this.#disk(stream.machine, members);
    const item = disk === undefined ? NOTHING : keyItem(disk, stream.key, members);
    const text = JSON.stringify(item);
    if (text === stream.last) return;
    stream.last = text;
    stream.sink.next(item);
  }
}

const NOTHING: EtcdKeyItem = { machine: null, compactRevision: -1, revisions: [], total: 0, lease: null };

function keyItem(disk: EtcdDisk, key: ByteString, members: readonly EtcdMemberView[]): EtcdKeyItem {
  const history = disk.history(key);
  return {
    machine: disk.machine,
    compactRevision: disk.compactRevision,
    revisions: history
      .slice(-SHOWN_REVISIONS)
      .reverse()
      .map((record) => viewRevision(record, disk)),
    total: history.length,
    lease: leaseOf(disk, key, members),
  };
}

function leaseOf(disk: EtcdDisk, key: ByteString, members: readonly EtcdMemberView[]): EtcdKeyItem['lease'] {
  const id = disk.current(key)?.kv.lease ?? '0';
  const ttl = disk.leaseTtl(id);
  if (id === '0' || ttl === undefined) return null;
  const leader = members.find(({ running }) => running?.raft.role === 'leader')?.running;
  return { id: hexId(id), grantedTtl: ttl, remaining: leader?.lease(id)?.remaining ?? null };
}
