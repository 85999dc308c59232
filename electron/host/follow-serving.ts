import type { ClusterSession } from './cluster-session.ts';
import type { HttpsListener } from './listeners/https-listener.ts';

/**
 * Closes the listener's port while no API server takes connections inside, as a stopped server refuses them at work. Not
 * before one has begun to: clients of a cluster that is booting wait. Returns how to stop; the port is open then.
 */
export function followServing(
  { cluster, barrier }: Pick<ClusterSession, 'cluster' | 'barrier'>,
  listener: Pick<HttpsListener, 'follow'>,
): () => void {
  let hasServed = false;
  let isOpen = true;
  let isOver = false;
  const look = (): void => {
    const isServing = cluster.isServing();
    hasServed ||= isServing;
    if (!hasServed || isServing === isOpen) return;
    isOpen = isServing;
    // Answers under way leave first.
    barrier.afterCommit(() => {
      if (!isOver) listener.follow(isServing);
    });
  };
  const following = cluster.onDidChangeServing(look);
  look();
  return () => {
    isOver = true;
    following.dispose();
    listener.follow(true);
  };
}
