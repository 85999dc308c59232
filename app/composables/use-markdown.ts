import DOMPurify from 'dompurify';
import MarkdownIt from 'markdown-it';

const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });
const FORBIDDEN = { FORBID_TAGS: ['style', 'img', 'form', 'input', 'svg', 'math'], FORBID_ATTR: ['style', 'id'] };

const plainFence = markdown.renderer.rules['fence'];
/** A block of shell gets a button which types it at the prompt (never runs it). */
markdown.renderer.rules['fence'] = (tokens, index, options, env, self) => {
  const token = tokens[index];
  const block = plainFence?.(tokens, index, options, env, self) ?? '';
  const label = typeof env?.['typeLabel'] === 'string' ? markdown.utils.escapeHtml(env['typeLabel']) : undefined;
  if (token === undefined || !/^(sh|bash|shell|console)\b/.test(token.info) || label === undefined) return block;
  return `<div class="snippet">${block}<button type="button" class="button" data-type-in-console>${label}</button></div>`;
};

/** HTML of a lab's text. Raw HTML in the source stays text; what is left is sanitised all the same. */
export function renderMarkdown(source: string, typeLabel?: string): string {
  return DOMPurify.sanitize(markdown.render(source, { typeLabel }), { ...FORBIDDEN, ADD_ATTR: ['data-type-in-console'] });
}
