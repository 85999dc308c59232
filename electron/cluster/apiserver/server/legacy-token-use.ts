import type { Context } from '../../../base/context.ts';
import type { Secret } from '../../api/types.ts';
import type { ServedResources } from '../endpoints/served-resource.ts';
import { ownWrite } from './own-writes.ts';

const LAST_USED = 'kubernetes.io/legacy-token-last-used';
const DAY = 24 * 3_600_000;

/**
 * Writes into a Secret on which day (UTC) its token was last used, at most once a day. Models patchSecretWithLastUsedDate
 * (pkg/serviceaccount/legacy.go, v1.34).
 */
export async function labelWithLastUse(
  { clock, log }: Context,
  resources: ServedResources,
  { metadata }: Secret,
): Promise<void> {
  const { name = '', namespace = '', uid } = metadata ?? {};
  const day = (time: number): string => new Date(time).toISOString().slice(0, 10);
  const today = day(clock.now());
  const lastUsed = metadata?.labels?.[LAST_USED];
  // Another server may be ahead of midnight.
  if (lastUsed === today || lastUsed === day(clock.now() + DAY)) return;
  try {
    await resources.find('', 'v1', 'secrets')?.writer.update(
      {
        namespace,
        name,
        subresource: '',
        create: 'never',
        update: (current) => {
          if (current === undefined || current.metadata?.uid !== uid)
            throw new Error(`secret ${name} has gone`);
          const labels = { ...current.metadata?.labels, [LAST_USED]: today };
          return Promise.resolve({ ...current, metadata: { ...current.metadata, labels } });
        },
      },
      ownWrite(),
    );
  } catch (error) {
    // The token is good all the same.
    const why = error instanceof Error ? error.message : String(error);
    log.error(
      `Failed to label legacy service account token ${name}/${namespace} with last-used date, err: ${why}`,
    );
  }
}
