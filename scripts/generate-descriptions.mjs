// Writes electron/cluster/api/generated/descriptions.ts: the texts that `kubectl explain` shows.
//   node scripts/generate-descriptions.mjs FACTS_FOLDER CLIENT_NODE_FOLDER KUBERNETES_TYPES_FOLDER
// FACTS_FOLDER holds schemas.json. The other two are unpacked npm packages (docs/decisions/0013-texts-of-explain.md):
// @kubernetes/client-node of the same Kubernetes version, whose typings carry the text of every plain field, and
// kubernetes-types, which also has the texts of fields that refer to another type, and the line breaks.
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const [facts, clientNode, types] = process.argv.slice(2);
if (types === undefined) {
  console.error(
    'usage: node scripts/generate-descriptions.mjs FACTS_FOLDER CLIENT_NODE_FOLDER KUBERNETES_TYPES_FOLDER',
  );
  process.exit(2);
}
const schemas = JSON.parse(readFileSync(join(facts, 'schemas.json'), 'utf8'));

/** Text of a documentation comment, or '' when it is none. */
function textOf(comment) {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\* ?/, ''));
  return lines
    .join('\n')
    .trim()
    .replace(/\\(["'\\])/g, '$1')
    .replaceAll('*_/', '*/')
    .replace(/\n{3,}/g, '\n\n');
}

/** `{ '': text of the type, field: text }` of each class or interface of a file of typings. */
function documented(source) {
  const found = new Map();
  const COMMENT = String.raw`/\*\*((?:(?!\*/)[\s\S])*)\*/\s*`;
  const TYPE = new RegExp(
    String.raw`(?:${COMMENT})?export (?:declare class|interface) (\w+) [^{]*\{\n([\s\S]*?)\n\}`,
    'g',
  );
  const ALIAS = new RegExp(String.raw`${COMMENT}export type (\w+) =`, 'g');
  const FIELD = new RegExp(String.raw`${COMMENT}(?:readonly )?(?:'([^']+)'|"([^"]+)"|(\$?\w+))\??:`, 'g');
  for (const [, comment, name, body] of source.matchAll(TYPE)) {
    const texts = { '': comment === undefined ? '' : textOf(comment) };
    for (const [, text, single, double, bare] of body.matchAll(FIELD))
      texts[(single ?? double ?? bare).replace(/^_/, '')] = textOf(text);
    found.set(name, texts);
  }
  for (const [, comment, name] of source.matchAll(ALIAS)) found.set(name, { '': textOf(comment) });
  return found;
}

const exact = new Map();
for (const file of globSync(join(clientNode, 'dist/gen/models/*.d.ts')))
  for (const [name, texts] of documented(readFileSync(file, 'utf8')))
    if (name === basename(file, '.d.ts')) exact.set(name, texts);

const PACKAGE_OF_TYPES = {
  'io.k8s.apimachinery.pkg.apis.meta.v1': 'meta/v1',
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1': 'apiextensions/v1',
  'io.k8s.apimachinery.pkg.api.resource': 'api/resource',
  'io.k8s.apimachinery.pkg.runtime': 'runtime',
};
const whole = new Map();
function texts(component) {
  const [, pkg, kind] = /^(.*)\.([^.]+)$/.exec(component);
  const path = PACKAGE_OF_TYPES[pkg] ?? pkg.replace(/^io\.k8s\.api\./, '').replace('.', '/');
  const file = join(types, `${path}.d.ts`);
  if (!whole.has(file))
    whole.set(file, existsSync(file) ? documented(readFileSync(file, 'utf8')) : new Map());
  const [group, version = ''] = path.split('/');
  const title = (word) => word.charAt(0).toUpperCase() + word.slice(1);
  const classes = [`${title(version)}${kind}`, `${title(group)}${title(version)}${kind}`];
  const precise = classes.map((name) => exact.get(name)).find((entry) => entry !== undefined) ?? {};
  return { precise, older: whole.get(file).get(kind) ?? {} };
}

const flat = (text) => text.replace(/\s+/g, ' ').trim();
/** The text of this version; with the line breaks of the other package where both say the same. */
function chosen(precise, older) {
  if (precise === undefined || precise === '') return older ?? '';
  return older !== undefined && flat(older) === flat(precise) ? older : precise.replace(/ {2,}/g, ' ');
}

// What the values of an enumeration mean is in neither package. These were read from a running v1.34 API server.
const ENUMS = JSON.parse(readFileSync(join(import.meta.dirname, 'enum-texts.json'), 'utf8'));
function enumText(component, field, values) {
  const known = ENUMS[`${component}.${field}`] ?? {};
  const lines = [...values].sort().map((value) => {
    return ` - \`${JSON.stringify(value)}\`${known[value] === undefined ? '' : ` ${known[value]}`}`;
  });
  return `\n\nPossible enum values:\n${lines.join('\n')}`;
}

const table = [];
const indexOf = new Map();
function index(text) {
  if (!indexOf.has(text)) {
    indexOf.set(text, table.length);
    table.push(text);
  }
  return indexOf.get(text);
}
const components = {};
let missing = 0;
for (const component of Object.keys(schemas).sort()) {
  const { precise, older } = texts(component);
  const entry = {};
  const own = chosen(precise[''], older['']);
  if (own !== '') entry[''] = index(own);
  for (const [field, schema] of Object.entries(schemas[component].properties ?? {})) {
    const text = chosen(precise[field], older[field]);
    const values = schema.enum === undefined ? '' : enumText(component, field, schema.enum);
    if (text === '') missing += 1;
    if (text !== '' || values !== '') entry[field] = index(`${text}${values}`.trim());
  }
  components[component] = entry;
}

// A text inside a function: the engine reads past it until somebody asks.
const literal = JSON.stringify(JSON.stringify({ texts: table, components }));
const file = join(import.meta.dirname, '../electron/cluster/api/generated/descriptions.ts');
writeFileSync(
  file,
  `// Generated by scripts/generate-descriptions.mjs from the typings of @kubernetes/client-node and kubernetes-types.
// The texts are those of the Kubernetes API, Copyright The Kubernetes Authors, Apache License 2.0. Do not edit.
/* eslint-disable */
// prettier-ignore
/** JSON: \`texts\`, and by component and field ('' for the component itself) an index into them. */
export const descriptionsJson = (): string =>
  ${literal};

/** Changes when a text does. */
export const DESCRIPTIONS_FINGERPRINT = '${createHash('sha256').update(literal).digest('hex').slice(0, 16)}';
`,
);
console.log(`${Object.keys(components).length} components, ${table.length} texts, ${missing} fields without`);
