import { SeededRand } from '../../base/rand.ts';
import type { Program } from '../machine/interface.ts';
import type { ContainerFiles, Tool } from './container/interface.ts';
import { distributionOf, IMAGE_FOLDERS, imageFiles } from './container/image-files.ts';
import { OverlayFiles, VolatileLayer } from './container/overlay-files.ts';
import type {
  CatalogueImage,
  Entrypoint,
  ImageCatalogue,
  ImageRoot,
  PullOutcome,
  PullRefusal,
  Repository,
  Surroundings,
} from './interface.ts';
import { normalizeReference, parseReference } from './reference.ts';
import { repositories } from './repositories.ts';
import { imageProgram } from './programs/image-program.ts';
import { toolProgram } from './programs/tool-program.ts';
import { toolsOf } from './tools/registry.ts';

const HEX = '0123456789abcdef';
/** Registries that answer. */
const REGISTRIES: ReadonlySet<string> = new Set([
  'docker.io',
  'registry.k8s.io',
  'quay.io',
  'ghcr.io',
  'gcr.io',
  'public.ecr.aws',
  'mcr.microsoft.com',
  'k8s.gcr.io',
]);

function digestOf(text: string): string {
  return `sha256:${new SeededRand(text).string(64, HEX)}`;
}

function sizeOf(repository: Repository, reference: string): number {
  return Math.round(repository.size * (0.97 + new SeededRand(`size ${reference}`).float() * 0.06));
}

/** The offline catalogue. `programs` are run for the images of their repository instead of a modelled behaviour. */
export class OfflineCatalogue implements ImageCatalogue {
  readonly #programs: ReadonlyMap<string, Program>;
  readonly #inContainer: ReadonlyMap<string, (files: ContainerFiles) => Program>;
  readonly #images = new Map<string, CatalogueImage>();
  readonly #byDigest = new Map<string, CatalogueImage>();
  /** What was found out about a reference once; the catalogue does not change. */
  readonly #found = new Map<string, PullOutcome>();
  readonly #roots = new Map<string, ImageRoot>();
  readonly #toolSets = new Map<string, ReadonlyMap<string, Tool>>();

  /**
   * Keys: repository with registry, e.g. `registry.k8s.io/kube-scheduler`. Those of `inContainer` see the container's files, the
   * others only the machine's.
   */
  constructor(
    programs: ReadonlyMap<string, Program> = new Map(),
    inContainer: ReadonlyMap<string, (files: ContainerFiles) => Program> = new Map(),
  ) {
    this.#programs = programs;
    this.#inContainer = inContainer;
  }

  resolve(reference: string, system?: 'linux' | 'windows'): PullOutcome {
    const outcome = this.#resolve(reference);
    if (outcome.type === 'error' || system === undefined) return outcome;
    if ((outcome.image.repository.systems ?? ['linux']).includes(system)) return outcome;
    const { registry, repository, tag, digest } = parseReference(reference);
    const version = digest ?? tag ?? 'latest';
    return { type: 'error', reason: 'no-matching-platform', registry, repository, version };
  }

  #resolve(reference: string): PullOutcome {
    const known = this.#found.get(reference);
    if (known !== undefined) return known;
    const outcome = this.#lookUp(reference);
    // A digest that is unknown now may be that of an image looked up later.
    if (outcome.type === 'image') this.#found.set(reference, outcome);
    return outcome;
  }

  #lookUp(reference: string): PullOutcome {
    const parsed = parseReference(reference);
    const repository = repositories.get(parsed.repository);
    const normal = normalizeReference(reference);
    const refused = (reason: PullRefusal['reason']): PullRefusal => ({
      type: 'error',
      reason,
      registry: parsed.registry,
      repository: parsed.repository,
      version: parsed.digest ?? parsed.tag ?? 'latest',
    });
    if (!REGISTRIES.has(parsed.registry)) return refused('no-such-host');
    // Docker Hub hides what one may not see.
    if (repository === undefined)
      return refused(parsed.registry === 'docker.io' ? 'denied' : 'manifest-unknown');
    const image =
      parsed.digest === undefined
        ? this.#tagged(repository, normal, parsed.tag ?? 'latest')
        : this.#byDigest.get(parsed.digest);
    if (image === undefined) return refused('manifest-unknown');
    return { type: 'image', image };
  }

  root(reference: string): ImageRoot {
    let root = this.#roots.get(reference);
    if (root === undefined) {
      root = this.#newRoot(reference);
      this.#roots.set(reference, root);
    }
    return root;
  }

  #newRoot(reference: string): ImageRoot {
    const { repository } = this.#image(reference);
    const files = imageFiles(repository, reference);
    const executables = new Set<string>();
    // The entrypoint is there too; without a shell it is all there is.
    const main = repository.entrypoint[0] ?? repository.cmd[0] ?? '';
    if (main.startsWith('/')) executables.add(main);
    for (const name of this.#tools(repository, reference).keys()) executables.add(`/bin/${name}`);
    const folders = repository.shell ? IMAGE_FOLDERS : [];
    return { files, executables, folders, env: repository.env, ports: repository.ports };
  }

  entrypoint(
    reference: string,
    command: readonly string[],
    args: readonly string[],
    surroundings?: Surroundings,
  ): Entrypoint {
    const outcome = this.resolve(reference);
    if (outcome.type === 'error')
      return { type: 'error', text: `image "${reference}" is not in the catalogue` };
    const { repository } = outcome.image;
    const entrypoint = command.length > 0 ? command : repository.entrypoint;
    // A command of one's own drops the image's arguments too.
    const rest = args.length > 0 || command.length > 0 ? args : repository.cmd;
    const argv = [...entrypoint, ...rest];
    const injected =
      this.#programs.get(repository.name) ??
      this.#inContainer.get(repository.name)?.((surroundings?.world ?? this.#lonelyWorld(reference)).files);
    if (injected !== undefined) return { type: 'program', argv, program: injected };
    const inner = isWrapper(argv[0] ?? '') ? argv.slice(1) : argv;
    const file = inner[0] ?? '';
    const tool = file.slice(file.lastIndexOf('/') + 1);
    const world = surroundings?.world ?? this.#lonelyWorld(reference);
    const tools = this.#tools(repository, reference);
    if (tools.has(tool)) {
      const options = {
        tools,
        world,
        isMain: true,
        ...(surroundings === undefined ? {} : { stdio: surroundings.stdio }),
      };
      return { type: 'program', argv: inner, program: toolProgram(options) };
    }
    const main = isWrapper(repository.entrypoint[0] ?? '')
      ? repository.cmd[0]
      : (repository.entrypoint[0] ?? repository.cmd[0]);
    // Flags given to an entrypoint script are meant for the server that it starts.
    if (file === main || tool === main || (inner !== argv && (file === '' || file.startsWith('-')))) {
      return { type: 'program', argv, program: imageProgram(repository, world) };
    }
    return { type: 'error', text: notFound(file) };
  }

  exec(reference: string, argv: readonly string[], surroundings: Surroundings): Entrypoint {
    const { repository } = this.#image(reference);
    const file = argv[0] ?? '';
    const tools = this.#tools(repository, reference);
    const script = file.includes('/') && surroundings.world.files.stat(file)?.kind === 'file';
    if (!tools.has(file.slice(file.lastIndexOf('/') + 1)) && !script)
      return { type: 'error', text: notFound(file) };
    return { type: 'program', argv, program: toolProgram({ tools, ...surroundings, isMain: false }) };
  }

  #image(reference: string): CatalogueImage {
    const outcome = this.resolve(reference);
    if (outcome.type === 'error') throw new Error(`image "${reference}" is not in the catalogue`);
    return outcome.image;
  }

  /** Programs of an image that has a shell; the others have nothing but their own. */
  #tools(repository: Repository, reference: string): ReadonlyMap<string, Tool> {
    let tools = this.#toolSets.get(reference);
    if (tools === undefined) {
      tools = repository.shell
        ? toolsOf(repository.name, distributionOf(repository, reference))
        : new Map<string, Tool>();
      this.#toolSets.set(reference, tools);
    }
    return tools;
  }

  #lonelyWorld(reference: string): Surroundings['world'] {
    return {
      hostname: '',
      files: new OverlayFiles(this.root(reference), new VolatileLayer()),
      workingDir: '/',
      processes: () => [],
      memory: { hold: () => undefined },
      children: { hold: () => undefined },
      cpu: { use: () => undefined, spend: () => undefined },
      pidOf: () => 1,
    };
  }

  #tagged(repository: Repository, normal: string, tag: string): CatalogueImage | undefined {
    if (!repository.tags.test(tag)) return undefined;
    let image = this.#images.get(normal);
    if (image === undefined) {
      image = {
        reference: normal,
        repository,
        id: digestOf(`config ${normal}`),
        digest: digestOf(`manifest ${normal}`),
        size: sizeOf(repository, normal),
      };
      this.#images.set(normal, image);
      this.#byDigest.set(image.digest, image);
    }
    return image;
  }
}

/** What runc says of a program that is not there. */
function notFound(file: string): string {
  const why = file.includes('/')
    ? `stat ${file}: no such file or directory`
    : 'executable file not found in $PATH';
  return `exec: "${file}": ${why}`;
}

/** Entrypoint scripts that run what they are given. */
function isWrapper(file: string): boolean {
  return file.endsWith('entrypoint.sh') || file.endsWith('-entrypoint');
}
