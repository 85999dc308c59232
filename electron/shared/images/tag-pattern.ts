/** Part of a tag's pattern: plain text, `<version>` (v1.2.3 and shorter), `<number>`, `(a|b)` for a choice, `[…]` for what may be missing. */
const PART = /<version>|<number>|[()[\]|]|[\w.-]+/gy;
const VERSION = String.raw`v?\d+(?:\.\d+){0,3}`;
/** The tags that official images come in: versions, and variants by what they are made from. */
const OFFICIAL = [
  '(latest|stable|mainline|lts|edge|<version>)',
  '[(<version>|stable|mainline|lts)-](alpine[<number>.<number>]|slim|perl|bookworm|bullseye|trixie|slim-bookworm|alpine-slim|jammy|noble)',
  '<number>.<number>.<number>[-](rc|beta)<number>',
];
/** Each choice doubles what a tag may have to be compared with. */
const MAX_GROUPS = 8;

/** A regular expression for the whole tag; undefined for what is no pattern. `<official>` stands for all that official images have. */
export function tagPattern(text: string): RegExp | undefined {
  if (text === '<official>')
    return new RegExp(OFFICIAL.map((each) => (tagPattern(each) as RegExp).source).join('|'));
  if (text.length === 0 || text.length > 300) return undefined;
  let source = '';
  const open: string[] = [];
  let groups = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const [part] = PART.exec(text) ?? [];
    if (part === undefined) return undefined;
    if (part === '<version>') source += VERSION;
    else if (part === '<number>') source += String.raw`\d+`;
    else if (part === '(' || part === '[') {
      groups += 1;
      open.push(part);
      source += '(?:';
    } else if (part === ')' || part === ']') {
      if (open.pop() !== (part === ')' ? '(' : '[')) return undefined;
      source += part === ')' ? ')' : ')?';
    } else if (part === '|') {
      if (open.length === 0) return undefined;
      source += '|';
    } else source += part.replaceAll('.', String.raw`\.`);
  }
  return open.length > 0 || groups > MAX_GROUPS ? undefined : new RegExp(`^(?:${source})$`);
}
