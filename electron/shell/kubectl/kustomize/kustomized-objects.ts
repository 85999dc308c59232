import { KubectlError } from '../errors.ts';
import type { ManifestObject } from '../manifest.ts';
import type { Session } from '../session.ts';
import { writeYaml } from '../yaml/write.ts';
import { readDocuments } from '../manifest.ts';
import { buildKustomization } from './build.ts';
import { KustomizeError } from './kustomize-error.ts';

/** What `-k FOLDER` means to a command that reads manifests. @throws KubectlError */
export async function kustomizedObjects(
  session: Session,
  folder: string,
): Promise<(ManifestObject | Error)[]> {
  try {
    const objects = await buildKustomization(session, folder);
    return objects.flatMap((object) =>
      readDocuments(writeYaml(object), folder, { recursive: false, validate: true }),
    );
  } catch (error) {
    if (error instanceof KustomizeError) throw new KubectlError(error.message);
    throw error;
  }
}
