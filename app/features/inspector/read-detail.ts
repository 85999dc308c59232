import { stringify } from 'yaml';

export interface DetailParts {
  readonly verdicts: readonly { readonly name: 'authn' | 'authz' | 'admission'; readonly text: string }[];
  /** Everything else, as YAML; empty when there is nothing else. */
  readonly rest: string;
}

const VERDICTS = ['authn', 'authz', 'admission'] as const;

/** Takes the verdicts of the API server's stages out of a record's detail (JSON text). */
export function readDetail(json: string): DetailParts {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { verdicts: [], rest: json };
  }
  if (typeof value !== 'object' || value === null)
    return { verdicts: [], rest: value === null ? '' : String(value) };
  const rest: Record<string, unknown> = { ...value };
  const verdicts = VERDICTS.flatMap((name) => {
    const verdict = rest[name];
    if (verdict === undefined || verdict === null) return [];
    delete rest[name];
    return [{ name, text: typeof verdict === 'string' ? verdict : stringify(verdict).trimEnd() }];
  });
  return { verdicts, rest: Object.keys(rest).length === 0 ? '' : stringify(rest).trimEnd() };
}
