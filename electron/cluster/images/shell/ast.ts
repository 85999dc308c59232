/** A redirection; `target` is an unexpanded word, or the text of a here-document. */
export interface Redirect {
  readonly fd: number;
  readonly op: '>' | '>>' | '<' | '>&' | '<<';
  readonly target: string;
  /** Of a here-document: whether variables in it stay as they are. */
  readonly literal: boolean;
}

export type Node =
  /** Words are unexpanded: quotes and `$` are still in them. */
  | { readonly type: 'simple'; readonly words: readonly string[]; readonly redirects: readonly Redirect[] }
  | { readonly type: 'pipeline'; readonly stages: readonly Node[]; readonly negated: boolean }
  | { readonly type: 'and' | 'or'; readonly left: Node; readonly right: Node }
  | {
      readonly type: 'list';
      readonly items: readonly { readonly node: Node; readonly background: boolean }[];
    }
  | { readonly type: 'loop'; readonly until: boolean; readonly condition: Node; readonly body: Node }
  | {
      readonly type: 'if';
      readonly branches: readonly { readonly condition: Node; readonly body: Node }[];
      readonly otherwise: Node | undefined;
    }
  | {
      readonly type: 'for';
      readonly name: string;
      /** Undefined: the positional parameters. */
      readonly words: readonly string[] | undefined;
      readonly body: Node;
    }
  | {
      readonly type: 'case';
      readonly word: string;
      readonly items: readonly { readonly patterns: readonly string[]; readonly body: Node }[];
    }
  | { readonly type: 'group'; readonly subshell: boolean; readonly body: Node }
  | { readonly type: 'redirected'; readonly body: Node; readonly redirects: readonly Redirect[] }
  | { readonly type: 'function'; readonly name: string; readonly body: Node };

/** The script cannot be taken apart; the text is that of the shell after `syntax error: `. */
export class ShellSyntaxError extends Error {}

/** It ends too early: an interactive shell asks for more. */
export class IncompleteScript extends ShellSyntaxError {}
