import type { FieldRequirement } from '../apimachinery/fields.ts';
import { FieldSelectorError, matchesFields, parseFieldSelector } from '../apimachinery/fields.ts';
import { parseLabelSelector } from '../apimachinery/label-parser.ts';
import type { Selector } from '../apimachinery/labels.ts';
import { LabelSelectorError, matchesLabels } from '../apimachinery/labels.ts';
import { newBadRequest } from '../apimachinery/status.ts';
import type { KubeObject } from '../apimachinery/types.ts';
import { quote } from '../apimachinery/validation/field-error.ts';
import type { AnyStrategy } from './registry.ts';

/** Both selectors of a list, watch or deletecollection, parsed. */
export interface ListSelectors {
  readonly labels: Selector;
  readonly fields: readonly FieldRequirement[];
}

/**
 * Parses the selectors of a request. @throws StatusError 400
 * `Unable to find "/v1, Resource=pods" that match label selector "…", field selector "…": …`
 */
export function parseSelectors(strategy: AnyStrategy, labelSelector = '', fieldSelector = ''): ListSelectors {
  const fail = (why: string): Error => {
    const { group, version } = strategy.gvk;
    const resource = quote(`${group}/${version}, Resource=${strategy.resource}`);
    return newBadRequest(
      `Unable to find ${resource} that match label selector ${quote(labelSelector)}, field selector ${quote(fieldSelector)}: ${why}`,
    );
  };
  try {
    const labels = parseLabelSelector(labelSelector);
    const fields = parseFieldSelector(fieldSelector);
    for (const { field } of fields) {
      const error = strategy.fieldLabelError(field);
      if (error !== undefined) throw fail(error);
    }
    return { labels, fields };
  } catch (error) {
    if (error instanceof LabelSelectorError || error instanceof FieldSelectorError) throw fail(error.message);
    throw error;
  }
}

/** True when the object is selected. Fields are read only when the selector names some. */
export function isSelected(strategy: AnyStrategy, selectors: ListSelectors, object: KubeObject): boolean {
  if (!matchesLabels(selectors.labels, object.metadata?.labels)) return false;
  return selectors.fields.length === 0 || matchesFields(selectors.fields, strategy.selectableFields(object));
}
