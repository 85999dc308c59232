/** A refusal by the host, worded for people. */
export class HostRefused extends Error {}

/** Asks the host about decisions of schedulers or work of controllers: the contract's call `<about>.<action>`. @throws HostRefused */
export async function askHost<T>(
  env: Readonly<Record<string, string>>,
  about: 'scheduling' | 'controllers',
  action: string,
  body: object,
  signal: AbortSignal,
): Promise<T> {
  const { LEME_MACHINES_URL: url, LEME_MACHINES_TOKEN: token = '' } = env;
  if (url === undefined || url === '') throw new HostRefused('this plugin works in the console of Leme only');
  const answer = await fetch(`${url.replace(/\/$/, '')}/${about}/${action}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });
  const value = (await answer.json()) as T & { error?: string };
  if (!answer.ok) throw new HostRefused(value.error ?? `the host answered ${String(answer.status)}`);
  return value;
}
