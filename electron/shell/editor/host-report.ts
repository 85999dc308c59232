/** What the host is told about each finished command line. */
export interface FinishedLine {
  line: string;
  exit: number;
  /** Wall time in milliseconds since the epoch. */
  startedAt: number;
}

export interface HistoryReporter {
  report(finished: FinishedLine): void;
  /** Settles once everything reported so far has been sent, or given up. */
  sent(): Promise<unknown>;
}

/** Tells the host about command lines (`POST {LEME_MACHINES_URL}/history`). Best effort and never waited for. */
export function historyReporter(env: Readonly<Record<string, string>>): HistoryReporter {
  const url = env['LEME_MACHINES_URL'];
  if (url === undefined || url === '')
    return { report: () => undefined, sent: () => Promise.resolve(undefined) };
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${env['LEME_MACHINES_TOKEN'] ?? ''}`,
  };
  let last: Promise<unknown> = Promise.resolve();
  const report = (finished: FinishedLine): void => {
    last = last
      .then(() =>
        fetch(`${url}/history`, {
          method: 'POST',
          headers,
          body: JSON.stringify(finished),
          signal: AbortSignal.timeout(5000),
        }),
      )
      .then((answer) => answer.arrayBuffer())
      .catch(() => undefined);
  };
  return { report, sent: () => last };
}
