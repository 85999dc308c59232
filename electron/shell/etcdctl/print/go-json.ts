import protobuf from 'protobufjs';
import { escapeHtml } from '../../kubectl/go-format.ts';
import { enumNumber, fieldsOf, isZero, type Message } from '../client/schema.ts';

/** JSON that is written as it stands. */
export type GoJson = string;

export function jsonText(text: string): GoJson {
  return escapeHtml(JSON.stringify(text));
}

export function jsonObject(fields: readonly (readonly [string, GoJson | undefined])[]): GoJson {
  return `{${fields
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${JSON.stringify(name)}:${value}`)
    .join(',')}}`;
}

export function jsonList(items: readonly GoJson[]): GoJson {
  return `[${items.join(',')}]`;
}

export interface JsonStyle {
  /** Names inside a transaction's responses: 3.4 has Go's own (`ResponseRange`), newer ones the wire's (`response_range`). */
  readonly oneofNames: 'go' | 'wire';
  /** Ids in headers and members as hexadecimal text (`--hex`). */
  readonly hexIds?: boolean;
}

/** The fields of a message as encoding/json writes the generated struct: in its order, without what is zero. */
export function messageFields(type: protobuf.Type, message: Message, style: JsonStyle): [string, GoJson][] {
  const out: [string, GoJson][] = [];
  for (const field of fieldsOf(type)) {
    const value = message[field.name];
    if (field.partOf !== null) {
      if (value === undefined || value === null) continue;
      const name = style.oneofNames === 'go' ? goName(field.name) : field.name;
      out.push([goName(field.partOf.name), jsonObject([[name, one(field, value, style)]])]);
      continue;
    }
    if (isZero(value)) continue;
    if (field.resolvedType instanceof protobuf.Enum && !field.repeated && enumNumber(field, value) === 0)
      continue;
    out.push([
      field.name,
      Array.isArray(value)
        ? jsonList(value.map((item) => one(field, item, style)))
        : one(field, value, style),
    ]);
  }
  return out;
}

export function messageJson(type: protobuf.Type, message: Message, style: JsonStyle): GoJson {
  return jsonObject(messageFields(type, message, style));
}

function one(field: protobuf.Field, value: unknown, style: JsonStyle): GoJson {
  const type = field.resolvedType;
  if (type instanceof protobuf.Type) {
    const fields = messageFields(type, value as Message, style);
    if (style.hexIds !== true || (type.name !== 'ResponseHeader' && type.name !== 'Member'))
      return jsonObject(fields);
    return jsonObject(
      fields.map(([name, json]) => [
        name,
        /^(cluster_id|member_id|ID)$/.test(name) ? `"${BigInt(json).toString(16)}"` : json,
      ]),
    );
  }
  if (type instanceof protobuf.Enum) return String(enumNumber(field, value));
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString('base64')}"`;
  if (field.type === 'string') return jsonText(String(value));
  // 64-bit numbers are text in memory and numbers here.
  return String(value);
}

/** `response_range` as Go names the field: `ResponseRange`. */
function goName(name: string): string {
  return name.replace(/(?:^|_)([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}
