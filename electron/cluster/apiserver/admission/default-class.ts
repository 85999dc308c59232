import type { KubeObject } from '../../api/types.ts';

/** The class that counts where none is named: of several that say so the newest, then the first by name. */
export function defaultClassOf<T extends KubeObject>(
  classes: readonly T[],
  annotations: readonly string[],
): T | undefined {
  const age = ({ metadata }: T): number => Date.parse(String(metadata?.creationTimestamp ?? 0));
  const name = ({ metadata }: T): string => metadata?.name ?? '';
  return classes
    .filter(({ metadata }) => annotations.some((key) => metadata?.annotations?.[key] === 'true'))
    .sort((one, other) => age(other) - age(one) || (name(one) < name(other) ? -1 : 1))[0];
}
