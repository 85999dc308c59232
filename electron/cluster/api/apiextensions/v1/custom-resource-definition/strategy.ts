import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { described } from '../../../described-resource.ts';
import {
  defineStrategy,
  withFirstGeneration,
  withGeneration,
  withStatusOf,
} from '../../../generic-strategy.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { CustomResourceDefinition } from '../../../types.ts';
import { validateDefinition, validateDefinitionUpdate, validateStoredVersions } from './validation.ts';

type Spec = CustomResourceDefinition['spec'];
type Version = Spec['versions'][number];

/** The finalizer that keeps a definition until all its objects are gone. */
export const CUSTOM_RESOURCE_CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';

/** CustomResourceDefinitions. Models pkg/registry/customresourcedefinition of apiextensions-apiserver (v1.34). */
export const CUSTOM_RESOURCE_DEFINITION_STRATEGY: KindStrategy<CustomResourceDefinition> =
  defineStrategy<CustomResourceDefinition>({
    ...described('apiextensions.k8s.io/v1', 'customresourcedefinitions'),
    allowUnconditionalUpdate: false,
    applyDefaults: withDefaultNames,
    prepareForCreate: (definition) =>
      withFirstGeneration({
        ...definition,
        status: {
          conditions: [],
          acceptedNames: { plural: '', kind: '' },
          storedVersions: storageVersions(definition),
        },
      }),
    prepareForUpdate: (definition, old) =>
      withStoredVersion(withGeneration(withStatusOf(definition, old), old)),
    // The name's own rule is the strictest; that of all names would only say the same again.
    names: () => [],
    validate: validateDefinition,
    validateUpdate: validateDefinitionUpdate,
    status: { validate: (definition): FieldError[] => validateStoredVersions(definition) },
    tableRow: (definition) => [
      definition.metadata?.name ?? '',
      definition.metadata?.creationTimestamp ?? '<unknown>',
    ],
  });

/** Models SetDefaults_CustomResourceDefinitionSpec (v1.34). */
function withDefaultNames(given: CustomResourceDefinition): CustomResourceDefinition {
  const definition = complete(given);
  const { spec } = definition;
  const { names } = spec;
  const singular = (names.singular ?? '') === '' ? names.kind.toLowerCase() : (names.singular as string);
  const listKind =
    (names.listKind ?? '') === '' && names.kind !== '' ? `${names.kind}List` : (names.listKind ?? '');
  const conversion = spec.conversion ?? { strategy: 'None' };
  if (singular === names.singular && listKind === names.listKind && conversion === spec.conversion)
    return definition;
  return { ...definition, spec: { ...spec, names: { ...names, singular, listKind }, conversion } };
}

/** Texts, lists and structs that Go always has, if only empty. */
function complete(definition: CustomResourceDefinition): CustomResourceDefinition {
  const spec = definition.spec as Partial<Spec> | undefined;
  const names = spec?.names as Partial<Spec['names']> | undefined;
  const isWhole =
    typeof spec?.group === 'string' &&
    typeof spec.scope === 'string' &&
    typeof names?.plural === 'string' &&
    typeof names.kind === 'string' &&
    (spec.versions ?? []).length > 0 &&
    (spec.versions ?? []).every(isWholeVersion);
  if (isWhole) return definition;
  return {
    ...definition,
    spec: {
      ...spec,
      group: spec?.group ?? '',
      scope: spec?.scope ?? '',
      names: { ...names, plural: names?.plural ?? '', kind: names?.kind ?? '' },
      versions: (spec?.versions ?? []).map(completeVersion),
    },
  };
}

function isWholeVersion({ name, served, storage, additionalPrinterColumns = [] }: Partial<Version>): boolean {
  return (
    name !== undefined &&
    served !== undefined &&
    storage !== undefined &&
    additionalPrinterColumns.every(
      (column: Partial<(typeof additionalPrinterColumns)[number]>) =>
        column.name !== undefined && column.type !== undefined && column.jsonPath !== undefined,
    )
  );
}

function completeVersion(version: Partial<Version>): Version {
  const { additionalPrinterColumns: columns } = version;
  return {
    ...version,
    name: version.name ?? '',
    served: version.served ?? false,
    storage: version.storage ?? false,
    ...(columns === undefined
      ? {}
      : {
          additionalPrinterColumns: columns.map((column: Partial<(typeof columns)[number]>) => ({
            ...column,
            name: column.name ?? '',
            type: column.type ?? '',
            jsonPath: column.jsonPath ?? '',
          })),
        }),
  };
}

function storageVersions({ spec }: CustomResourceDefinition): string[] {
  return spec.versions.filter(({ storage }) => storage).map(({ name }) => name);
}

/** Objects may be stored in every version that was ever the one for storage. */
function withStoredVersion(definition: CustomResourceDefinition): CustomResourceDefinition {
  const stored = definition.status?.storedVersions ?? [];
  const more = storageVersions(definition).filter((version) => !stored.includes(version));
  if (more.length === 0) return definition;
  return { ...definition, status: { ...definition.status, storedVersions: [...stored, ...more] } };
}
