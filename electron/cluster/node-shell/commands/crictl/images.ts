import { decodeBase64 } from '../../../apimachinery/base64.ts';
import type { AuthConfig, CriClient, Image } from '../../../cri/interface.ts';
import { columns, humanSize } from '../../human.ts';
import { parseOptions } from '../options.ts';
import { wrapped } from './containers.ts';
import { FLAGS, VALUES } from './flags.ts';
import type { Subcommand } from './interface.ts';
import { fatal } from './interface.ts';
import { print } from './output.ts';

function splitTag(tag: string): readonly [string, string] {
  const colon = tag.lastIndexOf(':');
  return colon > tag.lastIndexOf('/') ? [tag.slice(0, colon), tag.slice(colon + 1)] : [tag, '<none>'];
}

const shape = ({ id, repoTags, repoDigests, size, username }: Image): unknown => ({
  id, repoTags, repoDigests, size: String(size), username, spec: null, pinned: repoTags.some((tag) => tag.includes('/pause:')),
}); // prettier-ignore

function named(image: Image, wanted: string): boolean {
  return image.repoTags.some((tag) => tag === wanted || splitTag(tag)[0] === wanted || tag.includes(wanted));
}

/** `crictl images` */
export const images: Subcommand = async (args, cri, context) => {
  const { flags, values, rest } = parseOptions('crictl', args, { flags: FLAGS, values: VALUES });
  const all = (await cri.call('ListImages', {})).images;
  const [wanted] = rest;
  const shown = all
    .filter((image) => wanted === undefined || named(image, wanted))
    .toSorted((a, b) => ((a.repoTags[0] ?? '') < (b.repoTags[0] ?? '') ? -1 : 1));
  const format = values.get('o') ?? 'table';
  if (format !== 'table') {
    print(context, { images: shown.map(shape) }, format, undefined);
    return 0;
  }
  if (flags.has('q')) {
    for (const { id } of shown) context.out(`${id}\n`);
    return 0;
  }
  const cut = (id: string): string => (flags.has('no-trunc') ? id : id.replace('sha256:', '').slice(0, 13));
  const digests = flags.has('digests');
  const rows = shown.flatMap(({ repoTags, repoDigests, id, size }) => {
    const digest = repoDigests[0] ?? '<none>@<none>';
    const [repository = '', value = ''] = digest.split('@');
    const tags = repoTags.length === 0 ? [[repository, '<none>'] as const] : repoTags.map(splitTag);
    return tags.map((tag) => [...tag, ...(digests ? [cut(value)] : []), cut(id), humanSize(size)]);
  });
  context.out(
    columns([['IMAGE', 'TAG', ...(digests ? ['DIGEST'] : []), 'IMAGE ID', 'SIZE'], ...rows], 20, 3),
  );
  return 0;
};

/** `crictl inspecti` */
export const inspecti: Subcommand = async (args, cri, context) => {
  const { values, rest } = parseOptions('crictl', args, { flags: FLAGS, values: VALUES });
  const found: unknown[] = [];
  for (const name of rest) {
    const { image } = await cri.call('ImageStatus', { image: name });
    if (image === undefined) throw fatal(`no such image "${name}" present`);
    found.push({ status: shape(image) });
  }
  print(context, found.length === 1 ? found[0] : found, values.get('o') ?? 'json', values.get('template'));
  return 0;
};

/** Pulls for other subcommands too. @throws CommandError */
export async function pullImage(cri: CriClient, image: string, auth?: AuthConfig): Promise<string> {
  const request = auth === undefined ? { image } : { image, auth };
  return (await wrapped('pulling image', () => cri.call('PullImage', request))).imageRef;
}

/** @throws CommandError */
function credentialsOf(values: ReadonlyMap<string, string>): AuthConfig | undefined {
  const auth = values.get('auth');
  const given =
    auth === undefined
      ? (values.get('creds') ?? values.get('username'))
      : new TextDecoder().decode(decodeBase64(auth));
  if (given === undefined) return undefined;
  const colon = given.indexOf(':');
  if (colon === 0) throw fatal("username can't be empty");
  if (colon < 0) return { username: given, password: '' };
  return { username: given.slice(0, colon), password: given.slice(colon + 1) };
}

/** `crictl pull [--creds USER:PASSWORD | --auth BASE64 | -u USER:PASSWORD] IMAGE` */
export const pull: Subcommand = async (args, cri, context) => {
  const { rest, values } = parseOptions('crictl', args, {
    values: { '--creds': 'creds', '--auth': 'auth', '--username': 'username', '-u': 'username', '--pull-timeout': 'timeout' },
  }); // prettier-ignore
  const [image] = rest;
  if (image === undefined) throw fatal('Image name cannot be empty');
  if (values.has('creds') && values.has('auth'))
    throw fatal('both `--creds` and `--auth` are specified');
  context.out(`Image is up to date for ${await pullImage(cri, image, credentialsOf(values))}\n`);
  return 0;
}; // prettier-ignore

/** `crictl rmi [--all|--prune] [IMAGE…]` */
export const rmi: Subcommand = async (args, cri, context) => {
  const { flags, rest } = parseOptions('crictl', args, {
    flags: { ...FLAGS, '-q': 'prune' },
    values: VALUES,
  });
  const prune = flags.has('prune');
  const wanted = new Set(rest);
  if (prune || flags.has('a')) {
    for (const image of (await cri.call('ListImages', {})).images)
      if (!prune || !image.repoTags.some((tag) => tag.includes('/pause:'))) wanted.add(image.id);
  }
  if (prune) for (const { imageId } of (await cri.call('ListContainers', {})).containers) wanted.delete(imageId);
  if (wanted.size === 0) {
    if (prune || flags.has('a')) context.err('INFO[0000] No images to remove\n');
    return 0;
  }
  let failed = false;
  for (const name of wanted) {
    const { image } = await cri.call('ImageStatus', { image: name });
    if (image === undefined) {
      context.err(`ERRO[0000] no such image ${name}\n`);
      failed = true;
      continue;
    }
    await cri.call('RemoveImage', { image: image.id });
    for (const tag of image.repoTags.length > 0 ? image.repoTags : image.repoDigests)
      context.out(`Deleted: ${tag}\n`);
  }
  if (failed) throw fatal('unable to remove the image(s)');
  return 0;
}; // prettier-ignore

/** `crictl imagefsinfo` */
export const imagefsinfo: Subcommand = async (args, cri, context) => {
  const { values } = parseOptions('crictl', args, { flags: FLAGS, values: VALUES });
  const usage = ({ timestamp, fsId, usedBytes, inodesUsed }: (typeof answer.imageFilesystems)[number]): unknown => ({
    timestamp: `${Math.round(timestamp)}000000`, fsId, usedBytes: { value: String(usedBytes) }, inodesUsed: { value: String(inodesUsed) },
  });
  const answer = await cri.call('ImageFsInfo', {});
  const status = { imageFilesystems: answer.imageFilesystems.map(usage), containerFilesystems: answer.containerFilesystems.map(usage) };
  print(context, { status }, values.get('o') ?? 'json', values.get('template'));
  return 0;
}; // prettier-ignore
