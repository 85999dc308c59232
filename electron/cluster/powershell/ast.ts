import type { PsValue } from './interface.ts';

/** From where to where in the line it stands, for messages. */
export interface Extent {
  readonly start: number;
  readonly end: number;
}

export type Expression =
  | { readonly kind: 'value'; readonly value: PsValue }
  | { readonly kind: 'variable'; readonly name: string }
  /** A string in double quotes. */
  | { readonly kind: 'text'; readonly parts: readonly (string | Expression)[] }
  | { readonly kind: 'property'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'index'; readonly of: Expression; readonly at: Expression }
  | { readonly kind: 'unary'; readonly operator: string; readonly of: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'pipeline'; readonly statements: readonly Statement[] };

export type Argument =
  | { readonly kind: 'parameter'; readonly name: string; readonly value: Expression | undefined }
  /** `bare`: written without quotes, so that it may be a name for a program. */
  | { readonly kind: 'value'; readonly value: Expression; readonly bare: string | undefined }
  | { readonly kind: 'block'; readonly statements: readonly Statement[] };

export type Element =
  | { readonly kind: 'expression'; readonly expression: Expression; readonly extent: Extent }
  | {
      readonly kind: 'command';
      readonly name: Expression;
      readonly args: readonly Argument[];
      readonly extent: Extent;
    };

export interface Redirection {
  readonly stream: 'out' | 'err' | 'all';
  readonly append: boolean;
  /** `$null` throws it away. */
  readonly to: Expression;
}

export interface Pipeline {
  readonly kind: 'pipeline';
  readonly elements: readonly Element[];
  readonly redirections: readonly Redirection[];
}

export type Statement =
  | Pipeline
  | { readonly kind: 'assignment'; readonly name: string; readonly value: Pipeline }
  | { readonly kind: 'while'; readonly condition: Expression; readonly body: readonly Statement[] }
  | {
      readonly kind: 'if';
      readonly condition: Expression;
      readonly body: readonly Statement[];
      readonly otherwise: readonly Statement[];
    };
