import { crc32c } from '../../base/digest/crc32c.ts';
import { ProtobufWriter } from '../../base/protobuf/protobuf-writer.ts';

// The beginning of a write-ahead log and the first Raft snapshot, as etcd writes them for a cluster that is restored.
// Models server/storage/wal (encoder.go, wal.go), raftpb and snappb; fields of proto2 messages are written also when zero.

const [METADATA, ENTRY, STATE, CRC, SNAPSHOT] = [1, 2, 3, 4, 5] as const;

export interface FirstLog {
  /** Ids as decimal text. */
  readonly memberId: string;
  readonly clusterId: string;
  /** The members in the order their announcements are logged, each with what its announcement carries. */
  readonly members: readonly { readonly id: string; readonly json: string }[];
  /** 3.6 notes the configuration in the log's own snapshot record. */
  readonly withConfState: boolean;
}

/** `0000000000000000-0000000000000000.wal`: one entry for each member, all committed in term 1. */
export function encodeWal(log: FirstLog): Uint8Array {
  const wal = new WalEncoder();
  wal.record(CRC);
  wal.record(METADATA, metadata(log));
  wal.record(SNAPSHOT, walSnapshot(0, 0));
  log.members.forEach((member, index) => wal.record(ENTRY, entry(member, index + 1)));
  const first = log.members[0]?.id ?? '0';
  wal.record(
    STATE,
    always().varintAlways(1, 1).varintAlways(2, first).varintAlways(3, log.members.length).finish(),
  );
  wal.record(SNAPSHOT, walSnapshot(log.members.length, 1, log.withConfState ? confState(log) : undefined));
  return wal.finish();
}

/** `0000000000000001-INDEX.snap`: the Raft snapshot at that index; `store` is the (old) v2 store with the members. */
export function encodeRaftSnapshot(log: FirstLog, store: string): Uint8Array {
  const data = new ProtobufWriter()
    .bytesAlways(1, new TextEncoder().encode(store))
    .message(2, (meta) =>
      meta.bytesAlways(1, confState(log)).varintAlways(2, log.members.length).varintAlways(3, 1),
    )
    .finish();
  return new ProtobufWriter().varintAlways(1, crc32c(data)).bytesAlways(2, data).finish();
}

function metadata(log: FirstLog): Uint8Array {
  return always().varintAlways(1, log.memberId).varintAlways(2, log.clusterId).finish();
}

function confState(log: FirstLog): Uint8Array {
  const state = new ProtobufWriter();
  for (const { id } of log.members) state.varintAlways(1, id);
  return state.varintAlways(5, 0).finish();
}

function walSnapshot(index: number, term: number, state?: Uint8Array): Uint8Array {
  const message = always().varintAlways(1, index).varintAlways(2, term);
  return (state === undefined ? message : message.bytesAlways(3, state)).finish();
}

/** A ConfChange that adds a member, as an entry of the log. */
function entry(member: { readonly id: string; readonly json: string }, index: number): Uint8Array {
  const change = always()
    .varintAlways(1, 0)
    .varintAlways(2, 0)
    .varintAlways(3, member.id)
    .bytesAlways(4, new TextEncoder().encode(member.json))
    .finish();
  return always()
    .varintAlways(1, 1)
    .varintAlways(2, 1)
    .varintAlways(3, index)
    .bytesAlways(4, change)
    .finish();
}

const always = (): ProtobufWriter => new ProtobufWriter();

/** Frames records: 8 bytes of length and padding, the record with a running checksum, zeros up to a multiple of 8. */
class WalEncoder {
  readonly #parts: Uint8Array[] = [];
  #crc = 0;

  record(type: number, data?: Uint8Array): void {
    if (data !== undefined) this.#crc = crc32c(data, this.#crc);
    const message = always().varintAlways(1, type).varintAlways(2, this.#crc);
    const record = (data === undefined ? message : message.bytesAlways(3, data)).finish();
    const padding = (8 - (record.length % 8)) % 8;
    const frame = new Uint8Array(8 + record.length + padding);
    const view = new DataView(frame.buffer);
    view.setUint32(0, record.length, true);
    if (padding !== 0) view.setUint8(7, 0x80 | padding);
    frame.set(record, 8);
    this.#parts.push(frame);
  }

  finish(): Uint8Array {
    const all = new Uint8Array(this.#parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}
