/**
 * Checks of names. Each returns the complaints, empty when there are none, in upstream's words.
 * Models k8s.io/apimachinery/pkg/util/validation (v1.34).
 */

const DNS1123_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const DNS1123_SUBDOMAIN = `${DNS1123_LABEL}(\\.${DNS1123_LABEL})*`;
const DNS1035_LABEL = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED_NAME = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED_NAME})?`;
const CONFIG_KEY = '[-._a-zA-Z0-9]+';
const ENV_NAME = '[-._a-zA-Z][-._a-zA-Z0-9]*';
const C_IDENTIFIER = '[A-Za-z_][A-Za-z0-9_]*';

const DNS1123_LABEL_PATTERN = whole(DNS1123_LABEL);
const DNS1123_SUBDOMAIN_PATTERN = whole(DNS1123_SUBDOMAIN);
const DNS1035_LABEL_PATTERN = whole(DNS1035_LABEL);
const QUALIFIED_NAME_PATTERN = whole(QUALIFIED_NAME);
const LABEL_VALUE_PATTERN = whole(LABEL_VALUE);
const CONFIG_KEY_PATTERN = whole(CONFIG_KEY);
const PORT_CHARACTERS = /^[-a-z0-9]+$/;

const QUALIFIED_NAME_MESSAGE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

function whole(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}

/** The explanation upstream appends: examples and the pattern. */
export function regexError(message: string, pattern: string, ...examples: string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${pattern}')`;
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return `${message} (e.g. ${shown}regex used for validation is '${pattern}')`;
}

/** `must be no more than 63 characters`. */
export function maxLengthError(length: number): string {
  return `must be no more than ${length} characters`;
}

export const EMPTY_ERROR = 'must be non-empty';

/** `must be between 1 and 65535, inclusive`. */
export function inclusiveRangeError(low: number, high: number): string {
  return `must be between ${low} and ${high}, inclusive`;
}

const DNS1123_LABEL_ERROR = regexError(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  DNS1123_LABEL,
  'my-name',
  '123-abc',
);
const DNS1123_SUBDOMAIN_ERROR = regexError(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  DNS1123_SUBDOMAIN,
  'example.com',
);
const DNS1035_LABEL_ERROR = regexError(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  DNS1035_LABEL,
  'my-name',
  'abc-123',
);

export function isDNS1123Label(value: string): string[] {
  return withLength(value, 63, DNS1123_LABEL_PATTERN, DNS1123_LABEL_ERROR);
}

export function isDNS1123Subdomain(value: string): string[] {
  return withLength(value, 253, DNS1123_SUBDOMAIN_PATTERN, DNS1123_SUBDOMAIN_ERROR);
}

export function isDNS1035Label(value: string): string[] {
  return withLength(value, 63, DNS1035_LABEL_PATTERN, DNS1035_LABEL_ERROR);
}

function withLength(value: string, max: number, pattern: RegExp, error: string): string[] {
  const errors: string[] = [];
  if (value.length > max) errors.push(maxLengthError(max));
  if (!pattern.test(value)) errors.push(error);
  return errors;
}

const qualifiedNames = new Set<string>();
const MAX_KNOWN = 2000;

/** A label key: an optional DNS subdomain prefix and `/`, then a name of at most 63 characters. */
export function isQualifiedName(value: string): string[] {
  if (qualifiedNames.has(value)) return [];
  const errors = checkQualifiedName(value);
  if (errors.length === 0) {
    if (qualifiedNames.size >= MAX_KNOWN) qualifiedNames.clear();
    qualifiedNames.add(value);
  }
  return errors;
}

function checkQualifiedName(value: string): string[] {
  const errors: string[] = [];
  const parts = value.split('/');
  let name: string;
  if (parts.length === 1) {
    name = parts[0] as string;
  } else if (parts.length === 2) {
    const prefix = parts[0] as string;
    name = parts[1] as string;
    if (prefix === '') errors.push(`prefix part ${EMPTY_ERROR}`);
    else errors.push(...isDNS1123Subdomain(prefix).map((message) => `prefix part ${message}`));
  } else {
    const shape = regexError(QUALIFIED_NAME_MESSAGE, QUALIFIED_NAME, 'MyName', 'my.name', '123-abc');
    return [
      `a qualified name ${shape} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  if (name === '') errors.push(`name part ${EMPTY_ERROR}`);
  else if (name.length > 63) errors.push(`name part ${maxLengthError(63)}`);
  if (!QUALIFIED_NAME_PATTERN.test(name)) {
    errors.push(
      `name part ${regexError(QUALIFIED_NAME_MESSAGE, QUALIFIED_NAME, 'MyName', 'my.name', '123-abc')}`,
    );
  }
  return errors;
}

const LABEL_VALUE_ERROR = regexError(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  LABEL_VALUE,
  'MyValue',
  'my_value',
  '12345',
);

export function isValidLabelValue(value: string): string[] {
  return withLength(value, 63, LABEL_VALUE_PATTERN, LABEL_VALUE_ERROR);
}

/** A port's name: at most 15 of a-z, 0-9 and `-`, with a letter. Models IsValidPortName. */
export function isValidPortName(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 15) errors.push(maxLengthError(15));
  if (!PORT_CHARACTERS.test(value))
    errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(value)) errors.push('must contain at least one letter (a-z)');
  if (value.includes('--')) errors.push('must not contain consecutive hyphens');
  if (value !== '' && (value.startsWith('-') || value.endsWith('-')))
    errors.push('must not begin or end with a hyphen');
  return errors;
}

export function isValidPortNumber(value: number): string[] {
  return value >= 1 && value <= 65535 ? [] : [inclusiveRangeError(1, 65535)];
}

/** Environment variable names as v1.34 takes them: any printable ASCII but `=`. Models IsRelaxedEnvVarName. */
export function isEnvVarName(value: string): string[] {
  if (value === '') return [`environment variable name ${EMPTY_ERROR}`];
  for (const char of value) {
    const code = char.codePointAt(0) as number;
    if (code <= 0x1f || code >= 0x7f) {
      return [
        "a valid environment variable name must consist only of printable ASCII characters other than '='",
      ];
    }
    if (char === '=') {
      return [
        "a valid environment variable name must consist only of printable ASCII characters other than '='",
      ];
    }
  }
  return [];
}

/** The stricter rule of names that become shell identifiers. */
export function isStrictEnvVarName(value: string): string[] {
  if (new RegExp(`^${ENV_NAME}$`).test(value)) return [];
  return [
    regexError(
      "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', and must not start with a digit",
      ENV_NAME,
      'my.env-name',
      'MY_ENV.NAME',
      'MyEnvName1',
    ),
  ];
}

export function isCIdentifier(value: string): string[] {
  if (new RegExp(`^${C_IDENTIFIER}$`).test(value)) return [];
  return [
    regexError(
      "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
      C_IDENTIFIER,
      'my_name',
      'MY_NAME',
      'MyName',
    ),
  ];
}

/** Keys of ConfigMaps and Secrets. */
export function isConfigMapKey(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 253) errors.push(maxLengthError(253));
  if (!CONFIG_KEY_PATTERN.test(value)) {
    errors.push(
      regexError(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        CONFIG_KEY,
        'key.name',
        'KEY_NAME',
        'key-name',
      ),
    );
  }
  if (value === '.') errors.push("must not be '.'");
  if (value === '..') errors.push("must not be '..'");
  else if (value.startsWith('..')) errors.push("must not start with '..'");
  return errors;
}

/** A name as a path segment. Models pkg/api/validation/path.IsValidPathSegmentName. */
export function isPathSegmentName(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  const errors: string[] = [];
  for (const part of ['/', '%']) if (value.includes(part)) errors.push(`may not contain '${part}'`);
  return errors;
}

const PERCENT_ERROR = regexError(
  "a valid percent string must be a numeric string followed by an ending '%'",
  '[0-9]+%',
  '1%',
  '93%',
);

export function isValidPercent(value: string): string[] {
  return /^[0-9]+%$/.test(value) ? [] : [PERCENT_ERROR];
}

/** IPv4 or IPv6 address in plain form. */
export function isValidIP(value: string): boolean {
  return isIPv4(value) || isIPv6(value);
}

export function isIPv4(value: string): boolean {
  const parts = value.split('.');
  return (
    parts.length === 4 && parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255)
  );
}

export function isIPv6(value: string): boolean {
  if (!value.includes(':') || value.includes('%')) return false;
  const halves = value.split('::');
  if (halves.length > 2) return false;
  const groups = (text: string): number | undefined => {
    if (text === '') return 0;
    const parts = text.split(':');
    let count = 0;
    for (const [index, part] of parts.entries()) {
      if (index === parts.length - 1 && part.includes('.')) {
        if (!isIPv4(part)) return undefined;
        count += 2;
      } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) count += 1;
      else return undefined;
    }
    return count;
  };
  const counts = halves.map(groups);
  if (counts.includes(undefined)) return false;
  const total = counts.reduce((sum: number, count) => sum + (count ?? 0), 0);
  return halves.length === 2 ? total < 8 : total === 8;
}
