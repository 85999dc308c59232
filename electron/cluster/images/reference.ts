/** A parsed image reference. */
export interface ImageReference {
  /** e.g. `docker.io` */
  readonly registry: string;
  /** With registry, e.g. `docker.io/library/nginx` */
  readonly repository: string;
  readonly tag: string | undefined;
  /** `sha256:…` */
  readonly digest: string | undefined;
}

const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[\w][\w.-]{0,127}$/;
const DIGEST = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}$/;
const DOMAIN =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*(?::[0-9]+)?$/;

function invalid(text: string): Error {
  return new Error(text);
}

/**
 * Parses a reference and fills in `docker.io` and `library/`, not the tag.
 * Models distribution/reference ParseNormalizedNamed. @throws Error with its text
 */
export function parseReference(text: string): ImageReference {
  if (text === '') throw invalid('repository name must have at least one component');
  const at = text.indexOf('@');
  const digest = at < 0 ? undefined : text.slice(at + 1);
  let name = at < 0 ? text : text.slice(0, at);
  if (digest !== undefined && !DIGEST.test(digest)) throw invalid('invalid reference format');
  const colon = name.lastIndexOf(':');
  let tag: string | undefined;
  if (colon > name.lastIndexOf('/')) {
    tag = name.slice(colon + 1);
    name = name.slice(0, colon);
    if (!TAG.test(tag)) throw invalid('invalid reference format');
  }
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const hasRegistry =
    first !== '' && (/[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase());
  const registry = hasRegistry ? first : 'docker.io';
  let path = hasRegistry ? name.slice(slash + 1) : name;
  if (registry === 'docker.io' && !path.includes('/')) path = `library/${path}`;
  if (path !== path.toLowerCase()) {
    throw invalid(`invalid reference format: repository name (${path}) must be lowercase`);
  }
  if (!DOMAIN.test(registry) || !path.split('/').every((part) => COMPONENT.test(part))) {
    throw invalid('invalid reference format');
  }
  return { registry, repository: `${registry}/${path}`, tag, digest };
}

/** The canonical text: `docker.io/library/nginx:latest`. @throws Error */
export function normalizeReference(text: string): string {
  const parsed = parseReference(text);
  if (parsed.digest !== undefined) return `${parsed.repository}@${parsed.digest}`;
  return `${parsed.repository}:${parsed.tag ?? 'latest'}`;
}
