/** Repository, tag and digest of an image reference; undefined when it is malformed. The tag defaults to `latest` without a digest. */
export function parseImageName(
  image: string,
): { repository: string; tag: string; digest: string } | undefined {
  const match = IMAGE.exec(image);
  if (match === null) return undefined;
  const [, repository = '', tag = '', digest = ''] = match;
  return { repository, tag: tag === '' && digest === '' ? 'latest' : tag, digest };
}

const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const DOMAIN =
  '(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?';
const IMAGE = new RegExp(
  `^((?:${DOMAIN}/)?${COMPONENT}(?:/${COMPONENT})*)(?::([\\w][\\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$`,
);
