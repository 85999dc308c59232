import { newNotAcceptable } from '../../apimachinery/status.ts';

/** What the client wants to be given instead of the object itself. */
export type Transform = 'none' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';

export interface Negotiated {
  readonly mediaType: 'application/json' | 'application/yaml';
  readonly transform: Transform;
}

export interface MediaRange {
  readonly type: string;
  readonly params: Readonly<Record<string, string>>;
}

const ACCEPTED = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const TRANSFORMS: ReadonlySet<string> = new Set([
  'Table',
  'PartialObjectMetadata',
  'PartialObjectMetadataList',
]);

/** The parts of an Accept header, best quality first, otherwise in their order. */
export function parseAccept(header: string): MediaRange[] {
  const ranges = header.split(',').map((part, index) => {
    const [type = '', ...rest] = part.split(';').map((piece) => piece.trim());
    const params: Record<string, string> = {};
    for (const piece of rest) {
      const [name = '', value = ''] = piece.split('=');
      if (name !== '') params[name.toLowerCase()] = value.replace(/^"|"$/g, '');
    }
    return { type: type.toLowerCase(), params, index, quality: Number(params['q'] ?? '1') };
  });
  return ranges.filter(({ type }) => type !== '').sort((a, b) => b.quality - a.quality || a.index - b.index);
}

function mediaTypeOf(type: string, yaml: boolean): Negotiated['mediaType'] | undefined {
  if (type === '*/*' || type === 'application/*' || type === 'application/json') return 'application/json';
  if (yaml && (type === 'application/yaml' || type === 'application/x-yaml')) return 'application/yaml';
  return undefined;
}

/**
 * Chooses how to answer. Protobuf is never given: a client that takes nothing else gets 406.
 * `transforms` says whether objects may be asked for as Table or metadata only. @throws StatusError 406
 */
export function negotiate(
  accept: string | undefined,
  options: { readonly transforms: boolean; readonly yaml: boolean },
): Negotiated {
  // Every component's own requests say so.
  if (accept === undefined || accept === 'application/json' || accept.trim() === '')
    return { mediaType: 'application/json', transform: 'none' };
  for (const { type, params } of parseAccept(accept)) {
    const mediaType = mediaTypeOf(type, options.yaml);
    if (mediaType === undefined) continue;
    const as = params['as'];
    if (as === undefined) return { mediaType, transform: 'none' };
    const known =
      TRANSFORMS.has(as) &&
      params['g'] === 'meta.k8s.io' &&
      (params['v'] === 'v1' || params['v'] === 'v1beta1');
    if (known && options.transforms) return { mediaType, transform: as as Transform };
  }
  throw newNotAcceptable(ACCEPTED);
}

/** Whether the answer is for a person's eyes. Models isPrettyPrint of the response writers (v1.34). */
export function wantsPretty(query: URLSearchParams, userAgent: string | undefined): boolean {
  const asked = query.get('pretty');
  if (asked !== null) return asked === '1' || asked === 'true';
  return /^(curl|Wget|Mozilla\/5\.0)/.test(userAgent ?? '');
}
