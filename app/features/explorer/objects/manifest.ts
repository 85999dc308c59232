import { parseDocument, stringify } from 'yaml';

/** An API object as JSON has it. */
export interface Manifest {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: {
    readonly uid?: string;
    readonly name?: string;
    readonly namespace?: string;
    readonly resourceVersion?: string;
    readonly managedFields?: unknown;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

const HIDDEN = '••••••••';

/** An object as YAML for people; without `managedFields` unless asked, and without the values of a Secret. */
export function toText(object: Manifest, options: { managedFields: boolean; secrets: boolean }): string {
  const metadata = { ...object.metadata };
  if (!options.managedFields) delete metadata.managedFields;
  const shown: Record<string, unknown> = { ...object, metadata };
  if (object.kind === 'Secret' && !options.secrets) {
    for (const field of ['data', 'stringData']) {
      const values = object[field];
      if (typeof values === 'object' && values !== null)
        shown[field] = Object.fromEntries(Object.keys(values).map((name) => [name, HIDDEN]));
    }
    const annotations = metadata['annotations'];
    const last = 'kubectl.kubernetes.io/last-applied-configuration';
    if (typeof annotations === 'object' && annotations !== null && last in annotations)
      metadata['annotations'] = { ...annotations, [last]: HIDDEN };
  }
  // Quoted for readers of YAML 1.1 as well, which kubectl is.
  return stringify(shown, { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' });
}

/** What a text says; undefined when it is no single map. */
export function fromText(text: string): Manifest | undefined {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent' });
  if (document.errors.length > 0) return undefined;
  const value: unknown = document.toJS();
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Manifest)
    : undefined;
}

/** The same text with another resourceVersion: what was written on top of an older object goes on top of a newer one. */
export function onTopOf(text: string, resourceVersion: string): string {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent' });
  const at = document.getIn(['metadata', 'resourceVersion'], true);
  const range = typeof at === 'object' && at !== null && 'range' in at ? (at.range as number[] | null) : null;
  if (range?.[0] === undefined || range[1] === undefined) return text;
  return `${text.slice(0, range[0])}${JSON.stringify(resourceVersion)}${text.slice(range[1])}`;
}
