import type { CelProgram } from '../cel/expression.ts';
import { compileCel } from '../cel/expression.ts';
import { CelVariables } from '../cel/variables.ts';
import { isJsonObject } from '../managed-fields/json.ts';
import { canonicalText } from '../names.ts';
import type { FieldError } from '../validation/field-error.ts';
import { duplicate, forbidden, invalid, required } from '../validation/field-error.ts';
import type { JsonObject, JsonSchema, ValidationRule } from './json-schema.ts';
import { schemaAt } from './json-schema.ts';

/** A rule ready to run. */
interface CompiledRule {
  readonly rule: ValidationRule;
  readonly program: CelProgram;
  readonly message: CelProgram | undefined;
  /** It compares with what was there before. */
  readonly isTransition: boolean;
}

const VARIABLES = ['self', 'oldSelf'];
const OLD_SELF = /\boldSelf\b/;
const compiled = new WeakMap<ValidationRule, CompiledRule>();

/** Compiles a rule, once. @throws CelCompileError */
export function compileRule(rule: ValidationRule): CompiledRule {
  let known = compiled.get(rule);
  if (known === undefined) {
    const { messageExpression = '' } = rule;
    known = {
      rule,
      program: compileCel(rule.rule, VARIABLES),
      message: messageExpression === '' ? undefined : compileCel(messageExpression, VARIABLES),
      isTransition: OLD_SELF.test(rule.rule),
    };
    compiled.set(rule, known);
  }
  return known;
}

/** Whether any part of a schema has rules. */
export function hasRules(schema: JsonSchema): boolean {
  if ((schema['x-kubernetes-validations'] ?? []).length > 0) return true;
  const { properties = {}, additionalProperties, items } = schema;
  if (Object.values(properties).some(hasRules)) return true;
  if (typeof additionalProperties === 'object' && hasRules(additionalProperties)) return true;
  return items !== undefined && hasRules(items);
}

/**
 * What the rules of a schema say of an object, and of the change from `old` where there is one.
 * Models schema/cel Validator (v1.34).
 */
export function validateByRules(
  schema: JsonSchema,
  object: JsonObject,
  old: JsonObject | undefined,
): FieldError[] {
  const walk = new RuleWalk();
  walk.value(schema, rootOf(object), old === undefined ? undefined : rootOf(old), '');
  return walk.errors;
}

/** Of metadata rules see the name only. */
function rootOf(object: JsonObject): JsonObject {
  const { metadata } = object;
  if (!isJsonObject(metadata)) return object;
  const { name, generateName } = metadata;
  return { ...object, metadata: { name, generateName } };
}

class RuleWalk {
  readonly errors: FieldError[] = [];
  readonly #variables = new CelVariables({});
  #over = false;

  value(schema: JsonSchema, value: unknown, old: unknown, path: string): void {
    for (const rule of schema['x-kubernetes-validations'] ?? []) this.#run(rule, schema, value, old, path);
    if (isJsonObject(value)) this.#fields(schema, value, isJsonObject(old) ? old : undefined, path);
    else if (Array.isArray(value)) this.#items(schema, value, Array.isArray(old) ? old : [], path);
  }

  #fields(schema: JsonSchema, value: JsonObject, old: JsonObject | undefined, path: string): void {
    for (const [name, child] of Object.entries(value)) {
      const known = schemaAt(schema, name);
      if (known === undefined || child === null) continue;
      const isProperty = schema.properties !== undefined && Object.hasOwn(schema.properties, name);
      const where = !isProperty ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
      this.value(known, child, old?.[name], where);
    }
  }

  /** Only the items of a map list can be told apart, and so have something they were before. */
  #items(schema: JsonSchema, value: readonly unknown[], old: readonly unknown[], path: string): void {
    const { items } = schema;
    if (items === undefined) return;
    const keys =
      schema['x-kubernetes-list-type'] === 'map' ? schema['x-kubernetes-list-map-keys'] : undefined;
    const identity = (item: unknown): string =>
      canonicalText((keys ?? []).map((key) => (isJsonObject(item) ? item[key] : undefined) ?? null));
    const before = new Map(keys === undefined ? [] : old.map((item) => [identity(item), item]));
    for (const [index, item] of value.entries())
      this.value(items, item, before.get(identity(item)), `${path}[${index}]`);
  }

  #run(rule: ValidationRule, schema: JsonSchema, value: unknown, old: unknown, path: string): void {
    const { program, message, isTransition } = compileRule(rule);
    if (this.#over || (isTransition && old === undefined)) return;
    this.#variables.set('self', escaped(schema, value));
    this.#variables.set('oldSelf', escaped(schema, old));
    const type = schema['x-kubernetes-int-or-string'] === true ? '' : (schema.type ?? '');
    const outcome = this.#variables.run(program);
    if ('error' in outcome) {
      this.#over = outcome.overBudget;
      const shown = (rule.message ?? '') === '' ? rule.rule.trim() : (rule.message ?? '').trim();
      const detail = outcome.overBudget
        ? `'${outcome.error}': no further validation rules will be run due to call cost exceeds limit for rule: ${shown}`
        : `${outcome.error} evaluating rule: ${shown}`;
      this.errors.push(invalid(path, type, detail));
      return;
    }
    if (outcome.value === true) return;
    const text = message === undefined ? undefined : this.#variables.run(message);
    const computed =
      text !== undefined && 'value' in text && typeof text.value === 'string' ? text.value.trim() : '';
    const said = (rule.message ?? '').trim();
    const detail = computed !== '' ? computed : said !== '' ? said : `failed rule: ${rule.rule.trim()}`;
    this.errors.push(complaint(rule, `${path}${rule.fieldPath ?? ''}`.replace(/^\./, ''), type, detail));
  }
}

function complaint(rule: ValidationRule, path: string, type: string, detail: string): FieldError {
  switch (rule.reason) {
    case 'FieldValueForbidden':
      return forbidden(path, detail);
    case 'FieldValueRequired':
      return required(path, detail);
    case 'FieldValueDuplicate':
      return duplicate(path, type);
    default:
      return invalid(path, type, detail);
  }
}

const RESERVED = new Set([
  'true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let',
  'loop', 'package', 'namespace', 'return', 'var', 'void', 'while',
]); // prettier-ignore

/** A property's name as CEL can write it. Models cel.Escape of apiserver/pkg/cel (v1.34). */
function escapeName(name: string): string {
  if (RESERVED.has(name)) return `__${name}__`;
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
}

/** The value with its properties' names escaped; keys of maps stay as they are. */
function escaped(schema: JsonSchema, value: unknown): unknown {
  if (Array.isArray(value))
    return schema.items === undefined
      ? value
      : value.map((item) => escaped(schema.items as JsonSchema, item));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => {
      const known = schemaAt(schema, name);
      const isProperty = schema.properties !== undefined && Object.hasOwn(schema.properties, name);
      return [isProperty ? escapeName(name) : name, known === undefined ? child : escaped(known, child)];
    }),
  );
}
