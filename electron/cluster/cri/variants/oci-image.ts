import type { CatalogueImage } from '../../images/interface.ts';
import { normalizeReference } from '../../images/reference.ts';
import type { Image } from '../interface.ts';
import { CriError } from '../interface.ts';

/** An image under its whole names, as containerd and CRI-O list it. */
export function wholeNames(image: CatalogueImage): Image {
  return {
    id: image.id,
    repoTags: image.reference.includes('@') ? [] : [image.reference],
    repoDigests: [`${image.spec.repository}@${image.digest}`],
    size: image.size,
    username: image.spec.user,
  };
}

/** Docker Hub is where a short name leads. @throws CriError for what is no reference */
export function hubName(name: string): string {
  try {
    return normalizeReference(name);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CriError('InvalidArgument', `failed to parse image reference "${name}": ${why}`);
  }
}
