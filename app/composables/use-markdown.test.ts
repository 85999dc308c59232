// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest';
import { renderMarkdown } from './use-markdown.ts';

function render(source: string): HTMLElement {
  const element = document.createElement('div');
  element.innerHTML = renderMarkdown(source, 'Type in the console');
  return element;
}

describe('renderMarkdown', () => {
  it('gives each command a button that says what it types', () => {
    const element = render('```\nkubectl get pods\nkubectl delete pod <nome-de-um-pod>\n# done\n```');
    const buttons = [...element.querySelectorAll('[data-type-in-console]')];
    expect(buttons.map((button) => button.getAttribute('aria-label'))).toEqual([
      'Type in the console: kubectl get pods',
    ]);
    expect(element.querySelectorAll('pre')).toHaveLength(3);
    expect(element.textContent).toContain('kubectl delete pod <nome-de-um-pod>');
  });

  it('keeps a here-document together', () => {
    const element = render('```sh\nkubectl apply -f - <<EOF\nkind: Pod\nEOF\n```');
    expect(element.querySelectorAll('[data-type-in-console]')).toHaveLength(1);
    expect(element.querySelector('pre')?.textContent).toBe('kubectl apply -f - <<EOF\nkind: Pod\nEOF');
  });

  it('lets nothing active through', () => {
    const element = render(
      '<img src=x onerror=alert(1)> <script>alert(1)</script>\n\n[x](javascript:alert(1)) ![p](http://example.org/p.png)',
    );
    expect(element.querySelector('img, script')).toBeNull();
    expect(element.querySelector('a')?.getAttribute('href') ?? '').not.toContain('javascript');
  });

  it('leaves other code alone', () => {
    const element = render('```yaml\nkind: Pod\n```');
    expect(element.querySelector('[data-type-in-console]')).toBeNull();
  });
});
