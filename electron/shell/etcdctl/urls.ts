/** Checks peer URLs as Go's types.NewURLs does and answers them sorted. @throws Error with upstream's text */
export function parseUrls(texts: readonly string[]): readonly string[] {
  if (texts.length === 0) throw new Error('no valid URLs given');
  return texts
    .map((raw) => {
      const text = raw.trim();
      const match = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\/([^/?#]*)([^?#]*)/.exec(text);
      const scheme = match?.[1];
      if (scheme === undefined || !['http', 'https', 'unix', 'unixs'].includes(scheme)) {
        throw new Error(`URL scheme must be http, https, unix, or unixs: ${text}`);
      }
      if (!scheme.startsWith('unix') && !/^(\[[^\]]*\]|[^:]*):\d+$/.test(match?.[2] ?? '')) {
        throw new Error(`URL address does not have the form "host:port": ${text}`);
      }
      if (!scheme.startsWith('unix') && (match?.[3] ?? '') !== '')
        throw new Error(`URL must not contain a path: ${text}`);
      return text;
    })
    .sort();
}
