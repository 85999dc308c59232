import { canonicalQuantity, isQuantity, parseQuantity } from '../quantity.ts';
import { canonicalTime, formatMicroTime, parseTime } from '../time.ts';
import { quote } from '../validation/field-error.ts';
import type { ScalarType, StructType, TypeSchema } from './type-schema.ts';

/** A value cannot be of its field's type. `message` is Go's, e.g. `json: cannot unmarshal string into Go struct field …`. */
export class DecodeError extends Error {}

/** Keys that occur twice in one object of the source text, by the object they ended up in. */
export type DuplicateKeys = ReadonlyMap<object, readonly string[]>;

export interface Decoded {
  /** The same reference as the input when nothing had to change. */
  readonly value: Readonly<Record<string, unknown>>;
  /** `unknown field "spec.foo"`, `duplicate field "data.a"`, in source order. */
  readonly strictErrors: readonly string[];
}

/**
 * Brings a JSON value into the shape of its type: unknown fields dropped, nulls and empty optional lists and
 * maps left out, quantities and times in canonical form, value structs present. Copies only what changes.
 * Models k8s.io/apimachinery/pkg/runtime/serializer/json and sigs.k8s.io/json (v1.34). @throws DecodeError
 */
export function decodeValue(
  type: StructType,
  value: Readonly<Record<string, unknown>>,
  duplicates?: DuplicateKeys,
): Decoded {
  const walk = new Walk(duplicates);
  return { value: walk.struct(type, value, '', ''), strictErrors: walk.strictErrors };
}

const EMPTY = Object.freeze({});
const DROP = Symbol('drop');
const BASE64 = /^[A-Za-z0-9+/\r\n]*={0,2}[\r\n]*$/;

type Json = Readonly<Record<string, unknown>>;

/**
 * Specs that were found to be in the shape of their type. Values never change, and the same one comes again:
 * in every Pod made from one template, and with every patch of a status.
 */
const canonicalSpecs = new WeakMap<object, StructType>();

class Walk {
  readonly strictErrors: string[] = [];
  readonly #duplicates: DuplicateKeys | undefined;

  constructor(duplicates: DuplicateKeys | undefined) {
    this.#duplicates = duplicates;
  }

  /**
   * `path` is with indexes and keys, for strict errors; `goPath` without, for type errors.
   */
  struct(type: StructType, value: Json, path: string, goPath: string): Json {
    let copy: Record<string, unknown> | undefined;
    const repeated = this.#duplicates?.get(value);
    for (const name in value) {
      const field = type.fields.get(name);
      const child = value[name];
      if (field === undefined) {
        if (child !== undefined) this.strictErrors.push(`unknown field ${quote(join(path, name))}`);
        copy ??= { ...value };
        delete copy[name];
        continue;
      }
      if (child !== undefined) {
        const decoded = this.#value(field.type, child, type, field.required, name, path, goPath);
        if (decoded !== child) {
          copy ??= { ...value };
          if (decoded === DROP) delete copy[name];
          else copy[name] = decoded;
        }
      }
      if (repeated?.includes(name) === true)
        this.strictErrors.push(`duplicate field ${quote(join(path, name))}`);
    }
    for (const name of type.embedded) {
      if (value[name] !== undefined && value[name] !== null) continue;
      copy ??= { ...value };
      copy[name] = EMPTY;
    }
    return copy ?? value;
  }

  #value(
    type: TypeSchema,
    value: unknown,
    owner: StructType,
    required: boolean,
    name: string,
    path: string,
    goPath: string,
  ): unknown {
    if (value === null) return required && type.kind === 'list' ? value : DROP;
    const goField = join(goPath, name);
    switch (type.kind) {
      case 'scalar':
        return this.#scalar(type, value, owner, goField, name);
      case 'struct':
        if (!isObject(value)) throw mismatch(value, owner, goField, type.goType);
        if (path === '' && name === 'spec') return this.#spec(type, value, goField);
        return this.struct(type, value, join(path, name), goField);
      case 'list':
        if (!Array.isArray(value)) throw mismatch(value, owner, goField, type.goType);
        if (value.length === 0 && !required) return DROP;
        return this.#list(type.item, value, owner, join(path, name), goField);
      case 'map':
        if (!isObject(value)) throw mismatch(value, owner, goField, type.goType);
        return this.#map(type.value, value, owner, join(path, name), goField);
    }
  }

  #spec(type: StructType, value: Json, goField: string): Json {
    if (canonicalSpecs.get(value) === type) return value;
    const problems = this.strictErrors.length;
    const decoded = this.struct(type, value, 'spec', goField);
    if (decoded === value && this.strictErrors.length === problems) canonicalSpecs.set(value, type);
    return decoded;
  }

  #list(
    item: TypeSchema,
    value: readonly unknown[],
    owner: StructType,
    path: string,
    goPath: string,
  ): unknown {
    if (item.kind === 'scalar' && item.scalar === 'any') return value;
    let copy: unknown[] | undefined;
    for (let index = 0; index < value.length; index += 1) {
      const child = value[index];
      let decoded: unknown;
      if (child === null || child === undefined) decoded = zeroOf(item);
      else if (item.kind === 'struct') {
        if (!isObject(child)) throw mismatch(child, owner, goPath, item.goType);
        decoded = this.struct(item, child, `${path}[${index}]`, goPath);
      } else if (item.kind === 'scalar') {
        decoded = this.#scalar(item, child, owner, goPath, '');
      } else if (item.kind === 'list') {
        if (!Array.isArray(child)) throw mismatch(child, owner, goPath, item.goType);
        decoded = this.#list(item.item, child, owner, `${path}[${index}]`, goPath);
      } else {
        if (!isObject(child)) throw mismatch(child, owner, goPath, item.goType);
        decoded = this.#map(item.value, child, owner, `${path}[${index}]`, goPath);
      }
      if (decoded !== child) {
        copy ??= [...value];
        copy[index] = decoded === DROP ? EMPTY : decoded;
      }
    }
    return copy ?? value;
  }

  #map(type: TypeSchema, value: Json, owner: StructType, path: string, goPath: string): unknown {
    let copy: Record<string, unknown> | undefined;
    let empty = true;
    const repeated = this.#duplicates?.get(value);
    for (const name in value) {
      empty = false;
      const child = value[name];
      let decoded: unknown;
      if (child === null || child === undefined) decoded = zeroOf(type);
      else if (type.kind === 'scalar') decoded = this.#scalar(type, child, owner, goPath, '');
      else if (type.kind === 'struct') {
        if (!isObject(child)) throw mismatch(child, owner, goPath, type.goType);
        decoded = this.struct(type, child, join(path, name), goPath);
      } else if (type.kind === 'list') {
        if (!Array.isArray(child)) throw mismatch(child, owner, goPath, type.goType);
        decoded = this.#list(type.item, child, owner, join(path, name), goPath);
      } else {
        if (!isObject(child)) throw mismatch(child, owner, goPath, type.goType);
        decoded = this.#map(type.value, child, owner, join(path, name), goPath);
      }
      if (decoded !== child) {
        copy ??= { ...value };
        copy[name] = decoded === DROP ? EMPTY : decoded;
      }
      if (repeated?.includes(name) === true)
        this.strictErrors.push(`duplicate field ${quote(join(path, name))}`);
    }
    return empty ? DROP : (copy ?? value);
  }

  #scalar(type: ScalarType, value: unknown, owner: StructType, goField: string, name: string): unknown {
    switch (type.scalar) {
      case 'any':
        return value;
      case 'string':
        if (typeof value !== 'string')
          throw mismatch(value, owner, goField, goTypeOfString(owner.goName, name));
        return value === '' && isOmittedWhenEmpty(owner.goName, name) ? DROP : value;
      case 'bool':
        if (typeof value !== 'boolean') throw mismatch(value, owner, goField, 'bool');
        return value;
      case 'int32':
      case 'int64':
        if (typeof value !== 'number') throw mismatch(value, owner, goField, type.goType);
        if (
          !Number.isInteger(value) ||
          (type.scalar === 'int32' && (value > 2147483647 || value < -2147483648))
        ) {
          throw mismatch(value, owner, goField, type.goType, ` ${value}`);
        }
        return value;
      case 'number':
        if (typeof value !== 'number') throw mismatch(value, owner, goField, type.goType);
        return value;
      case 'bytes':
        return decodeBytes(value, owner, goField);
      case 'quantity':
        return decodeQuantity(value);
      case 'int-or-string':
        if (typeof value === 'string' || Number.isInteger(value)) return value;
        if (typeof value === 'number')
          throw new DecodeError(`json: cannot unmarshal number ${value} into Go value of type int32`);
        throw new DecodeError(`json: cannot unmarshal ${jsonType(value)} into Go value of type int32`);
      case 'time':
      case 'micro-time':
        return decodeTime(value, type.scalar === 'micro-time');
    }
  }
}

function decodeBytes(value: unknown, owner: StructType, goField: string): unknown {
  if (typeof value !== 'string') throw mismatch(value, owner, goField, '[]uint8');
  if (BASE64.test(value) && value.replace(/[\r\n]/g, '').length % 4 === 0) return value;
  const bad = value.search(/[^A-Za-z0-9+/\r\n]/);
  throw new DecodeError(
    `illegal base64 data at input byte ${bad < 0 ? value.length - (value.length % 4) : bad}`,
  );
}

function decodeQuantity(value: unknown): unknown {
  if (typeof value === 'string' || typeof value === 'number') {
    if (!isQuantity(value)) {
      parseAndFail(value);
    }
    return canonicalQuantity(value);
  }
  return parseAndFail('[]');
}

/** Gives the parser's complaint as a decode error. */
function parseAndFail(value: string | number): never {
  try {
    parseQuantity(value);
  } catch (error) {
    throw new DecodeError((error as Error).message, { cause: error });
  }
  throw new DecodeError(`unexpected quantity ${value}`);
}

function decodeTime(value: unknown, micro: boolean): unknown {
  if (typeof value !== 'string') {
    throw new DecodeError(`json: cannot unmarshal ${jsonType(value)} into Go value of type string`);
  }
  if (micro) {
    const milliseconds = parseTime(value);
    if (milliseconds === undefined)
      throw new DecodeError(timeError(value, '2006-01-02T15:04:05.000000Z07:00'));
    return /\.\d{6}Z$/.test(value) ? value : formatMicroTime(milliseconds);
  }
  const canonical = canonicalTime(value);
  if (canonical === undefined) throw new DecodeError(timeError(value, '2006-01-02T15:04:05Z07:00'));
  return canonical === value ? value : canonical;
}

function timeError(value: string, layout: string): string {
  return `parsing time ${quote(value)} as ${quote(layout)}: cannot parse ${quote(value)} as "2006"`;
}

/** What a null in a list or map becomes: the zero value of its type. */
function zeroOf(type: TypeSchema): unknown {
  if (type.kind === 'struct' || type.kind === 'map') return EMPTY;
  if (type.kind === 'list') return [];
  switch (type.scalar) {
    case 'string':
    case 'bytes':
      return '';
    case 'bool':
      return false;
    case 'quantity':
      return '0';
    case 'int32':
    case 'int64':
    case 'number':
    case 'int-or-string':
      return 0;
    default:
      return null;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

function mismatch(
  value: unknown,
  owner: StructType,
  goField: string,
  goType: string,
  literal = '',
): DecodeError {
  return new DecodeError(
    `json: cannot unmarshal ${jsonType(value)}${literal} into Go struct field ${owner.goName}.${goField} of type ${goType}`,
  );
}

const META_STRINGS = new Set(['name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion']);

/** Plain (not pointer) optional strings whose emptiness means absence and which people do write empty. */
function isOmittedWhenEmpty(goName: string, name: string): boolean {
  return (goName === 'ObjectMeta' && META_STRINGS.has(name)) || (goName === 'EnvVar' && name === 'value');
}

/** Go's own string types, which its messages name. */
const NAMED_STRINGS: Readonly<Record<string, string>> = {
  'PodSpec.restartPolicy': 'v1.RestartPolicy',
  'PodSpec.dnsPolicy': 'v1.DNSPolicy',
  'PodSpec.preemptionPolicy': 'v1.PreemptionPolicy',
  'Container.imagePullPolicy': 'v1.PullPolicy',
  'Container.restartPolicy': 'v1.ContainerRestartPolicy',
  'Container.terminationMessagePolicy': 'v1.TerminationMessagePolicy',
  'ContainerPort.protocol': 'v1.Protocol',
  'ServicePort.protocol': 'v1.Protocol',
  'ServiceSpec.type': 'v1.ServiceType',
  'ServiceSpec.sessionAffinity': 'v1.ServiceAffinity',
  'DeploymentStrategy.type': 'v1.DeploymentStrategyType',
  'Toleration.operator': 'v1.TolerationOperator',
  'Toleration.effect': 'v1.TaintEffect',
  'Taint.effect': 'v1.TaintEffect',
  'LabelSelectorRequirement.operator': 'v1.LabelSelectorOperator',
  'Secret.type': 'v1.SecretType',
  'ObjectMeta.uid': 'types.UID',
  'PodStatus.phase': 'v1.PodPhase',
  'NamespaceStatus.phase': 'v1.NamespacePhase',
};

function goTypeOfString(goName: string, name: string): string {
  return NAMED_STRINGS[`${goName}.${name}`] ?? 'string';
}
