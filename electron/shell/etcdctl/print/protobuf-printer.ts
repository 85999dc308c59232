import type { Answer } from '../client/messages.ts';
import { encodeMessage, messageType, type Message } from '../client/schema.ts';
import type { Output, Printer, Shown, ShownKind } from './interface.ts';

const unknown = new Set<ShownKind>(['EndpointHealth', 'EndpointStatus', 'EndpointHashKV', 'DBStatus']);
/** clientv3 has structs of its own for these, and only their header can be marshalled. */
const headerOnly = new Set<ShownKind>(['Grant', 'KeepAlive', 'TimeToLive', 'Leases']);

/** `-w protobuf`: the answer's own bytes. */
export class ProtobufPrinter implements Printer {
  show<K extends ShownKind>(kind: K, shown: Shown[K]): Output | undefined {
    if (unknown.has(kind)) return undefined;
    if (kind === 'Watch') {
      const event = messageType('mvccpb.Event');
      const { events } = (shown as Shown['Watch']).message;
      return { stdout: Buffer.concat(events.map((one) => encodeMessage(event, one as unknown as Message))) };
    }
    const { bytes, message } = shown as Answer<{ readonly header: unknown }>;
    return {
      stdout: headerOnly.has(kind)
        ? encodeMessage(messageType('etcdserverpb.ResponseHeader'), message.header as Message)
        : bytes,
    };
  }
}
