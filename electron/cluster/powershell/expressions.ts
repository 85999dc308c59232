import type { Expression } from './ast.ts';
import type { PsValue } from './interface.ts';
import { PsError } from './interface.ts';
import { compare, isTrue, itemsOf, numberOf, propertyOf, textOf, wildcard } from './values.ts';

/** What expressions need of their session. */
export interface ExpressionScope {
  /** Lower case, with `env:` where it is one of the environment. */
  variable(name: string): PsValue;
  /** What a pipeline in parentheses gives. */
  run(expression: Expression & { readonly kind: 'pipeline' }): Promise<PsValue>;
}

function pattern(text: string, flags: string): RegExp {
  try {
    return new RegExp(text, flags);
  } catch {
    throw new PsError(
      `parsing "${text}" - Unrecognized or incomplete pattern.`,
      'OperationStopped',
      '',
      'ArgumentException',
      'System.ArgumentException',
    );
  }
}

/** A test of one value, or, on the left of a list, which of its elements pass. */
function tested(left: PsValue, passes: (value: PsValue) => boolean): PsValue {
  return Array.isArray(left) ? (left as readonly PsValue[]).filter(passes) : passes(left);
}

function applied(operator: string, left: PsValue, right: PsValue): PsValue {
  switch (operator) {
    case 'eq':
      return tested(left, (value) => compare(value, right) === 0);
    case 'ne':
      return tested(left, (value) => compare(value, right) !== 0);
    case 'ceq':
      return tested(left, (value) => textOf(value) === textOf(right));
    case 'cne':
      return tested(left, (value) => textOf(value) !== textOf(right));
    case 'gt':
      return tested(left, (value) => compare(value, right) > 0);
    case 'ge':
      return tested(left, (value) => compare(value, right) >= 0);
    case 'lt':
      return tested(left, (value) => compare(value, right) < 0);
    case 'le':
      return tested(left, (value) => compare(value, right) <= 0);
    case 'like':
    case 'clike':
      return tested(left, (value) => wildcard(textOf(right)).test(textOf(value)));
    case 'notlike':
      return tested(left, (value) => !wildcard(textOf(right)).test(textOf(value)));
    case 'match':
      return tested(left, (value) => pattern(textOf(right), 'i').test(textOf(value)));
    case 'cmatch':
      return tested(left, (value) => pattern(textOf(right), '').test(textOf(value)));
    case 'notmatch':
      return tested(left, (value) => !pattern(textOf(right), 'i').test(textOf(value)));
    case 'contains':
      return itemsOf(left).some((value) => compare(value, right) === 0);
    case 'notcontains':
      return !itemsOf(left).some((value) => compare(value, right) === 0);
    case 'replace': {
      const [from = '', to = ''] = itemsOf(right);
      const replaced = (value: PsValue): string =>
        textOf(value).replace(pattern(textOf(from), 'gi'), textOf(to));
      return Array.isArray(left) ? (left as readonly PsValue[]).map(replaced) : replaced(left);
    }
    case 'split':
      return textOf(left).split(pattern(textOf(right), 'i'));
    case 'join':
      return itemsOf(left).map(textOf).join(textOf(right));
    case '+':
      return added(left, right);
    case '-':
    case '*':
    case '/':
      return calculated(operator, left, right);
    default:
      throw new Error(`no operator -${operator}`);
  }
}

function added(left: PsValue, right: PsValue): PsValue {
  if (Array.isArray(left)) return [...(left as readonly PsValue[]), ...itemsOf(right)];
  if (typeof left === 'number') return calculated('+', left, right);
  return textOf(left) + textOf(right);
}

function calculated(operator: string, left: PsValue, right: PsValue): number {
  const [a, b] = [numberOf(left ?? 0), numberOf(right ?? 0)];
  if (a === undefined || b === undefined) {
    const wrong = a === undefined ? left : right;
    throw new PsError(
      `Cannot convert value "${textOf(wrong)}" to type "System.Int32". Error: "Input string was not in a correct format."`,
      'InvalidArgument',
      '',
      'RuntimeException',
      'InvalidCastFromStringToInteger',
    );
  }
  if (operator === '/' && b === 0)
    throw new PsError(
      'Attempted to divide by zero.',
      'NotSpecified',
      '',
      'RuntimeException',
      'RuntimeException',
    );
  return operator === '+' ? a + b : operator === '-' ? a - b : operator === '*' ? a * b : a / b;
}

/** What an expression comes to. @throws PsError */
export async function evaluate(expression: Expression, scope: ExpressionScope): Promise<PsValue> {
  switch (expression.kind) {
    case 'value':
      return expression.value;
    case 'variable':
      return scope.variable(expression.name);
    case 'text': {
      let text = '';
      for (const part of expression.parts)
        text += typeof part === 'string' ? part : textOf(await evaluate(part, scope));
      return text;
    }
    case 'property':
      return propertyOf(await evaluate(expression.of, scope), expression.name) ?? null;
    case 'index': {
      const at = numberOf(await evaluate(expression.at, scope)) ?? 0;
      const of = await evaluate(expression.of, scope);
      if (typeof of === 'string') return of.at(at) ?? null;
      return itemsOf(of).at(at) ?? null;
    }
    case 'unary':
      return !isTrue(await evaluate(expression.of, scope));
    case 'binary': {
      const left = await evaluate(expression.left, scope);
      const { operator } = expression;
      if (operator === 'and') return isTrue(left) && isTrue(await evaluate(expression.right, scope));
      if (operator === 'or') return isTrue(left) || isTrue(await evaluate(expression.right, scope));
      return applied(operator, left, await evaluate(expression.right, scope));
    }
    case 'list': {
      const items: PsValue[] = [];
      for (const item of expression.items) items.push(await evaluate(item, scope));
      return items;
    }
    case 'pipeline':
      return scope.run(expression);
  }
}
