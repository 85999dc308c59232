import type { ImageSpec } from '../../shared/images/image-schema.ts';
import type { Program } from '../machine/interface.ts';
import type { ContainerWorld, Stdio } from './container/interface.ts';
import type { LowerLayer } from './container/overlay-files.ts';

/** An image as a registry describes it. */
export interface CatalogueImage {
  /** Normalised, with registry and tag or digest, e.g. `docker.io/library/nginx:1.25`. */
  readonly reference: string;
  readonly spec: ImageSpec;
  /** `sha256:…` of the configuration: the image id. */
  readonly id: string;
  /** `sha256:…` of the manifest. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** From the lowest; sizes are compressed, in bytes. */
  readonly layers: readonly { readonly digest: string; readonly size: number }[];
}

/** How somebody who pulls presents themselves to a registry. */
export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
}

/** Who pulls. */
export interface Puller {
  readonly system: 'linux' | 'windows';
  /** Of Windows, whose images are for a build; undefined: any. */
  readonly osVersion?: string | undefined;
  /** Undefined: nobody in particular. */
  readonly credentials?: RegistryCredentials | undefined;
}

/** Why there is no image: each runtime says it in its own words. */
export interface PullRefusal {
  readonly type: 'error';
  readonly reason:
    | 'no-such-host'
    /** There is no such repository, or it is not for everybody: Docker Hub does not tell which. */
    | 'denied'
    /** The registry wants to know who asks. */
    | 'no-credentials'
    /** It does not know that account. */
    | 'unauthorized'
    | 'manifest-unknown'
    | 'no-matching-platform';
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
  /** Of its main program: empty for root, a name or a number, and a group after a colon. */
  readonly user: string;
  readonly workingDir: string;
}

/** The container that a program is started in, and its standard streams. */
export interface Surroundings {
  readonly world: ContainerWorld;
  readonly stdio: Stdio;
}

/** The registries of the world, and what their images do. */
export interface ImageCatalogue {
  /** Any image is found without `puller`, as on a machine that has it. @throws Error `invalid reference format` */
  resolve(reference: string, puller?: Puller): PullOutcome;
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
