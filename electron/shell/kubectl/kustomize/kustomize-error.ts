/** A kustomization that cannot be built; the words are kustomize's, the command decides how they are printed. */
export class KustomizeError extends Error {
  override readonly name = 'KustomizeError';
}
