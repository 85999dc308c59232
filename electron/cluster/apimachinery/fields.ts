/** One term of a field selector. */
export interface FieldRequirement {
  readonly field: string;
  readonly negated: boolean;
  readonly value: string;
}

/** The selector text is malformed. `message` is upstream's. */
export class FieldSelectorError extends Error {}

/** Parses `status.phase!=Running,metadata.name=x`. Models fields.ParseSelector (v1.34). @throws FieldSelectorError */
export function parseFieldSelector(text: string): FieldRequirement[] {
  const requirements: FieldRequirement[] = [];
  for (const part of splitTerms(text)) {
    if (part === '') continue;
    const term = splitTerm(part);
    if (term === undefined)
      throw new FieldSelectorError(`invalid selector: '${text}'; can't understand '${part}'`);
    requirements.push({ ...term, value: unescapeValue(term.value) });
  }
  return requirements;
}

/** True when every term holds; a field the object does not know counts as ''. */
export function matchesFields(
  requirements: readonly FieldRequirement[],
  fields: Readonly<Record<string, string>>,
): boolean {
  return requirements.every(({ field, negated, value }) => ((fields[field] ?? '') === value) !== negated);
}

/** The value a selector demands exactly of a field, e.g. to look up one name instead of filtering all. */
export function requiredFieldValue(
  requirements: readonly FieldRequirement[],
  field: string,
): string | undefined {
  return requirements.find((requirement) => requirement.field === field && !requirement.negated)?.value;
}

/** The selector as text, values escaped. */
export function formatFieldSelector(requirements: readonly FieldRequirement[]): string {
  return requirements
    .map(({ field, negated, value }) => `${field}${negated ? '!=' : '='}${escapeFieldValue(value)}`)
    .join(',');
}

/** Escapes `\`, `,` and `=` in a value. */
export function escapeFieldValue(value: string): string {
  return value.replace(/[\\,=]/g, '\\$&');
}

function splitTerms(text: string): string[] {
  if (text === '') return [];
  const terms: string[] = [];
  let start = 0;
  let escaped = false;
  for (let index = 0; index < text.length; index += 1) {
    if (escaped) escaped = false;
    else if (text[index] === '\\') escaped = true;
    else if (text[index] === ',') {
      terms.push(text.slice(start, index));
      start = index + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

function splitTerm(term: string): FieldRequirement | undefined {
  for (let index = 0; index < term.length; index += 1) {
    const rest = term.slice(index);
    for (const operator of ['!=', '==', '=']) {
      if (rest.startsWith(operator)) {
        return {
          field: term.slice(0, index),
          negated: operator === '!=',
          value: rest.slice(operator.length),
        };
      }
    }
  }
  return undefined;
}

function unescapeValue(value: string): string {
  if (!/[\\,=]/.test(value)) return value;
  let plain = '';
  let escaped = false;
  for (const char of value) {
    if (escaped) {
      if (char !== '\\' && char !== ',' && char !== '=') {
        throw new FieldSelectorError(`invalid field selector: invalid escape sequence: "\\\\${char}"`);
      }
      plain += char;
      escaped = false;
    } else if (char === '\\') escaped = true;
    else if (char === ',' || char === '=') {
      throw new FieldSelectorError(
        `invalid field selector: unescaped character in field selector: '${char}'`,
      );
    } else plain += char;
  }
  if (escaped) throw new FieldSelectorError('invalid field selector: invalid escape sequence: "\\\\"');
  return plain;
}
