import dockerLibrary from './data/docker-library.json' with { type: 'json' };
import elsewhere from './data/elsewhere.json' with { type: 'json' };
import kubernetes from './data/kubernetes.json' with { type: 'json' };
import windows from './data/windows.json' with { type: 'json' };
import type { ImageSpec } from './image-schema.ts';
import { ImageFile } from './image-schema.ts';

let images: readonly ImageSpec[] | undefined;

/** The images that every cluster can pull, read from `data/`. @throws Error when a file there is not as its schema says */
export function offlineImages(): readonly ImageSpec[] {
  images ??= [dockerLibrary, elsewhere, kubernetes, windows].flatMap((file) => ImageFile.parse(file).images);
  return images;
}
