import type { Json, JsonObject } from '../../../../base/jsonpath/json.ts';
import { newInternalError } from '../../../apimachinery/status.ts';
import type { FieldError } from '../../../apimachinery/validation/field-error.ts';
import { invalid } from '../../../apimachinery/validation/field-error.ts';
import type { ScaleStrategy } from '../../strategy.ts';
import type { CustomResourceDefinition, KubeObject } from '../../types.ts';

type ScalePaths = NonNullable<
  NonNullable<CustomResourceDefinition['spec']['versions'][number]['subresources']>['scale']
>;

const stepsOf = (path: string): readonly string[] => path.split('.').slice(1);

function valueAt(object: unknown, path: string): unknown {
  return stepsOf(path).reduce<unknown>(
    (here, step) =>
      typeof here === 'object' && here !== null ? (here as Record<string, unknown>)[step] : undefined,
    object,
  );
}

function withValueAt(object: JsonObject, [step = '', ...rest]: readonly string[], value: Json): JsonObject {
  if (rest.length === 0) return { ...object, [step]: value };
  const below = object[step];
  const base = typeof below === 'object' && below !== null && !Array.isArray(below) ? below : {};
  return { ...object, [step]: withValueAt(base, rest, value) };
}

/** The `scale` of a custom resource, by the paths its definition names. Models ScaleREST of customresource (v1.34). */
export function customScale(paths: ScalePaths): ScaleStrategy<KubeObject> {
  return {
    toScale(object) {
      const replicas = valueAt(object, paths.specReplicasPath);
      if (typeof replicas !== 'number')
        throw newInternalError(`the spec replicas field "${paths.specReplicasPath}" does not exist`);
      const selector =
        paths.labelSelectorPath === undefined ? undefined : valueAt(object, paths.labelSelectorPath);
      const current = valueAt(object, paths.statusReplicasPath);
      const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata ?? {};
      return {
        kind: 'Scale',
        apiVersion: 'autoscaling/v1',
        metadata: {
          ...(name === undefined ? {} : { name }),
          ...(namespace === undefined ? {} : { namespace }),
          ...(uid === undefined ? {} : { uid }),
          ...(resourceVersion === undefined ? {} : { resourceVersion }),
          ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
        },
        spec: { replicas },
        status: {
          replicas: typeof current === 'number' ? current : 0,
          ...(typeof selector === 'string' && selector !== '' ? { selector } : {}),
        },
      };
    },
    withScale: (object, scale) =>
      withValueAt(object as JsonObject, stepsOf(paths.specReplicasPath), scale.spec?.replicas ?? 0),
  };
}

/** Models ValidateScaleSpec and ValidateScaleStatus (v1.34). */
export function validateScalePaths(object: KubeObject, paths: ScalePaths): FieldError[] {
  return [paths.specReplicasPath, paths.statusReplicasPath].flatMap((path) => {
    const value = valueAt(object, path);
    return typeof value === 'number' && value < 0
      ? [invalid(path.slice(1), value, 'should be a non-negative integer')]
      : [];
  });
}
