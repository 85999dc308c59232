import { parseTemplate, PathSyntaxError } from '../../../../../base/jsonpath/parse.ts';
import type { JsonSchema } from '../../../../apimachinery/structural-schema/json-schema.ts';
import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid, required } from '../../../../apimachinery/validation/field-error.ts';
import { isDNS1035Label } from '../../../../apimachinery/validation/names.ts';
import { at, child } from '../../../../apimachinery/validation/path.ts';
import type { CustomResourceDefinition } from '../../../types.ts';

type Version = CustomResourceDefinition['spec']['versions'][number];
type Column = NonNullable<Version['additionalPrinterColumns']>[number];
type Scale = NonNullable<NonNullable<Version['subresources']>['scale']>;

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];
const SELECTABLE_TYPES = new Set(['string', 'integer', 'boolean']);
const MAX_SELECTABLE = 8;

/** All of a version but its schema. Models validateCustomResourceDefinitionVersion (v1.34). */
export function validateVersion(version: Version, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const problems = isDNS1035Label(version.name);
  if (problems.length > 0) errors.push(invalid(child(path, 'name'), version.name, problems.join(',')));
  const scale = version.subresources?.scale;
  if (scale !== undefined) errors.push(...validateScale(scale, 'spec.subresources.scale'));
  if (version.deprecationWarning !== undefined) {
    const field = child(path, 'deprecationWarning');
    if (version.deprecated !== true)
      errors.push(invalid(field, version.deprecationWarning, 'can only be set for deprecated versions'));
    else if (version.deprecationWarning === '')
      errors.push(invalid(field, version.deprecationWarning, 'must not be empty'));
  }
  for (const [index, column] of (version.additionalPrinterColumns ?? []).entries())
    errors.push(...validateColumn(column, at(child(path, 'additionalPrinterColumns'), index)));
  return [...errors, ...validateSelectableFields(version, child(path, 'selectableFields'))];
}

/** Models ValidateCustomResourceColumnDefinition (v1.34). */
function validateColumn(column: Column, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (column.name === '') errors.push(required(child(path, 'name')));
  const types = `must be one of ${COLUMN_TYPES.join(',')}`;
  if (column.type === '') errors.push(required(child(path, 'type'), types));
  else if (!COLUMN_TYPES.includes(column.type)) errors.push(invalid(child(path, 'type'), column.type, types));
  const { format = '' } = column;
  if (format !== '' && !COLUMN_FORMATS.includes(format))
    errors.push(invalid(child(path, 'format'), format, `must be one of ${COLUMN_FORMATS.join(',')}`));
  if (column.jsonPath === '') errors.push(required(child(path, 'jsonPath')));
  else errors.push(...validatePath(column.jsonPath, child(path, 'jsonPath')));
  return errors;
}

/** Models validateSimpleJSONPath (v1.34). */
function validatePath(jsonPath: string, field: string): FieldError[] {
  if (!jsonPath.startsWith('.'))
    return [invalid(field, jsonPath, 'must be a simple json path starting with .')];
  try {
    parseTemplate(`{${jsonPath}}`);
    return [];
  } catch (error) {
    if (!(error instanceof PathSyntaxError)) throw error;
    return [invalid(field, jsonPath, error.message)];
  }
}

/** Models ValidateCustomResourceDefinitionSubresources (v1.34). */
function validateScale(scale: Scale, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const check = (field: string, jsonPath: string, under: readonly string[], detail: string): void => {
    const problems = validatePath(jsonPath, child(path, field));
    if (problems.length > 0) errors.push(...problems);
    else if (!under.some((prefix) => jsonPath.startsWith(prefix)))
      errors.push(invalid(child(path, field), jsonPath, detail));
  };
  const { specReplicasPath, statusReplicasPath, labelSelectorPath = '' } = scale;
  if (specReplicasPath === '') errors.push(required(child(path, 'specReplicasPath')));
  else check('specReplicasPath', specReplicasPath, ['.spec.'], 'should be a json path under .spec');
  if (statusReplicasPath === '') errors.push(required(child(path, 'statusReplicasPath')));
  else check('statusReplicasPath', statusReplicasPath, ['.status.'], 'should be a json path under .status');
  if (labelSelectorPath !== '') {
    const detail = 'should be a json path under either .status or .spec';
    check('labelSelectorPath', labelSelectorPath, ['.status.', '.spec.'], detail);
  }
  return errors;
}

/** Models ValidateCustomResourceSelectableFields (v1.34). */
function validateSelectableFields(version: Version, path: string): FieldError[] {
  const fields = version.selectableFields ?? [];
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  const schema = version.schema?.openAPIV3Schema as JsonSchema | undefined;
  for (const [index, { jsonPath }] of fields.entries()) {
    const where = child(at(path, index), 'jsonPath');
    if (jsonPath === '') {
      errors.push(required(where));
      continue;
    }
    if (seen.has(jsonPath))
      errors.push({
        type: 'FieldValueDuplicate',
        field: where,
        body: `Duplicate value: ${JSON.stringify(jsonPath)}`,
      });
    seen.add(jsonPath);
    const found = jsonPath
      .split('.')
      .slice(1)
      .reduce<JsonSchema | undefined>((here, step) => here?.properties?.[step], schema);
    if (!jsonPath.startsWith('.') || found === undefined)
      errors.push(invalid(where, jsonPath, 'is an invalid path: does not refer to a valid field'));
    else if (jsonPath.startsWith('.metadata'))
      errors.push(invalid(where, jsonPath, 'must not point to fields in metadata'));
    else if (!SELECTABLE_TYPES.has(found.type ?? '')) {
      const detail =
        'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
      errors.push(invalid(where, jsonPath, detail));
    }
  }
  if (fields.length > MAX_SELECTABLE)
    errors.push({
      type: 'FieldValueTooMany',
      field: path,
      body: `Too many: ${fields.length}: must have at most ${MAX_SELECTABLE} items`,
    });
  return errors;
}
