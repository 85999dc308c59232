/**
 * Field paths are plain strings (`spec.containers[0].name`): joined cheaply while walking, printed as they are.
 * Models k8s.io/apimachinery/pkg/util/validation/field.Path (v1.34).
 */
export type FieldPath = string;

/** `spec` + `replicas` → `spec.replicas`; at the root only the name. */
export function child(path: FieldPath, name: string): FieldPath {
  return path === '' ? name : `${path}.${name}`;
}

/** `spec.containers` + 0 → `spec.containers[0]`. */
export function at(path: FieldPath, index: number): FieldPath {
  return `${path}[${index}]`;
}

/** `metadata.labels` + app → `metadata.labels[app]`. */
export function key(path: FieldPath, name: string): FieldPath {
  return `${path}[${name}]`;
}
