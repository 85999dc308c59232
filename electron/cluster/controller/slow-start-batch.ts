/**
 * Calls `work` `count` times in batches of 1, 2, 4 … at once; after a batch with a failure no more are begun.
 * Resolves with how often it succeeded and the first error. Models replicaset.slowStartBatch (v1.34).
 */
export async function slowStartBatch(
  count: number,
  initial: number,
  work: () => Promise<void>,
): Promise<{ readonly successes: number; readonly error: unknown }> {
  let remaining = count;
  let successes = 0;
  for (let batch = Math.min(remaining, initial); batch > 0; batch = Math.min(2 * batch, remaining)) {
    const results = await Promise.allSettled(Array.from({ length: batch }, work));
    const failed = results.find((result) => result.status === 'rejected');
    successes += results.filter((result) => result.status === 'fulfilled').length;
    if (failed !== undefined) return { successes, error: failed.reason as unknown };
    remaining -= batch;
  }
  return { successes, error: undefined };
}
