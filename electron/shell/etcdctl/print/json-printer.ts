import type { Answer, LeaseResponse, WatchResponse } from '../client/messages.ts';
import { messageType, type Message } from '../client/schema.ts';
import {
  jsonList,
  jsonObject,
  jsonText,
  messageFields,
  messageJson,
  type GoJson,
  type JsonStyle,
} from './go-json.ts';
import { goDuration } from './go-text.ts';
import type { Output, Printer, Shown, ShownKind, Version } from './interface.ts';

/** `-w json`: what encoding/json makes of clientv3's structs. */
export class JsonPrinter implements Printer {
  readonly #style: JsonStyle;
  readonly #hex: boolean;
  readonly #version: Version;

  constructor(version: Version, hex: boolean) {
    this.#version = version;
    this.#hex = hex && version !== '3.4';
    this.#style = { oneofNames: version === '3.4' ? 'go' : 'wire' };
  }

  show<K extends ShownKind>(kind: K, shown: Shown[K]): Output {
    return { stdout: `${this.#json(kind, shown)}\n` };
  }

  #json(kind: ShownKind, shown: Shown[ShownKind]): GoJson {
    switch (kind) {
      case 'Grant': {
        const { message } = shown as Shown['Grant'];
        return this.#lease(message, [
          ['ID', message.ID],
          ['TTL', message.TTL],
          ['Error', '""'],
        ]);
      }
      case 'KeepAlive': {
        const { message } = shown as Shown['KeepAlive'];
        return this.#lease(message, [
          ['ID', message.ID],
          ['TTL', message.TTL],
        ]);
      }
      case 'TimeToLive': {
        const { message } = shown as Shown['TimeToLive'];
        const keys = message.keys.map((key) => `"${key.toString('base64')}"`);
        return this.#lease(message, [
          ['id', message.ID],
          ['ttl', message.TTL],
          ['granted-ttl', message.grantedTTL],
          ['keys', keys.length === 0 ? 'null' : jsonList(keys)],
        ]);
      }
      case 'Leases': {
        const { message } = shown as Shown['Leases'];
        return this.#lease(message, [['leases', jsonList(message.leases.map(({ ID }) => `{"id":${ID}}`))]]);
      }
      case 'Watch':
        return this.#watch((shown as Shown['Watch']).message);
      case 'EndpointHealth':
        return jsonList(
          (shown as Shown['EndpointHealth']).map((one) =>
            jsonObject([
              ['endpoint', jsonText(one.endpoint)],
              ['health', String(one.health)],
              ['took', jsonText(goDuration(one.took))],
              ['error', one.error === '' ? undefined : jsonText(one.error)],
            ]),
          ),
        );
      case 'EndpointStatus':
        return this.#endpoints('Status', shown as Shown['EndpointStatus']);
      case 'EndpointHashKV':
        return this.#endpoints('HashKV', shown as Shown['EndpointHashKV']);
      case 'DBStatus': {
        const { hash, revision, totalKey, totalSize, version } = shown as Shown['DBStatus'];
        return jsonObject([
          ['hash', String(hash)],
          ['revision', String(revision)],
          ['totalKey', String(totalKey)],
          ['totalSize', String(totalSize)],
          ['version', this.#version === '3.4' ? undefined : jsonText(version)],
        ]);
      }
      default: {
        const { type, message } = shown as unknown as Answer;
        const members = kind.startsWith('Member');
        return messageJson(type, message, { ...this.#style, hexIds: this.#hex && members });
      }
    }
  }

  /** A struct that embeds the header: its fields stand beside the others. */
  #lease(message: Pick<LeaseResponse, 'header'>, rest: readonly (readonly [string, GoJson])[]): GoJson {
    return jsonObject([...this.#header(message.header), ...rest]);
  }

  #header(header: unknown): [string, GoJson][] {
    return messageFields(messageType('etcdserverpb.ResponseHeader'), (header ?? {}) as Message, this.#style);
  }

  #watch(message: WatchResponse): GoJson {
    const event = messageType('mvccpb.Event');
    return jsonObject([
      ['Header', jsonObject(this.#header(message.header))],
      [
        'Events',
        jsonList(message.events.map((one) => messageJson(event, one as unknown as Message, this.#style))),
      ],
      ['CompactRevision', message.compact_revision],
      ['Canceled', String(message.canceled)],
      ['Created', String(message.created)],
    ]);
  }

  #endpoints(
    name: string,
    list: readonly { readonly endpoint: string; readonly answer: Answer<unknown> }[],
  ): GoJson {
    return jsonList(
      list.map(({ endpoint, answer }) =>
        jsonObject([
          ['Endpoint', jsonText(endpoint)],
          [name, messageJson(answer.type, answer.message as Message, this.#style)],
        ]),
      ),
    );
  }
}
