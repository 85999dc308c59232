/** A refusal by the host, worded for people. */
export class SchedulingRefused extends Error {}

/** Asks the host about decisions of the schedulers. @throws SchedulingRefused */
export async function askScheduling<T>(
  env: Readonly<Record<string, string>>,
  action: 'cycle' | 'whyNot' | 'whatIf' | 'queues',
  body: object,
  signal: AbortSignal,
): Promise<T> {
  const { LEME_MACHINES_URL: url, LEME_MACHINES_TOKEN: token = '' } = env;
  if (url === undefined || url === '')
    throw new SchedulingRefused('this plugin works in the console of Leme only');
  const answer = await fetch(`${url.replace(/\/$/, '')}/scheduling/${action}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
  const value = (await answer.json()) as T & { error?: string };
  if (!answer.ok) throw new SchedulingRefused(value.error ?? `the host answered ${String(answer.status)}`);
  return value;
}
