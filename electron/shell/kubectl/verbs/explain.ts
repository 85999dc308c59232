import type { CommandSpec } from '../command-spec.ts';
import { KubectlError, PlainExit, StatusError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { quote } from '../go-format.ts';
import type { JsonObject } from '../json.ts';
import { at, isObject, listAt, objectAt, sortedKeys, stringAt } from '../json.ts';
import { noSuchType } from '../rest-mapper.ts';
import type { ApiResource } from '../discovery.ts';
import type { Session } from '../session.ts';

export const explain: CommandSpec = {
  name: 'explain',
  usage: 'TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext]',
  group: 'basic',
  short: { en: 'Show the fields of a type.', 'pt-BR': 'Mostra os campos de um tipo.' },
  examples: [
    'kubectl explain pods',
    'kubectl explain deployment.spec.strategy',
    'kubectl explain pod.spec --recursive',
  ],
  arguments: { of: 'resources' },
  flags: [
    {
      name: 'recursive',
      kind: 'bool',
      help: {
        en: 'All fields below, names and types only.',
        'pt-BR': 'Todos os campos abaixo, só nomes e tipos.',
      },
    },
    {
      name: 'api-version',
      kind: 'string',
      help: { en: 'Group and version to use.', 'pt-BR': 'Grupo e versão a usar.' },
    },
    {
      name: 'output',
      kind: 'string',
      initial: 'plaintext',
      help: { en: 'plaintext.', 'pt-BR': 'plaintext.' },
    },
  ],
  run,
};

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  const [typed] = args;
  if (typed === undefined)
    throw new KubectlError(
      'You must specify the type of resource to explain. Use "kubectl api-resources" for a complete list of supported resources.',
    );
  const output = flags.string('output');
  if (!['', 'plaintext', 'plaintext-openapiv2'].includes(output))
    throw new KubectlError(`unrecognized format: ${output}`);
  if (args.length > 1) throw new KubectlError('We accept only this format: explain RESOURCE');
  const { mapping, fields } = await resourceAndFields(session, typed);
  const resource = withVersion(
    await session.mapper().then((mapper) => mapper.discovery.resources),
    mapping,
    flags.string('api-version'),
  );
  const schemas = await schemasOf(session, resource);
  const root = Object.values(schemas)
    .filter(isObject)
    .find((schema) =>
      listAt(schema, 'x-kubernetes-group-version-kind').some(
        (each) =>
          stringAt(each, 'group') === resource.group &&
          stringAt(each, 'version') === resource.version &&
          stringAt(each, 'kind') === resource.kind,
      ),
    );
  if (!root)
    throw new KubectlError(
      `couldn't find resource for "${resource.group}/${resource.version}, Kind=${resource.kind}"`,
    );
  const page = new Page(schemas);
  await session.out(page.head(resource));
  await session.out(page.body(root, fields, flags.bool('recursive')));
}

async function resourceAndFields(
  session: Session,
  typed: string,
): Promise<{ mapping: ApiResource; fields: string[] }> {
  const parts = typed.split('.');
  const mapper = await session.mapper();
  const find = (name: string): ApiResource | undefined => mapper.find(name);
  // `deployments.apps.spec` or `deployments.v1.apps.spec`: the longest prefix that names a type with its group.
  for (let length = parts.length; length > 1; length--) {
    const head = parts.slice(0, length).join('.');
    const found = find(head);
    if (
      found &&
      (found.group === parts.slice(1, length).join('.') ||
        found.group === parts.slice(2, length).join('.')) &&
      found.group !== ''
    )
      return { mapping: found, fields: parts.slice(length) };
  }
  const [first = '', ...fields] = parts;
  const mapping = find(first) ?? (await session.refreshMapper())?.find(first);
  if (!mapping) throw new PlainExit(noSuchType(first), 1);
  return { mapping, fields };
}

function withVersion(
  resources: readonly ApiResource[],
  mapping: ApiResource,
  apiVersion: string,
): ApiResource {
  if (apiVersion === '') return mapping;
  const slash = apiVersion.indexOf('/');
  const [group, version] =
    slash < 0 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)];
  const found = resources.find(
    (each) => each.group === group && each.version === version && each.name === mapping.name,
  );
  if (!found) {
    const served = resources.some((each) => each.group === group && each.version === version);
    throw new KubectlError(
      served
        ? `GVR (${group}/${version ?? ''}, Resource=${mapping.name}) not found in OpenAPI schema`
        : `couldn't find resource for "${group}/${version ?? ''}, Resource=${mapping.name}"`,
    );
  }
  return found;
}

async function schemasOf(session: Session, resource: ApiResource): Promise<JsonObject> {
  const transport = await session.transport();
  const key =
    resource.group === '' ? `api/${resource.version}` : `apis/${resource.group}/${resource.version}`;
  try {
    const root = await transport.json({ path: '/openapi/v3' });
    const url = stringAt(root, 'paths', key, 'serverRelativeURL') || `/openapi/v3/${key}`;
    return objectAt(await transport.json({ path: url }), 'components', 'schemas');
  } catch (error) {
    if (error instanceof StatusError && error.code === 404)
      throw new KubectlError(`failed to get openapi v3 schema: ${error.message}`);
    throw error;
  }
}

/** One schema as plain text. Models kubectl's explain/v2 plaintext template. */
class Page {
  private readonly schemas: JsonObject;
  constructor(schemas: JsonObject) {
    this.schemas = schemas;
  }

  head(resource: ApiResource): string {
    return `${resource.group === '' ? '' : `GROUP:      ${resource.group}\n`}KIND:       ${resource.kind}\nVERSION:    ${resource.version}\n\n`;
  }

  /** What `$ref`, alone or in `allOf`, leads to. */
  private resolve(schema: JsonObject): JsonObject {
    const ref = stringAt(schema, '$ref') || stringAt(listAt(schema, 'allOf')[0], '$ref');
    return ref === '' ? schema : objectAt(this.schemas, ref.split('/').at(-1) ?? '');
  }

  /** The schema whose properties are shown: through lists and maps. */
  private inner(schema: JsonObject): JsonObject {
    const resolved = this.resolve(schema);
    const items = at(resolved, 'items');
    if (isObject(items)) return this.inner(items);
    const values = at(resolved, 'additionalProperties');
    if (isObject(values)) return this.inner(values);
    return resolved;
  }

  typeName(schema: JsonObject): string {
    const ref = stringAt(schema, '$ref') || stringAt(listAt(schema, 'allOf')[0], '$ref');
    if (ref !== '') {
      const resolved = this.resolve(schema);
      if (
        stringAt(resolved, 'type') === 'string' ||
        at(resolved, 'oneOf') !== undefined ||
        Object.keys(objectAt(resolved, 'properties')).length === 0
      ) {
        const last = ref.split('.').at(-1) ?? '';
        return last === 'IntOrString' || last === 'Quantity' || last === 'Time' || last === 'MicroTime'
          ? this.scalarName(last, resolved)
          : last;
      }
      return ref.split('.').at(-1) ?? 'Object';
    }
    const type = stringAt(schema, 'type');
    if (type === 'array') return `[]${this.typeName(objectAt(schema, 'items'))}`;
    const values = at(schema, 'additionalProperties');
    if (isObject(values)) return `map[string]${this.typeName(values)}`;
    return type === '' || type === 'object' ? 'Object' : type;
  }

  private scalarName(last: string, resolved: JsonObject): string {
    const type = stringAt(resolved, 'type');
    if (last === 'IntOrString' || last === 'Quantity') return last;
    return type === '' ? 'string' : type;
  }

  body(root: JsonObject, fields: readonly string[], recursive: boolean): string {
    let schema = root;
    let description = stringAt(root, 'description');
    let field: { name: string; schema: JsonObject } | undefined;
    for (const name of fields) {
      const next = at(this.inner(schema), 'properties', name);
      if (!isObject(next)) throw new KubectlError(`field ${quote(name)} does not exist`);
      schema = next;
      field = { name, schema: next };
      description = stringAt(next, 'description') || stringAt(this.resolve(next), 'description');
    }
    let out = '';
    if (field) {
      const values = this.enumOf(field.schema);
      const block = values.length === 0 ? '\n' : `ENUM:\n${values.map((value) => `    ${value}\n`).join('')}`;
      out += `FIELD: ${field.name} <${this.typeName(field.schema)}>\n${block}\n`;
    }
    const below = this.inner(schema);
    const properties = objectAt(below, 'properties');
    const type = field ? stringAt(below, 'description') : '';
    const shown = [description, type].filter((text, i, all) => text !== '' && all.indexOf(text) === i);
    out += `DESCRIPTION:\n${shown.length === 0 ? '    <empty>\n' : `${shown.map((text) => wrap(text, 4, 80)).join('')}    \n`}`;
    if (Object.keys(properties).length > 0)
      out += `FIELDS:\n${recursive ? this.tree(below, 1, new Set()) : this.fieldList(below)}`;
    return `${out}\n`;
  }

  private enumOf(schema: JsonObject): string[] {
    const values = [...listAt(this.resolve(schema), 'enum'), ...listAt(schema, 'enum')].map(String);
    return [...new Set(values)].sort();
  }

  /** `enum: A, B`, cut after four. */
  private enumLine(schema: JsonObject, indent: string): string {
    const values = this.enumOf(schema);
    if (values.length === 0) return '';
    return `${indent}enum: ${values
      .slice(0, 4)
      .map((value) => (value === '' ? '""' : value))
      .join(', ')}${values.length > 4 ? ', ....' : ''}\n`;
  }

  private fieldList(schema: JsonObject): string {
    const properties = objectAt(schema, 'properties');
    const required = listAt(schema, 'required');
    return sortedKeys(properties)
      .map((name) => {
        const property = objectAt(properties, name);
        const description = stringAt(property, 'description');
        const text = description === '' ? '    <no description>\n' : wrap(description, 4, 80);
        return `  ${name}\t<${this.typeName(property)}>${required.includes(name) ? ' -required-' : ''}\n${this.enumLine(property, '  ')}${text}\n`;
      })
      .join('');
  }

  private tree(schema: JsonObject, level: number, above: ReadonlySet<JsonObject>): string {
    const properties = objectAt(schema, 'properties');
    const required = listAt(schema, 'required');
    const indent = '  '.repeat(level);
    return sortedKeys(properties)
      .map((name) => {
        const property = objectAt(properties, name);
        const inner = this.inner(property);
        const line = `${indent}${name}\t<${this.typeName(property)}>${required.includes(name) ? ' -required-' : ''}\n`;
        const enums = this.enumLine(property, indent);
        if (above.has(inner)) return line;
        return line + enums + this.tree(inner, level + 1, new Set([...above, inner]));
      })
      .join('');
  }
}

/** Wraps words at a width; paragraphs and list items keep their own lines. */
function wrap(text: string, indent: number, width: number): string {
  const pad = ' '.repeat(indent);
  const out: string[] = [];
  for (const line of text.split('\n')) {
    const lead = /^ */.exec(line)?.[0] ?? '';
    let current = '';
    for (const [i, plain] of line.trim().split(' ').entries()) {
      const word = i === 0 ? lead + plain : plain;
      if (current !== '' && indent + current.length + 1 + word.length > width) {
        out.push(pad + current);
        current = word;
      } else current = current === '' ? word : `${current} ${word}`;
    }
    out.push(pad + current);
  }
  return `${out.join('\n')}\n`;
}
