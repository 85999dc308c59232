import type { Secret } from '../api/types.ts';
import { decodeBase64 } from '../apimachinery/base64.ts';
import type { AuthConfig } from '../cri/interface.ts';
import { normalizeReference, parseReference } from '../images/reference.ts';

/** A Secret's credentials cannot be read. */
export class KeyringError extends Error {}

interface Entry {
  /** Host, port and path that they are for; the host may have `*` and `?` in each of its parts. */
  readonly place: string;
  readonly credentials: AuthConfig;
}

const HUB = 'index.docker.io';
const decoder = new TextDecoder();

/**
 * Credentials by registry, as the Secrets of a Pod give them. Models pkg/credentialprovider keyring.go and secrets/secrets.go (v1.34).
 * What a node has by itself (`config.json`, provider plugins) is not modelled.
 */
export class DockerKeyring {
  readonly #entries: readonly Entry[];

  /** @throws KeyringError */
  constructor(secrets: readonly Secret[]) {
    const entries = secrets.flatMap((secret) => entriesOf(secret));
    // The most specific first: `quay.io/team` before `quay.io`.
    this.#entries = entries.sort((a, b) => (a.place < b.place ? 1 : a.place > b.place ? -1 : 0));
  }

  /** All that may open the image's repository, the most likely first. */
  lookup(image: string): readonly AuthConfig[] {
    const { registry, repository } = parseReference(normalizeReference(image));
    const found = this.#entries.filter(({ place }) => matches(place, repository));
    if (found.length === 0 && registry === 'docker.io')
      return this.#entries.filter(({ place }) => place === HUB).map(({ credentials }) => credentials);
    return found.map(({ credentials }) => credentials);
  }
}

function entriesOf({ type, data }: Secret): Entry[] {
  const json = type === 'kubernetes.io/dockerconfigjson' ? data?.['.dockerconfigjson'] : undefined;
  const old = type === 'kubernetes.io/dockercfg' ? data?.['.dockercfg'] : undefined;
  const encoded = json ?? old ?? '';
  if (encoded === '') return [];
  const content = objectOf(parse(decoder.decode(decodeBase64(encoded))));
  const registries = objectOf(json === undefined ? content : content['auths']);
  return Object.entries(registries).map(([location, entry]) => ({
    place: placeOf(location),
    credentials: credentialsOf(objectOf(entry)),
  }));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new KeyringError(error instanceof Error ? error.message : String(error));
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  throw new KeyringError(
    `json: cannot unmarshal ${kind} into Go value of type credentialprovider.DockerConfig`,
  );
}

/** `auth`, base64 of `name:password`, has the last word. */
function credentialsOf(entry: Readonly<Record<string, unknown>>): AuthConfig {
  const { username, password, auth } = entry;
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  if (text(auth) === '') return { username: text(username), password: text(password) };
  const encoded = text(auth).replace(/=+$/, '');
  const bad = encoded.search(/[^A-Za-z0-9+/]/);
  if (bad >= 0) throw new KeyringError(`illegal base64 data at input byte ${bad}`);
  const decoded = decoder.decode(decodeBase64(text(auth)));
  const colon = decoded.indexOf(':');
  if (colon < 0)
    throw new KeyringError('unable to parse auth field, must be formatted as base64(username:password)');
  return { username: decoded.slice(0, colon), password: decoded.slice(colon + 1) };
}

/** Without scheme and the API's version: `https://index.docker.io/v1/` is `index.docker.io`. */
function placeOf(location: string): string {
  const bare = location.replace(/^https?:\/\//, '');
  const slash = bare.indexOf('/');
  if (slash < 0) return bare;
  const path = bare.slice(slash).replace(/^\/v[12]\//, '/');
  return path === '/' ? bare.slice(0, slash) : bare.slice(0, slash) + path;
}

function matches(place: string, repository: string): boolean {
  const [host = '', ...path] = place.split('/');
  const [registry = '', ...rest] = repository.split('/');
  const globs = host.split('.');
  const parts = registry.split('.');
  return (
    globs.length === parts.length &&
    globs.every((glob, index) => globOf(glob).test(parts[index] ?? '')) &&
    rest.join('/').startsWith(path.join('/'))
  );
}

function globOf(glob: string): RegExp {
  const text = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${text.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
