import { autocompletion } from '@codemirror/autocomplete';
import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { forceLinting, linter, lintGutter } from '@codemirror/lint';
import type { Diagnostic } from '@codemirror/lint';
import { Compartment, EditorState, Prec } from '@codemirror/state';
import type { Extension } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { basicSetup } from 'codemirror';
import type { Completion } from '../schema/complete-yaml.ts';
import { PHRASES_PT } from './editor-phrases.ts';

export interface YamlEditorOptions {
  readonly text: string;
  readonly readonly: boolean;
  readonly label: string;
  readonly locale: 'pt-BR' | 'en';
  readonly onChange: (text: string) => void;
  readonly onSave: () => void;
  readonly lint: (text: string) => readonly Diagnostic[];
  readonly complete: (
    text: string,
    position: number,
  ) => { readonly from: number; readonly options: readonly Completion[] } | undefined;
}

/** Real milliseconds after a key until the text is looked at. */
const LINT_DELAY = 250;

const look = EditorView.theme({
  '&': { height: '100%', fontSize: 'var(--text-xs)', backgroundColor: 'var(--surface)', color: 'var(--ink)' },
  '&.cm-focused': { outline: '2px solid var(--focus)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.5' },
  '.cm-content': { caretColor: 'var(--ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-gutters': {
    backgroundColor: 'var(--sunken)',
    color: 'var(--ink-faint)',
    borderRight: '1px solid var(--line-weak)',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--select) 45%, transparent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--select)',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--raised)',
    color: 'var(--ink)',
    border: '1px solid var(--line-strong)',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--select)',
    color: 'var(--ink)',
  },
  '.cm-completionDetail': { color: 'var(--ink-muted)' },
  '.cm-completionInfo': { maxWidth: '340px', whiteSpace: 'pre-wrap' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--bad)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--warn)' },
  '.cm-panels': { backgroundColor: 'var(--sunken)', color: 'var(--ink)' },
  '.cm-textfield': { backgroundColor: 'var(--raised)', border: '1px solid var(--line-control)' },
  '.cm-button': {
    background: 'var(--raised)',
    color: 'var(--ink)',
    border: '1px solid var(--line-control)',
  },
  '.cm-foldPlaceholder': { background: 'var(--off-fill)', color: 'var(--off)', border: 'none' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--select)' },
  '.cm-selectionMatch, .cm-searchMatch': { backgroundColor: 'var(--warn-fill)' },
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--ink)', fontWeight: '600' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--active)' },
  { tag: [tags.string, tags.content, tags.attributeValue], color: 'var(--ink-muted)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--ink-faint)' },
  { tag: [tags.separator, tags.punctuation, tags.meta], color: 'var(--ink-faint)' },
]);

/** CodeMirror set up for manifests. Tab leaves the editor: the keyboard is never caught in it. */
export class YamlEditor {
  readonly #view: EditorView;
  readonly #readonly = new Compartment();
  readonly #options: YamlEditorOptions;

  constructor(parent: HTMLElement, options: YamlEditorOptions) {
    this.#options = options;
    this.#view = new EditorView({
      parent,
      state: EditorState.create({ doc: options.text, extensions: this.#extensions() }),
    });
  }

  #extensions(): Extension[] {
    const { label, locale, lint, onChange, onSave } = this.#options;
    return [
      // Before the setup's own, which knows nothing of schemas.
      autocompletion({ override: [(context) => this.#complete(context)], icons: false }),
      Prec.high(
        keymap.of([
          {
            key: 'Mod-s',
            run: () => {
              onSave();
              return true;
            },
          },
        ]),
      ),
      basicSetup,
      yaml(),
      look,
      syntaxHighlighting(colours),
      lintGutter(),
      linter((view) => lint(view.state.doc.toString()), { delay: LINT_DELAY }),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label, 'data-gramm': 'false' }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange(update.state.doc.toString());
      }),
      locale === 'pt-BR' ? EditorState.phrases.of(PHRASES_PT) : [],
      this.#readonly.of(readonlyOf(this.#options.readonly)),
    ];
  }

  #complete(context: CompletionContext): CompletionResult | null {
    const found = this.#options.complete(context.state.doc.toString(), context.pos);
    // Without a letter only when asked for: a list at every new line would be in the way.
    if (found === undefined || (!context.explicit && found.from === context.pos)) return null;
    return {
      from: found.from,
      validFor: /^[\w.-]*$/,
      options: found.options.map(({ label, apply, type, description, required }) => ({
        label,
        apply,
        detail: type,
        boost: required ? 1 : 0,
        ...(description === '' ? {} : { info: description }),
      })),
    };
  }

  /** Puts another text in; where the cursor is stays as far as it can. */
  setText(text: string): void {
    const { state } = this.#view;
    if (state.doc.toString() === text) return;
    const { scrollTop } = this.#view.scrollDOM;
    this.#view.dispatch({
      changes: { from: 0, to: state.doc.length, insert: text },
      selection: { anchor: Math.min(state.selection.main.anchor, text.length) },
    });
    this.#view.scrollDOM.scrollTop = scrollTop;
  }

  setReadonly(value: boolean): void {
    this.#view.dispatch({ effects: this.#readonly.reconfigure(readonlyOf(value)) });
    this.lintAgain();
  }

  lintAgain(): void {
    forceLinting(this.#view);
  }

  focus(): void {
    this.#view.focus();
  }

  dispose(): void {
    this.#view.destroy();
  }
}

/** What cannot be changed can still be read, searched and copied with the keyboard. */
function readonlyOf(value: boolean): Extension {
  return [
    EditorState.readOnly.of(value),
    EditorView.contentAttributes.of({ tabindex: '0', ...(value ? { 'aria-readonly': 'true' } : {}) }),
  ];
}
