import type { ApiResource } from './discovery.ts';
import { KubectlError } from './errors.ts';
import { kustomizedObjects } from './kustomize/kustomized-objects.ts';
import { readManifests } from './manifest.ts';
import type { JsonObject } from './json.ts';
import { nameOf, namespaceOf, setAt, stringAt, stringsAt } from './json.ts';
import { quote } from './go-format.ts';
import type { RestMapper } from './rest-mapper.ts';
import { noSuchType, splitApiVersion } from './rest-mapper.ts';
import type { Session } from './session.ts';

/** One thing a command line means: an object by name, a collection, or an object read from a file. */
export interface Target {
  readonly mapping: ApiResource;
  /** Empty for cluster-scoped types and across all namespaces. */
  readonly namespace: string;
  /** Absent for a collection. */
  readonly name?: string;
  /** As read from a file. */
  readonly object?: JsonObject;
  readonly source?: string;
}

export interface Selection {
  readonly args: readonly string[];
  readonly filenames?: readonly string[];
  /** A folder with a kustomization, instead of files. */
  readonly kustomize?: string;
  /** Objects of files are taken as they are, and nothing is asked of the server. */
  readonly local?: boolean;
  readonly recursive?: boolean;
  readonly validate?: boolean;
  readonly selector?: string;
  readonly fieldSelector?: string;
  /** `--all` where names, when there are any, win over it. */
  readonly all?: boolean;
  /** `--all` as a selector of everything: no names, no other selector beside it. */
  readonly selectAll?: boolean;
  readonly allNamespaces?: boolean;
  /** A type without names means all of it (get, describe). */
  readonly bareTypes?: boolean;
}

export interface Resolved {
  /** In the order given; a document that cannot be used stands as its error. */
  readonly targets: readonly (Target | Error)[];
  /** Exactly one object was asked for: it is printed alone, not in a List. */
  readonly single: boolean;
}

export const mustProvide = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;

/** The type a person typed; throws when the server has none. */
export async function mappingFor(session: Session, typed: string): Promise<ApiResource> {
  const mapper = await session.mapper();
  const found = mapper.find(typed) ?? (await session.refreshMapper())?.find(typed);
  if (!found) throw new KubectlError(noSuchType(typed));
  for (const other of mapper.alsoMeant(typed)) {
    await session.warnOnce(`short name ${quote(typed)} could also match lower priority resource ${other}`);
  }
  return found;
}

/** The types of a comma-separated list; a category such as `all` stands for its members. */
export async function mappingsFor(session: Session, typed: string): Promise<ApiResource[]> {
  const found: ApiResource[] = [];
  for (const part of typed.split(',').filter((each) => each !== '')) {
    const members = (await session.mapper()).category(part);
    for (const mapping of members.length > 0 ? members : [await mappingFor(session, part)]) {
      if (!found.includes(mapping)) found.push(mapping);
    }
  }
  return found;
}

/** The resource of an object read from a file. Throws in kubectl's words. */
export async function mappingForObject(
  session: Session,
  object: JsonObject,
  source: string,
): Promise<ApiResource> {
  const apiVersion = stringAt(object, 'apiVersion');
  const kind = stringAt(object, 'kind');
  const find = (mapper: RestMapper | undefined): ApiResource | undefined => mapper?.forKind(apiVersion, kind);
  const found = find(await session.mapper()) ?? find(await session.refreshMapper());
  if (found) return found;
  throw new KubectlError(
    `resource mapping not found for name: ${quote(nameOf(object))} namespace: ${quote(namespaceOf(object))} from ${quote(source)}: no matches for kind ${quote(kind)} in version ${quote(apiVersion)}\nensure CRDs are installed first`,
  );
}

/** What arguments, files and selectors mean. Models cli-runtime's resource Builder. */
export async function resolveTargets(session: Session, selection: Selection): Promise<Resolved> {
  const { args, filenames = [], kustomize = '' } = selection;
  if (kustomize !== '' && filenames.length > 0)
    throw new KubectlError('only one of -f or -k can be specified');
  if (filenames.length > 0 || kustomize !== '') {
    if (args.length > 0)
      throw new KubectlError(
        'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
      );
    return fileTargets(session, selection);
  }
  const selector = (selection.selector ?? '') !== '' || (selection.fieldSelector ?? '') !== '';
  if (selection.selectAll && selector)
    throw new KubectlError("setting 'all' parameter but found a non empty selector. ");
  if (args.length === 0)
    throw new KubectlError(
      selector || selection.all || selection.selectAll
        ? 'at least one resource must be specified to use a selector'
        : mustProvide,
    );
  const slashed = args.filter((arg) => arg.includes('/'));
  if (slashed.length > 0) return tupleTargets(session, selection);
  const [types = '', ...names] = args;
  const selects = selector || selection.selectAll === true;
  if (names.length > 0 && selects)
    throw new KubectlError('name cannot be provided when a selector is specified');
  const mappings = await mappingsFor(session, types);
  if (names.length === 0 && !selects && !selection.bareTypes && !selection.all)
    throw new KubectlError('resource(s) were provided, but no name was specified');
  if (names.length > 0 && mappings.length > 1 && !types.includes(','))
    throw new KubectlError('you must specify only one resource');
  if (names.length > 0 && selection.allNamespaces && mappings.some((each) => each.namespaced))
    throw new KubectlError('a resource cannot be retrieved by name across all namespaces');
  const namespace = selection.allNamespaces ? '' : await session.namespace();
  const targets: Target[] = [];
  for (const mapping of mappings) {
    const where = mapping.namespaced ? namespace : '';
    if (names.length === 0) targets.push({ mapping, namespace: where });
    for (const name of names) targets.push({ mapping, namespace: where, name });
  }
  return { targets, single: names.length === 1 && mappings.length === 1 };
}

async function tupleTargets(session: Session, selection: Selection): Promise<Resolved> {
  const { args } = selection;
  if (args.some((arg) => !arg.includes('/'))) {
    const [first = ''] = args;
    throw new KubectlError(
      first.includes('/')
        ? `there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'`
        : `there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'`,
    );
  }
  if ((selection.selector ?? '') !== '' || selection.selectAll)
    throw new KubectlError('name cannot be provided when a selector is specified');
  if (selection.allNamespaces)
    throw new KubectlError('a resource cannot be retrieved by name across all namespaces');
  const targets: (Target | Error)[] = [];
  for (const arg of args) {
    const parts = arg.split('/');
    const [type = '', name = ''] = parts;
    if (parts.length > 2)
      throw new KubectlError(`arguments in resource/name form may not have more than one slash`);
    if (type === '' || name === '')
      throw new KubectlError('arguments in resource/name form must have a single resource and name');
    const mapping = await mappingFor(session, type);
    targets.push({ mapping, namespace: mapping.namespaced ? await session.namespace() : '', name });
  }
  return { targets, single: targets.length === 1 };
}

async function fileTargets(session: Session, selection: Selection): Promise<Resolved> {
  const documents =
    selection.kustomize !== undefined && selection.kustomize !== ''
      ? await kustomizedObjects(session, selection.kustomize)
      : await readManifests(session, selection.filenames ?? [], {
          recursive: selection.recursive === true,
          validate: selection.validate === true,
        });
  const targets: (Target | Error)[] = [];
  const match = selection.selector ? selectorMatcher(selection.selector) : undefined;
  for (const document of documents) {
    if (document instanceof Error) {
      targets.push(document);
      continue;
    }
    if (match && !match(document.object)) continue;
    try {
      targets.push(
        selection.local
          ? localTarget(document.object, document.source)
          : await fileTarget(session, document.object, document.source),
      );
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error;
      targets.push(error);
    }
  }
  return { targets, single: targets.length === 1 };
}

/** An object of a file nobody asked the server about: its resource is guessed from its kind. */
function localTarget(object: JsonObject, source: string): Target {
  const kind = stringAt(object, 'kind');
  const singular = kind.toLowerCase();
  const { group, version } = splitApiVersion(stringAt(object, 'apiVersion'));
  const mapping: ApiResource = {
    group,
    version,
    name: singular,
    singular,
    kind,
    namespaced: true,
    verbs: [],
    shortNames: [],
    categories: [],
    subresources: [],
  };
  return { mapping, namespace: namespaceOf(object), name: nameOf(object), object, source };
}

async function fileTarget(session: Session, object: JsonObject, source: string): Promise<Target> {
  const mapping = await mappingForObject(session, object, source);
  if (!mapping.namespaced) return { mapping, namespace: '', name: nameOf(object), object, source };
  const own = namespaceOf(object);
  const wanted = await session.namespace();
  if (own !== '' && session.namespaceGiven && own !== wanted)
    throw new KubectlError(
      `the namespace from the provided object ${quote(own)} does not match the namespace ${quote(wanted)}. You must pass '--namespace=${own}' to perform this operation.`,
    );
  if (own === '') setAt(object, ['metadata', 'namespace'], wanted);
  return { mapping, namespace: own || wanted, name: nameOf(object), object, source };
}

/** A client-side test of `-l` for objects read from files: equality, sets and existence. */
export function selectorMatcher(selector: string): (object: JsonObject) => boolean {
  const terms = selector.match(/[^,(]+(\([^)]*\))?[^,]*/g) ?? [];
  return (object) =>
    terms.every((raw) => {
      const term = raw.trim();
      const labels = stringsAt(object, 'metadata', 'labels');
      const value = (key: string): string | undefined => labels[key];
      const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(term);
      if (set) {
        const values = (set[3] ?? '').split(',').map((each) => each.trim());
        const has = value(set[1] ?? '');
        return (has !== undefined && values.includes(has)) === (set[2] === 'in');
      }
      const pair = /^([^!=\s]+)\s*(==|=|!=)\s*(.*)$/.exec(term);
      if (pair) return (value(pair[1] ?? '') === (pair[3] ?? '').trim()) === (pair[2] !== '!=');
      return term.startsWith('!') ? value(term.slice(1)) === undefined : value(term) !== undefined;
    });
}
