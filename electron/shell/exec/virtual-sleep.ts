import { realSleep } from './services.ts';

/**
 * How `sleep` waits. In a person's terminal: real time. With `LEME_VIRTUAL_SLEEP=1` the host is asked to answer once its
 * virtual clock has moved that far (`POST {LEME_MACHINES_URL}/sleep {"ms": N}`); without a host it does not wait at all.
 */
export function virtualSleep(
  env: Readonly<Record<string, string>>,
): (ms: number, signal: AbortSignal) => Promise<void> {
  const wanted = env['LEME_VIRTUAL_SLEEP'];
  if (wanted === undefined || wanted === '' || wanted === '0') return realSleep;
  const url = env['LEME_MACHINES_URL'];
  if (url === undefined) return () => new Promise((resolve) => setImmediate(resolve));
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${env['LEME_MACHINES_TOKEN'] ?? ''}`,
  };
  return async (ms, signal) => {
    try {
      await fetch(`${url}/sleep`, { method: 'POST', headers, body: JSON.stringify({ ms }), signal });
    } catch (error) {
      if (signal.aborted) return;
      throw new Error(
        `sleep: the host does not answer: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  };
}
