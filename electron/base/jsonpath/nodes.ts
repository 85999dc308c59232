/** One step of a JSONPath template. Models the node types of client-go's util/jsonpath. */
export type PathNode =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'identifier'; readonly name: string }
  | { readonly type: 'array'; readonly bounds: readonly [Bound, Bound, Bound] }
  | { readonly type: 'wildcard' }
  | { readonly type: 'recursive' }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'union'; readonly lists: readonly (readonly PathNode[])[] }
  | {
      readonly type: 'filter';
      readonly left: readonly PathNode[];
      readonly right: readonly PathNode[];
      readonly operator: string;
    }
  /** What stands between one pair of braces. */
  | { readonly type: 'list'; readonly nodes: readonly PathNode[] };

export interface Bound {
  readonly known: boolean;
  readonly value: number;
  /** Made up as "the one after the first". */
  readonly derived: boolean;
}
