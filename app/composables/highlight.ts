export interface CodePart {
  readonly kind: 'key' | 'string' | 'value' | 'note' | 'plain';
  readonly text: string;
}

const KEY = /^(\s*(?:- )*)("(?:[^"\\]|\\.)*"|[^\s#:"'][^:#]*|)(\s*:)(?=\s|$)(.*)$/;
const LITERAL = /^\s*(?:-?\d+(?:\.\d+)?|true|false|null|~)\s*,?$/;

/** Splits YAML or JSON, line by line, into keys, literals (numbers, booleans, null), strings and comments. */
export function highlight(text: string): CodePart[][] {
  return text.split('\n').map(parts);
}

function parts(line: string): CodePart[] {
  if (/^\s*#/.test(line)) return [{ kind: 'note', text: line }];
  const match = KEY.exec(line);
  if (match === null || match[2] === '')
    return [{ kind: LITERAL.test(line) ? 'value' : 'plain', text: line }];
  const [, indent = '', key = '', colon = '', rest = ''] = match;
  return [
    { kind: 'plain', text: indent },
    { kind: 'key', text: key },
    { kind: 'plain', text: colon },
    { kind: LITERAL.test(rest) ? 'value' : 'string', text: rest },
  ];
}
