import type { CatalogueImage, PullRefusal } from '../../images/interface.ts';
import type { FileSystem, RuntimeName } from '../../machine/interface.ts';
import type { CgroupDriver, CriError, Image, PodSandboxMetadata } from '../interface.ts';

/** What a runtime reads from its own configuration files. */
export interface RuntimeSettings {
  readonly cgroupDriver: CgroupDriver;
  readonly sandboxImage: string;
  /** Names of the OCI runtimes that Pods may ask for, the default one first. */
  readonly handlers: readonly string[];
  /** The CRI service is switched off (containerd's `disabled_plugins`). */
  readonly criDisabled: boolean;
}

/** What a runtime answers where runtimes differ. Ids are whole. */
export interface RuntimeTexts {
  /** `given` as it was asked for, `normal` with registry and tag. */
  pullRefused(given: string, normal: string, refusal: PullRefusal): CriError;
  noSuchContainer(id: string): CriError;
  noSuchSandbox(id: string): CriError;
  /** `why`: runc's text after `error during container init: `. */
  notStarted(id: string, why: string): string;
  notExecuted(id: string, why: string): string;
  sandboxNameTaken(metadata: PodSandboxMetadata, id: string, owner: string): string;
  networkNotSetUp(metadata: PodSandboxMetadata, id: string, why: string): string;
  /** `message` of the condition NetworkReady. */
  readonly networkNotReady: string;
  /** Nothing in the configuration has that name. */
  noSuchHandler(handler: string, handlers: readonly string[]): string;
  /** The image of sandboxes could not be had; `why` is what a pull of it says. */
  sandboxImageMissing(metadata: PodSandboxMetadata, image: string, why: CriError): string;
  /** A cgroup's name in the other driver's form. */
  cgroupRefused(id: string, cgroup: string, driver: CgroupDriver): string;
}

/** In what one container runtime differs from another. */
export interface RuntimeVariant {
  readonly name: RuntimeName;
  /** Where the kubelet finds its CRI. */
  readonly socket: string;
  readonly runtimeName: string;
  readonly runtimeVersion: string;
  readonly runtimeApiVersion: string;
  /** Where images are unpacked. */
  readonly imageRoot: string;
  /** In which state of a container a program that is not there is noticed, and how it then ended. */
  readonly missingProgram:
    { readonly at: 'create' } | { readonly at: 'start'; readonly exitCode: number; readonly reason: string };
  readonly texts: RuntimeTexts;
  /** A whole reference as this runtime shows it. */
  displayName(normal: string): string;
  /** An image as this runtime lists it. */
  image(image: CatalogueImage): Image;
  /** `imageRef` of a container's status. */
  imageRef(image: Image): string;
  /**
   * The reference that a name written by a person stands for.
   * @throws CriError for a name that may not be short, or is none
   */
  resolveName(name: string, files: FileSystem): string;
  /** @throws Error what the runtime says before it ends, when its configuration cannot be read */
  settings(files: FileSystem): RuntimeSettings;
  /** `info` of a verbose status; texts are JSON. */
  info(settings: RuntimeSettings, networkReady: boolean): Readonly<Record<string, string>>;
}
