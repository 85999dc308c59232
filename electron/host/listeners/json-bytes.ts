import { isJsonObject, typedListItems, typeFirst } from '../../cluster/apiserver/endpoints/wire-order.ts';
import type { JsonObject } from '../../cluster/apiserver/endpoints/wire-order.ts';
import type { HttpBody } from '../../cluster/network/http.ts';

/** Objects are immutable and shared, so the bytes of one are made once, however many lists and watchers get it. */
const objects = new WeakMap<object, Buffer>();
const items = new WeakMap<object, Buffer>();
const rowObjects = new WeakMap<object, Buffer>();
const events = new WeakMap<object, Buffer>();

const COMMA = Buffer.from(',');
const END_OF_LIST = Buffer.from(']}\n');
const END_OF_OBJECT = Buffer.from('}\n');
const NEWLINE = Buffer.from('\n');

function once(known: WeakMap<object, Buffer>, object: JsonObject, text: () => string): Buffer {
  let bytes = known.get(object);
  if (bytes === undefined) {
    bytes = Buffer.from(text(), 'utf8');
    known.set(object, bytes);
  }
  return bytes;
}

function objectBytes(object: JsonObject): Buffer {
  return once(objects, object, () => JSON.stringify(typeFirst(object)));
}

/** Items of a typed list carry no type of their own, as upstream sends them. */
function listItem(item: unknown): Buffer {
  if (!isJsonObject(item)) return Buffer.from(JSON.stringify(item) ?? 'null', 'utf8');
  return once(items, item, () => JSON.stringify({ ...item, kind: undefined, apiVersion: undefined }));
}

/** What a row shows of its object is shared between answers; its cells say ages and are not. */
function tableRow(row: unknown): Buffer {
  const object = isJsonObject(row) ? row['object'] : undefined;
  if (!isJsonObject(row) || !isJsonObject(object)) return Buffer.from(JSON.stringify(row) ?? 'null', 'utf8');
  const head = JSON.stringify({ ...row, object: undefined });
  return Buffer.concat([
    Buffer.from(`${head.slice(0, -1)}${head.length > 2 ? ',' : ''}"object":`, 'utf8'),
    once(rowObjects, object, () => JSON.stringify(object)),
    END_OF_OBJECT.subarray(0, 1),
  ]);
}

/** `value` with its field `name`, which is a list, written last. */
function listBytes(
  value: JsonObject,
  name: string,
  list: readonly unknown[],
  of: (item: unknown) => Buffer,
): Buffer {
  const head = JSON.stringify(typeFirst({ ...value, [name]: undefined }));
  const parts: Buffer[] = [
    Buffer.from(`${head.slice(0, -1)}${head.length > 2 ? ',' : ''}"${name}":[`, 'utf8'),
  ];
  for (const item of list) {
    if (parts.length > 1) parts.push(COMMA);
    parts.push(of(item));
  }
  parts.push(END_OF_LIST);
  return Buffer.concat(parts);
}

/** The bytes of a whole answer. Objects become compact JSON with the newline that Go's encoder leaves. */
export function bodyBytes(body: HttpBody): Uint8Array {
  if (body.type === 'bytes') return body.bytes;
  if (body.type === 'text') return Buffer.from(body.text, 'utf8');
  const { value } = body;
  if (!isJsonObject(value)) return Buffer.from(`${JSON.stringify(value) ?? 'null'}\n`, 'utf8');
  const typed = typedListItems(value);
  if (typed !== undefined) return listBytes(value, 'items', typed, listItem);
  const { kind, rows } = value;
  if (kind === 'Table' && Array.isArray(rows)) return listBytes(value, 'rows', rows, tableRow);
  return Buffer.concat([objectBytes(value), NEWLINE]);
}

/** The bytes of one frame of a stream: a watch event as one line of JSON. */
export function itemBytes(body: HttpBody): Uint8Array {
  if (body.type !== 'object') return bodyBytes(body);
  const event = body.value;
  if (!isJsonObject(event) || typeof event['type'] !== 'string' || !isJsonObject(event['object']))
    return bodyBytes(body);
  let bytes = events.get(event);
  if (bytes === undefined) {
    const head = Buffer.from(`{"type":${JSON.stringify(event['type'])},"object":`, 'utf8');
    bytes = Buffer.concat([head, objectBytes(event['object']), END_OF_OBJECT]);
    events.set(event, bytes);
  }
  return bytes;
}
