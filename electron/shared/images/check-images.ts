import type { ImageSpec } from './image-schema.ts';
import { tagPattern } from './tag-pattern.ts';

/** What a schema cannot say of one image in a list. */
export interface ImageProblem {
  /** Place in the list. */
  readonly index: number;
  readonly message: string;
}

const isPlain = (tag: string): boolean => /^[\w.-]+$/.test(tag);

function has(spec: ImageSpec, tag: string): boolean {
  return spec.tags.some((each) => each === tag || tagPattern(each)?.test(tag) === true);
}

function sameAccount({ credentials: one }: ImageSpec, { credentials: other }: ImageSpec): boolean {
  return one?.username === other?.username && one?.password === other?.password;
}

/**
 * Looks at the images of one lab beside those that exist anyway. A reference may be given once: whoever pulls it must know what
 * comes. A pack says each tag in full and cannot ask for the cluster's own programs.
 */
export function checkImages(images: readonly ImageSpec[], existing: readonly ImageSpec[]): ImageProblem[] {
  const problems: ImageProblem[] = [];
  const byRepository = new Map<string, ImageSpec[]>();
  for (const spec of existing)
    byRepository.set(spec.repository, [...(byRepository.get(spec.repository) ?? []), spec]);
  for (const [index, spec] of images.entries()) {
    const say = (message: string): void => void problems.push({ index, message });
    const others = byRepository.get(spec.repository) ?? [];
    const seen = new Set<string>();
    for (const tag of spec.tags) {
      const reference = `${spec.repository}:${tag}`;
      if (!isPlain(tag)) say(`tags: ${tag}: a lab's image says each tag in full, without a pattern`);
      else if (seen.has(tag) || others.some((other) => has(other, tag)))
        say(
          `tags: ${reference} exists already${existing.some((other) => others.includes(other) && has(other, tag)) ? ' in the catalogue' : ''}: take another tag or repository`,
        );
      seen.add(tag);
    }
    if (spec.digest !== undefined && spec.tags.length > 1)
      say('digest: is that of one image, but there are several tags: make an image of each');
    const first = others[0];
    if (first !== undefined && !sameAccount(first, spec))
      say(
        `credentials: a repository is private as a whole: give all images of ${spec.repository} the same, or none`,
      );
    const behaviours = [spec.behaviour, ...Object.values(spec.programs)];
    const own = behaviours.flatMap((each) =>
      each.type === 'by-subcommand' ? [each.otherwise, ...Object.values(each.subcommands)] : [each],
    );
    if (own.some(({ type }) => type === 'cluster-program'))
      say('behaviour: cluster-program is for the images that a cluster is made of: take another one');
    if (spec.entrypoint.length + spec.cmd.length === 0)
      say('entrypoint: is missing, and so is cmd: what is to be started? Give one of them');
    byRepository.set(spec.repository, [...others, spec]);
  }
  return problems;
}
