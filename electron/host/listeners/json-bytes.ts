import { isJsonObject, typedListItems, typeFirst } from '../../cluster/apiserver/endpoints/wire-order.ts';
import type { JsonObject } from '../../cluster/apiserver/endpoints/wire-order.ts';
import type { HttpBody } from '../../cluster/network/http.ts';

/** Objects are immutable and shared, so the text of one is made once, however many watchers get it. */
const objectTexts = new WeakMap<object, string>();
const itemTexts = new WeakMap<object, string>();
const eventBytes = new WeakMap<object, Buffer>();

function objectText(object: JsonObject): string {
  let text = objectTexts.get(object);
  if (text === undefined) {
    text = JSON.stringify(typeFirst(object));
    objectTexts.set(object, text);
  }
  return text;
}

/** Items of a typed list carry no type of their own, as upstream sends them. */
function itemText(object: JsonObject): string {
  let text = itemTexts.get(object);
  if (text === undefined) {
    text = JSON.stringify({ ...object, kind: undefined, apiVersion: undefined });
    itemTexts.set(object, text);
  }
  return text;
}

function listText(list: JsonObject, items: readonly unknown[]): string {
  const head = JSON.stringify(typeFirst({ ...list, items: undefined }));
  const texts = items.map((item) => (isJsonObject(item) ? itemText(item) : JSON.stringify(item)));
  return `${head.slice(0, -1)}${head.length > 2 ? ',' : ''}"items":[${texts.join(',')}]}`;
}

function valueText(value: unknown): string {
  if (!isJsonObject(value)) return JSON.stringify(value) ?? 'null';
  const items = typedListItems(value);
  return items === undefined ? objectText(value) : listText(value, items);
}

/** The bytes of a whole answer. Objects become compact JSON with the newline that Go's encoder leaves. */
export function bodyBytes(body: HttpBody): Uint8Array {
  if (body.type === 'bytes') return body.bytes;
  if (body.type === 'text') return Buffer.from(body.text, 'utf8');
  return Buffer.from(`${valueText(body.value)}\n`, 'utf8');
}

/** The bytes of one frame of a stream: a watch event as one line of JSON. */
export function itemBytes(body: HttpBody): Uint8Array {
  if (body.type !== 'object') return bodyBytes(body);
  const event = body.value;
  if (!isJsonObject(event) || typeof event['type'] !== 'string' || !isJsonObject(event['object']))
    return bodyBytes(body);
  let bytes = eventBytes.get(event);
  if (bytes === undefined) {
    bytes = Buffer.from(
      `{"type":${JSON.stringify(event['type'])},"object":${objectText(event['object'])}}\n`,
      'utf8',
    );
    eventBytes.set(event, bytes);
  }
  return bytes;
}
