import type { Fragment } from './pattern.ts';

/** A piece of a word while it is expanded: `split` pieces are cut at IFS; `null` is a hard field boundary (between `"$@"` elements). */
export interface Segment extends Fragment {
  split: boolean;
}

/** Cuts segments into fields. Models POSIX 2.6.5: IFS white space collapses, other separators delimit empty fields. */
export function splitFields(segments: readonly (Segment | null)[], ifs: string): Fragment[][] {
  const fields: Fragment[][] = [];
  let current: Fragment[] | null = null;
  let endedByBlank = false;
  const end = (): void => {
    if (current !== null) fields.push(current);
    current = null;
  };
  for (const segment of segments) {
    if (segment === null) {
      end();
      endedByBlank = false;
      continue;
    }
    if (!segment.split || ifs === '') {
      if (segment.text === '' && !segment.quoted) continue;
      current ??= [];
      current.push({ text: segment.text, quoted: segment.quoted });
      endedByBlank = false;
      continue;
    }
    let text = '';
    const flush = (): void => {
      if (text === '') return;
      current ??= [];
      current.push({ text, quoted: false });
      text = '';
    };
    for (const char of segment.text) {
      if (!ifs.includes(char)) {
        text += char;
        endedByBlank = false;
        continue;
      }
      flush();
      if (char === ' ' || char === '\t' || char === '\n') {
        if (current !== null) {
          end();
          endedByBlank = true;
        }
      } else if (current === null && endedByBlank) endedByBlank = false;
      else {
        fields.push(current ?? [{ text: '', quoted: true }]);
        current = null;
      }
    }
    flush();
  }
  end();
  return fields;
}
