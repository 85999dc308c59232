import type { Program } from '../machine/interface.ts';
import type { ContainerWorld, Stdio } from './container/interface.ts';
import type { LowerLayer } from './container/overlay-files.ts';

/** How the main program of an image behaves when it is started as the image says. */
export type Behaviour =
  /** A server: says that it is up, runs until SIGTERM, then ends with `exitCode`. */
  | {
      readonly type: 'server';
      readonly ready: string;
      readonly exitCode: number;
      readonly shutdownMs: number;
    }
  /** A shell without a terminal: nothing to read, ends with 0 at once. */
  | { readonly type: 'shell' }
  /** Prints lines and ends. */
  | { readonly type: 'one-shot'; readonly lines: readonly string[]; readonly exitCode: number };

/** One repository of the offline catalogue. */
export interface Repository {
  /** With registry, e.g. `docker.io/library/nginx`. */
  readonly name: string;
  /** Whole-tag pattern of the tags that exist. */
  readonly tags: RegExp;
  /** Compressed size of a typical tag, in bytes; a tag's own size differs by a few percent. */
  readonly size: number;
  readonly layers: number;
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly user: string;
  readonly ports: readonly number[];
  readonly env: readonly string[];
  readonly behaviour: Behaviour;
  /** Has `sh` and the usual small tools. */
  readonly shell: boolean;
  /** Operating systems that its index has an image for; Linux alone when it is not said. */
  readonly systems?: readonly ('linux' | 'windows')[];
  /** The image refuses to start without one of these environment variables, saying `text`. */
  readonly needs?: { readonly oneOf: readonly string[]; readonly text: string };
}

/** An image as a registry describes it. */
export interface CatalogueImage {
  /** Normalised, with registry and tag or digest, e.g. `docker.io/library/nginx:1.25`. */
  readonly reference: string;
  readonly repository: Repository;
  /** `sha256:…` of the configuration: the image id. */
  readonly id: string;
  /** `sha256:…` of the manifest. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** Why there is no image: each runtime says it in its own words. */
export interface PullRefusal {
  readonly type: 'error';
  readonly reason: 'no-such-host' | 'denied' | 'manifest-unknown' | 'no-matching-platform';
  /** e.g. `docker.io` */
  readonly registry: string;
  /** With registry, e.g. `docker.io/library/nginx`. */
  readonly repository: string;
  /** Tag or digest. */
  readonly version: string;
}

/** What a registry said, or why it could not be asked. */
export type PullOutcome = { readonly type: 'image'; readonly image: CatalogueImage } | PullRefusal;

/** What starting a container of an image comes to. */
export type Entrypoint =
  | { readonly type: 'program'; readonly argv: readonly string[]; readonly program: Program }
  /** The runtime cannot start it; `text` is runc's. */
  | { readonly type: 'error'; readonly text: string };

/** What an image brings to a container. */
export interface ImageRoot extends LowerLayer {
  /** `NAME=value` */
  readonly env: readonly string[];
  readonly ports: readonly number[];
}

/** The container that a program is started in, and its standard streams. */
export interface Surroundings {
  readonly world: ContainerWorld;
  readonly stdio: Stdio;
}

/** The registries of the world, and what their images do. */
export interface ImageCatalogue {
  /** `system`: of the machine that asks; any image is found without it. @throws Error `invalid reference format` */
  resolve(reference: string, system?: 'linux' | 'windows'): PullOutcome;
  /** @throws Error for an image that is not in the catalogue */
  root(image: string): ImageRoot;
  /**
   * The program of a container. `command` and `args` as in CRI: they override entrypoint and command. Without
   * surroundings it runs in a container of its own that nobody else sees.
   */
  entrypoint(
    image: string,
    command: readonly string[],
    args: readonly string[],
    surroundings?: Surroundings,
  ): Entrypoint;
  /** A further program in a container that runs. The text of an error is runc's after `exec failed: `. */
  exec(image: string, argv: readonly string[], surroundings: Surroundings): Entrypoint;
}
