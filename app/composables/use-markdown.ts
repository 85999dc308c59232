import DOMPurify from 'dompurify';
import MarkdownIt from 'markdown-it';

const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });
// No pictures: the page may load none from elsewhere, and those of a lab's own assets come another way.
markdown.disable('image');
const FORBIDDEN = {
  FORBID_TAGS: ['style', 'img', 'form', 'input', 'svg', 'math'],
  FORBID_ATTR: ['style', 'id'],
};

const plainFence = markdown.renderer.rules['fence'];
/** A line that can be typed as it stands: no gap to be filled in (`<name>`), no comment. */
const typable = (line: string): boolean =>
  line.trim() !== '' && !/^\s*#/.test(line) && !/<[\p{L}-]+>/u.test(line);

/**
 * Blocks of shell get buttons which type a command at the prompt and never run it: one per line, or one for the whole
 * block where lines belong together (a here-document, a continued line).
 */
markdown.renderer.rules['fence'] = (tokens, index, options, env, self) => {
  const token = tokens[index];
  const label = typeof env?.['typeLabel'] === 'string' ? env['typeLabel'] : undefined;
  if (token === undefined || label === undefined || !/^(sh|bash|shell|console)?$/.test(token.info.trim())) {
    return plainFence?.(tokens, index, options, env, self) ?? '';
  }
  const source = token.content.trimEnd();
  const lines = /<<|\\$/m.test(source) ? [source] : source.split('\n');
  const escape = markdown.utils.escapeHtml;
  const rows = lines.map((line) => {
    const button = typable(line)
      ? `<button type="button" class="button" data-type-in-console aria-label="${escape(`${label}: ${line}`)}" title="${escape(label)}"></button>`
      : '';
    return `<div class="command"><pre><code>${escape(line)}</code></pre>${button}</div>`;
  });
  return `<div class="snippet">${rows.join('')}</div>`;
};

/** HTML of a lab's text. Raw HTML in the source stays text; what is left is sanitised all the same. */
export function renderMarkdown(source: string, typeLabel?: string): string {
  return DOMPurify.sanitize(markdown.render(source, { typeLabel }), {
    ...FORBIDDEN,
    ADD_ATTR: ['data-type-in-console'],
  });
}
