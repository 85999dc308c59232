import type { Address } from '../../../network/interface.ts';

const URL_FORM = /^(https?|unixs?):\/\/([^/:]+|\[[^\]]+\]):(\d+)\/?$/;

/** Where a peer or client URL leads; undefined when it is none that etcd takes: scheme, host and port, no path. */
export function addressOf(url: string): Address | undefined {
  const match = URL_FORM.exec(url);
  if (match === null) return undefined;
  return { host: (match[2] as string).replace(/^\[|\]$/g, ''), port: Number(match[3]) };
}

/** A comma-separated list of URLs, sorted as upstream keeps them. */
export function splitUrls(text: string): readonly string[] {
  return text
    .split(',')
    .map((url) => url.trim())
    .filter((url) => url !== '')
    .sort();
}
