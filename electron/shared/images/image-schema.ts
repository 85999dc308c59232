import { z } from 'zod';
import { Behaviour, ContainerPath } from './behaviour-schema.ts';
import { Bytes } from './quantities.ts';
import { tagPattern } from './tag-pattern.ts';

/** What is shown of files is kept in memory, once for each image. */
const MAX_FILE = 256 * 1024;
const Text = z
  .union([
    z.string().max(MAX_FILE, `longer than ${MAX_FILE} characters`),
    z.array(z.string().max(4096)).max(2000, 'more than 2000 lines'),
  ])
  .transform((text) => (typeof text === 'string' ? text : text.map((line) => `${line}\n`).join('')));

const Digest = z
  .string()
  .regex(
    /^sha256:[0-9a-f]{64}$/,
    'not a digest: sha256: and 64 digits from 0-9a-f; leave it out to have one made',
  );
const Variable = z
  .string()
  .max(4096)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*=/, 'not a variable: write NAME=value');
const Port = z.number().int().min(1).max(65_535);
const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const Word = z.string().max(1024);

/** Distributions whose small tools and files an image may have; `none`: nothing but its own program. */
export const Distribution = z.enum(['none', 'busybox', 'alpine', 'debian', 'ubuntu', 'fedora']);
export type Distribution = z.infer<typeof Distribution>;

const Layer = z.union(
  [
    Bytes.transform((size): { size: number; digest?: string } => ({ size })),
    z.strictObject({ size: Bytes, digest: Digest.optional() }),
  ],
  { error: layerProblem },
);

/** What is wrong with a layer, of the two forms that it may have. */
function layerProblem({ input }: { readonly input?: unknown }): string {
  const layer = typeof input === 'object' && input !== null ? input : { size: input };
  const outcome = z.strictObject({ size: Bytes, digest: Digest.optional() }).safeParse(layer);
  const issue = outcome.error?.issues[0];
  return issue?.message ?? 'a size, or size and digest';
}

/** Tools that images may have beside those of their distribution. */
export const ExtraTool = z.enum(['bash', 'curl', 'ps', 'stress', 'wget', 'zsh']);

/** An account of a registry, that may pull what is not for everybody. */
const Credentials = z.strictObject({
  username: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[^:]*$/, 'not a user name: it has no colon'),
  password: z.string().min(1).max(4096),
});

/** One image, or a family of them that differ in nothing but their tag. */
export const ImageSpec = z.strictObject({
  repository: z
    .string()
    .max(255)
    .regex(
      /^[a-z0-9]+([.-][a-z0-9]+)*(:\d+)?(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)+$/,
      'not a repository: write it whole, in lower case, with its registry and without a tag, such as images.example.com/shop/web',
    )
    .refine(
      (name) => /[.:]/.test(name.split('/')[0] ?? ''),
      'has no registry: begin with its host, such as docker.io/library/ or images.example.com/',
    ),
  tags: z
    .array(
      z
        .string()
        .refine(
          (tag) => tagPattern(tag) !== undefined,
          'not a tag: letters, digits, dots, dashes; <version>, <number>, (a|b) and [optional] with at most 8 brackets',
        ),
    )
    .min(1)
    .max(32),
  /** The repository is private: only who knows this account can pull. */
  credentials: Credentials.optional(),
  platforms: z
    .array(z.enum(['linux/amd64', 'linux/arm64', 'windows/amd64']))
    .min(1)
    .default(['linux/amd64', 'linux/arm64']),
  /** What is pulled, in all: sizes of layers from the lowest, compressed. */
  layers: z.array(Layer).min(1).max(127),
  /** Of the manifest. Only for an image with one tag. */
  digest: Digest.optional(),
  entrypoint: z.array(Word).max(50).default([]),
  cmd: z.array(Word).max(50).default([]),
  /** A number or a name, and a group after a colon; empty: root. */
  user: z.string().max(64).default(''),
  /** Beside root and nobody, in /etc/passwd. */
  users: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z_][a-z0-9_-]*$/),
        uid: z.number().int().min(0),
        gid: z.number().int().min(0),
      }),
    )
    .max(20)
    .default([]),
  workingDir: ContainerPath.default('/'),
  env: z.array(Variable).max(100).default([PATH]),
  ports: z.array(Port).max(50).default([]),
  labels: z.record(z.string().max(255), z.string().max(4096)).default({}),
  base: Distribution.default('none'),
  /** Tools beside those of its distribution. */
  tools: z.array(ExtraTool).default([]),
  files: z.record(ContainerPath, Text).default({}),
  behaviour: Behaviour,
  /** What else can be run in it, by path or name: `command: [/app/migrate]`. */
  programs: z.record(z.string().min(1).max(255), Behaviour).default({}),
});
export type ImageSpec = z.output<typeof ImageSpec>;

const MAX_IMAGES = 64;

/** A file of `images/` in a lab. */
export const ImageFile = z.strictObject({
  /** For editors. */
  $schema: z.string().optional(),
  apiVersion: z.literal('leme/v1'),
  kind: z.literal('ImageList'),
  images: z.array(ImageSpec).min(1).max(MAX_IMAGES, `more than ${MAX_IMAGES} images`),
});
