import { SeededRand } from '../../base/rand.ts';
import type { ImageSpec } from '../../shared/images/image-schema.ts';
import { offlineImages } from '../../shared/images/offline-images.ts';
import { tagPattern } from '../../shared/images/tag-pattern.ts';
import type { Program } from '../machine/interface.ts';
import type { ContainerFiles, Tool } from './container/interface.ts';
import { distributionOf, IMAGE_FOLDERS, imageFiles } from './container/image-files.ts';
import { OverlayFiles, VolatileLayer } from './container/overlay-files.ts';
import { containerUser } from './container/user.ts';
import type {
  CatalogueImage,
  Entrypoint,
  ImageCatalogue,
  ImageRoot,
  Puller,
  PullOutcome,
  PullRefusal,
  Surroundings,
} from './interface.ts';
import { normalizeReference, parseReference } from './reference.ts';
import { behaviourProgram } from './programs/behaviour-program.ts';
import { toolProgram } from './programs/tool-program.ts';
import { toolsOf } from './tools/registry.ts';
import { WINDOWS_FOLDERS, windowsProgramName, windowsTools } from './tools/windows-tools.ts';
import { fitsWindows } from './windows-builds.ts';

const HEX = '0123456789abcdef';
/** Registries that answer, whether or not they have an image that is known; so do those of a lab's images. */
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

/** Layers of one image; where a whole family is described, each of them differs from it by a few percent. */
function layersOf({ layers, tags }: ImageSpec, reference: string, tag: string): CatalogueImage['layers'] {
  const factor = tags.includes(tag) ? 1 : 0.97 + new SeededRand(`size ${reference}`).float() * 0.06;
  return layers.map(({ size, digest }, index) => ({
    size: Math.round(size * factor),
    digest: digest ?? digestOf(`layer ${index} ${reference}`),
  }));
}

function refusal(reference: string, reason: PullRefusal['reason']): PullRefusal {
  const { registry, repository, tag, digest } = parseReference(reference);
  return { type: 'error', reason, registry, repository, version: digest ?? tag ?? 'latest' };
}

interface Family {
  readonly spec: ImageSpec;
  readonly patterns: readonly RegExp[];
}

/** The images that are described, and what else the cluster brings. */
export class OfflineCatalogue implements ImageCatalogue {
  readonly #programs: ReadonlyMap<string, Program>;
  readonly #inContainer: ReadonlyMap<string, (files: ContainerFiles) => Program>;
  readonly #images = new Map<string, CatalogueImage>();
  readonly #byDigest = new Map<string, CatalogueImage>();
  /** What was found out about a reference once; the catalogue does not change. */
  readonly #found = new Map<string, PullOutcome>();
  readonly #roots = new Map<string, ImageRoot>();
  readonly #toolSets = new Map<string, ReadonlyMap<string, Tool>>();
  readonly #families = new Map<string, Family[]>();
  readonly #registries = new Set(REGISTRIES);

  /**
   * `programs` are run for the images of their repository instead of a described behaviour. Keys: repository with registry, e.g.
   * `registry.k8s.io/kube-scheduler`. Those of `inContainer` see the container's files, the others only the machine's. `images`
   * come beside those that every cluster can pull.
   */
  constructor(
    programs: ReadonlyMap<string, Program> = new Map(),
    inContainer: ReadonlyMap<string, (files: ContainerFiles) => Program> = new Map(),
    images: readonly ImageSpec[] = [],
  ) {
    this.#programs = programs;
    this.#inContainer = inContainer;
    for (const spec of [...offlineImages(), ...images]) {
      const patterns = spec.tags.flatMap((tag) => tagPattern(tag) ?? []);
      const families = this.#families.get(spec.repository) ?? [];
      families.push({ spec, patterns });
      this.#families.set(spec.repository, families);
      this.#registries.add(spec.repository.slice(0, spec.repository.indexOf('/')));
    }
  }

  resolve(reference: string, puller?: Puller): PullOutcome {
    const kept = puller === undefined ? undefined : this.#keptFrom(puller, reference);
    if (kept !== undefined) return refusal(reference, kept);
    const outcome = this.#resolve(reference);
    if (outcome.type === 'error' || puller === undefined) return outcome;
    const { system, osVersion } = puller;
    const ofSystem = outcome.image.spec.platforms.some((each) => each === `${system}/amd64`);
    const fits = ofSystem && (osVersion === undefined || fitsWindows(outcome.image.reference, osVersion));
    return fits ? outcome : refusal(reference, 'no-matching-platform');
  }

  /** Why a private repository is not for that one. A public one does not look at credentials. */
  #keptFrom({ credentials }: Puller, reference: string): PullRefusal['reason'] | undefined {
    const { registry, repository } = parseReference(reference);
    const account = this.#families.get(repository)?.[0]?.spec.credentials;
    if (account === undefined) return undefined;
    if (credentials === undefined) return registry === 'docker.io' ? 'denied' : 'no-credentials';
    const known = credentials.username === account.username && credentials.password === account.password;
    return known ? undefined : 'unauthorized';
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
    const families = this.#families.get(parsed.repository);
    const normal = normalizeReference(reference);
    const refused = (reason: PullRefusal['reason']): PullRefusal => refusal(reference, reason);
    if (!this.#registries.has(parsed.registry)) return refused('no-such-host');
    // Docker Hub hides what one may not see.
    if (families === undefined)
      return refused(parsed.registry === 'docker.io' ? 'denied' : 'manifest-unknown');
    const image =
      parsed.digest === undefined
        ? this.#tagged(families, normal, parsed.tag ?? 'latest')
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
    const { spec } = this.#image(reference);
    const files = imageFiles(spec, reference);
    const executables = new Set<string>();
    // The entrypoint is there too; without a shell it is all there is.
    const main = spec.entrypoint[0] ?? spec.cmd[0] ?? '';
    for (const path of [main, ...Object.keys(spec.programs)]) if (path.startsWith('/')) executables.add(path);
    const windows = isWindows(spec);
    for (const name of this.#tools(spec, reference).keys())
      executables.add(windows ? `/Windows/System32/${name}.exe` : `/bin/${name}`);
    const folders = windows ? WINDOWS_FOLDERS : spec.base === 'none' ? [] : IMAGE_FOLDERS;
    const { env, ports, user, workingDir } = spec;
    return { files, executables, folders, env, ports, user, workingDir };
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
    const { spec } = outcome.image;
    const entrypoint = command.length > 0 ? command : spec.entrypoint;
    // A command of one's own drops the image's arguments too.
    const rest = args.length > 0 || command.length > 0 ? args : spec.cmd;
    const argv = [...entrypoint, ...rest];
    const world = surroundings?.world ?? this.#lonelyWorld(reference);
    const injected =
      this.#programs.get(spec.repository) ?? this.#inContainer.get(spec.repository)?.(world.files);
    if (injected !== undefined) return { type: 'program', argv, program: weighed(injected, spec, world) };
    const inner = isWrapper(argv[0] ?? '') ? argv.slice(1) : argv;
    const file = inner[0] ?? '';
    const tool = isWindows(spec) ? windowsProgramName(file) : file.slice(file.lastIndexOf('/') + 1);
    const own = spec.programs[file] ?? spec.programs[tool];
    const { ports, cmd } = spec;
    if (own !== undefined)
      return {
        type: 'program',
        argv: inner,
        program: behaviourProgram({ behaviour: own, world, ports, cmd }),
      };
    const main = isWrapper(spec.entrypoint[0] ?? '') ? spec.cmd[0] : (spec.entrypoint[0] ?? spec.cmd[0]);
    const tools = this.#tools(spec, reference);
    // A program that an image brings may have the name of a tool.
    const isMain = file === main && spec.behaviour.type !== 'shell';
    if (tools.has(tool) && !isMain) {
      const options = {
        tools,
        world,
        isMain: true,
        ...(surroundings === undefined ? {} : { stdio: surroundings.stdio }),
      };
      const words = isWindows(spec) ? [tool, ...inner.slice(1)] : inner;
      return { type: 'program', argv: words, program: toolProgram(options) };
    }
    // Flags given to an entrypoint script are meant for the server that it starts.
    if (file === main || tool === main || (inner !== argv && (file === '' || file.startsWith('-')))) {
      const { behaviour } = spec;
      return { type: 'program', argv, program: behaviourProgram({ behaviour, world, ports, cmd }) };
    }
    return { type: 'error', text: notFound(spec, file) };
  }

  exec(reference: string, argv: readonly string[], surroundings: Surroundings): Entrypoint {
    const { spec } = this.#image(reference);
    const file = argv[0] ?? '';
    const name = file.slice(file.lastIndexOf('/') + 1);
    const tools = this.#tools(spec, reference);
    if (isWindows(spec)) {
      const known = windowsProgramName(file);
      if (!tools.has(known)) return { type: 'error', text: notFound(spec, file) };
      const program = toolProgram({ tools, ...surroundings, isMain: false });
      return { type: 'program', argv: [known, ...argv.slice(1)], program };
    }
    const script = file.includes('/') && surroundings.world.files.stat(file)?.kind === 'file';
    if (!tools.has(name) && !script) return { type: 'error', text: notFound(spec, file) };
    return { type: 'program', argv, program: toolProgram({ tools, ...surroundings, isMain: false }) };
  }

  #image(reference: string): CatalogueImage {
    const outcome = this.resolve(reference);
    if (outcome.type === 'error') throw new Error(`image "${reference}" is not in the catalogue`);
    return outcome.image;
  }

  #tools(spec: ImageSpec, reference: string): ReadonlyMap<string, Tool> {
    let tools = this.#toolSets.get(reference);
    if (tools === undefined) {
      tools = isWindows(spec)
        ? windowsTools(
            spec.user === '' ? 'ContainerAdministrator' : spec.user,
            spec.repository.includes('/servercore'),
          )
        : toolsOf(spec, distributionOf(spec, reference));
      this.#toolSets.set(reference, tools);
    }
    return tools;
  }

  #lonelyWorld(reference: string): Surroundings['world'] {
    const root = this.root(reference);
    return {
      hostname: '',
      files: new OverlayFiles(root, new VolatileLayer()),
      workingDir: '/',
      user: containerUser(
        root.user,
        {},
        root.files.get('/etc/passwd') ?? '',
        root.files.get('/etc/group') ?? '',
      ),
      processes: () => [],
      memory: { hold: () => undefined },
      children: { hold: () => undefined },
      cpu: { use: () => undefined, spend: () => undefined },
      pidOf: () => 1,
    };
  }

  #tagged(families: readonly Family[], normal: string, tag: string): CatalogueImage | undefined {
    const known = this.#images.get(normal);
    if (known !== undefined) return known;
    const spec = families.find(({ patterns }) => patterns.some((pattern) => pattern.test(tag)))?.spec;
    if (spec === undefined) return undefined;
    const layers = layersOf(spec, normal, tag);
    const image: CatalogueImage = {
      reference: normal,
      spec,
      id: digestOf(`config ${normal}`),
      digest: spec.digest ?? digestOf(`manifest ${normal}`),
      size: layers.reduce((sum, { size }) => sum + size, 0),
      layers,
    };
    this.#images.set(normal, image);
    this.#byDigest.set(image.digest, image);
    return image;
  }
}

/** A program of the cluster that holds and uses what its image says, as long as it runs. */
function weighed(program: Program, { behaviour }: ImageSpec, world: Surroundings['world']): Program {
  if (behaviour.type !== 'cluster-program' || behaviour.memory + behaviour.cpu === 0) return program;
  return async (process) => {
    world.memory.hold(process.pid, behaviour.memory);
    world.cpu.use(process.pid, behaviour.cpu);
    try {
      return await program(process);
    } finally {
      world.memory.hold(process.pid, 0);
      world.cpu.use(process.pid, 0);
    }
  };
}

function isWindows({ platforms }: ImageSpec): boolean {
  return platforms.every((each) => each === 'windows/amd64');
}

/** What runc, or the Host Compute Service of Windows, says of a program that is not there. */
function notFound(spec: ImageSpec, file: string): string {
  if (isWindows(spec)) return 'The system cannot find the file specified.';
  const why = file.includes('/')
    ? `stat ${file}: no such file or directory`
    : 'executable file not found in $PATH';
  return `exec: "${file}": ${why}`;
}

/** Entrypoint scripts that run what they are given. */
function isWrapper(file: string): boolean {
  return file.endsWith('entrypoint.sh') || file.endsWith('-entrypoint');
}
