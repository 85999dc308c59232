/**
 * Names for the parts of the library's syntax tree that the library does not export by name. Derived from what it exports,
 * so that a change there fails to compile here.
 */
import type {
  CommandNode,
  PipelineNode,
  ScriptNode,
  SimpleCommandNode,
  StatementNode,
  WordNode,
} from 'just-bash';

export type { CommandNode, PipelineNode, ScriptNode, SimpleCommandNode, StatementNode, WordNode };

export type WordPart = WordNode['parts'][number];
export type PartOf<T extends WordPart['type']> = Extract<WordPart, { type: T }>;
export type ParameterPart = PartOf<'ParameterExpansion'>;
export type ParameterOperation = NonNullable<ParameterPart['operation']>;
export type OperationOf<T extends ParameterOperation['type']> = Extract<ParameterOperation, { type: T }>;
export type BraceItem = PartOf<'BraceExpansion'>['items'][number];
export type ArithmeticNode = PartOf<'ArithmeticExpansion'>['expression'];
export type ArithExpr = ArithmeticNode['expression'];

export type CommandOf<T extends CommandNode['type']> = Extract<CommandNode, { type: T }>;
export type RedirectionNode = SimpleCommandNode['redirections'][number];
export type HereDocNode = Extract<RedirectionNode['target'], { type: 'HereDoc' }>;
export type AssignmentNode = SimpleCommandNode['assignments'][number];
export type ConditionalExpression = CommandOf<'ConditionalCommand'>['expression'];
export type FunctionDefNode = CommandOf<'FunctionDef'>;
