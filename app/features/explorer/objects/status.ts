import { parseDocument } from 'yaml';

/** A refusal in the API server's own words. */
export interface Problem {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly { readonly field: string; readonly message: string }[];
}

/** Reads a Status (JSON text), or whatever came instead of one. */
export function readProblem(code: number, body: string): Problem {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    // No Status: a proxy, or plain text.
    return { code, reason: '', message: body.trim(), causes: [] };
  }
  const status = (typeof value === 'object' && value !== null ? value : {}) as {
    reason?: string;
    message?: string;
    details?: { causes?: { field?: string; message?: string }[] };
  };
  return {
    code,
    reason: status.reason ?? '',
    message: status.message ?? body.trim(),
    causes: (status.details?.causes ?? []).map(({ field, message }) => ({
      field: field ?? '',
      message: message ?? '',
    })),
  };
}

/** Where a field such as `spec.containers[0].image` or `metadata.labels[app]` stands in a manifest; the nearest parent when it is not there. */
export function locate(text: string, field: string): { from: number; to: number } | undefined {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent' });
  const path = [...field.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)].map(([, name, index]) =>
    name !== undefined ? name : /^\d+$/.test(index ?? '') ? Number(index) : (index ?? ''),
  );
  for (let length = path.length; length > 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    const range =
      typeof node === 'object' && node !== null && 'range' in node ? (node.range as number[] | null) : null;
    if (range?.[0] !== undefined && range[1] !== undefined)
      return { from: range[0], to: Math.min(range[1], text.length) };
  }
  return undefined;
}
