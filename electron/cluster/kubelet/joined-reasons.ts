/** Several reasons as Go's aggregate writes them; '' for none. */
export function joinedReasons(reasons: readonly string[]): string {
  const said = reasons.filter((reason) => reason !== '');
  return said.length > 1 ? `[${said.join(', ')}]` : said.join('');
}
