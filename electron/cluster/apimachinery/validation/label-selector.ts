import type { LabelSelector } from '../types.ts';
import type { FieldError } from './field-error.ts';
import { forbidden, invalid, required } from './field-error.ts';
import { isQualifiedName, isValidLabelValue } from './names.ts';
import { validateLabels } from './object-meta.ts';
import { at, child } from './path.ts';

/** A LabelSelector object; absent is fine. Models metav1/validation.ValidateLabelSelector (v1.34). */
export function validateLabelSelector(selector: LabelSelector | undefined, path: string): FieldError[] {
  if (selector === undefined) return [];
  const errors: FieldError[] = [];
  if (selector.matchLabels !== undefined)
    errors.push(...validateLabels(selector.matchLabels, child(path, 'matchLabels')));
  selector.matchExpressions?.forEach((expression, index) => {
    const where = at(child(path, 'matchExpressions'), index);
    const count = expression.values?.length ?? 0;
    switch (expression.operator) {
      case 'In':
      case 'NotIn':
        if (count === 0)
          errors.push(
            required(child(where, 'values'), "must be specified when `operator` is 'In' or 'NotIn'"),
          );
        break;
      case 'Exists':
      case 'DoesNotExist':
        if (count > 0) {
          errors.push(
            forbidden(
              child(where, 'values'),
              "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
            ),
          );
        }
        break;
      default:
        errors.push(
          invalid(child(where, 'operator'), expression.operator ?? '', 'not a valid selector operator'),
        );
    }
    for (const message of isQualifiedName(expression.key ?? '')) {
      errors.push(invalid(child(where, 'key'), expression.key ?? '', message));
    }
    expression.values?.forEach((value, position) => {
      for (const message of isValidLabelValue(value)) {
        errors.push(invalid(at(child(where, 'values'), position), value, message));
      }
    });
  });
  return errors;
}
