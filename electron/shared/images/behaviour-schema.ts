import { z } from 'zod';
import { Bytes, Duration } from './quantities.ts';

/** The shortest time between two rounds of log lines: a flood is bounded by what the simulation does in a second. */
const MIN_EVERY = 100;
const Line = z.string().max(4096, 'longer than 4096 characters: a line of a log is shorter');
/** One line, or several. */
const Lines = z
  .union([Line, z.array(Line).max(100, 'more than 100 lines')], { error: 'a line, or a list of lines' })
  .transform((lines): readonly string[] => (typeof lines === 'string' ? [lines] : lines));
const Stream = z.enum(['stdout', 'stderr']).default('stdout');
const ExitCode = z.number().int().min(0).max(255);
const Path = z
  .string()
  .max(255)
  .regex(/^\/(?!.*(^|\/)\.\.?(\/|$))/, 'not a path: it begins with / and has no . or .. in it');

/** Without one of these variables, or this file, the program says `lines` and ends. */
const Requirement = z
  .strictObject({
    anyOf: z.array(z.string().min(1)).min(1).max(20).optional(),
    file: Path.optional(),
    lines: Lines,
    exitCode: ExitCode.default(1),
  })
  .refine(
    ({ anyOf, file }) => (anyOf === undefined) !== (file === undefined),
    'what is required? Give either anyOf (environment variables) or file',
  );

/** Lines after a time, once or again and again. */
const Log = z.strictObject({
  lines: Lines,
  stream: Stream,
  after: Duration.default(0),
  every: Duration.refine((ms) => ms >= MIN_EVERY, `too often: every is at least ${MIN_EVERY}ms`).optional(),
});

/** What the program holds: `start` at once, then `growth` more every second up to `upTo`. */
const Memory = z.strictObject({
  start: Bytes.default(0),
  growth: Bytes.default(0),
  upTo: Bytes.optional(),
});

/** Cores in use from `after` on, until `until`. */
const Cpu = z.strictObject({
  cores: z.number().min(0).max(256),
  after: Duration.default(0),
  until: Duration.optional(),
});

const Serving = z.enum(['SERVING', 'NOT_SERVING', 'UNKNOWN']).default('SERVING');
/** Empty: the server as a whole. May ask for a flag, `{{flag --service}}`. */
const HealthService = z.string().max(255).default('');

/** The first that fits says how a service is: by name, time since the start, and a file that is there. */
const Health = z.strictObject({
  service: HealthService,
  status: Serving,
  after: Duration.default(0),
  until: Duration.optional(),
  whenFile: Path.optional(),
});

/** Speaks gRPC; of its services only grpc.health.v1.Health, which it does not have without `health`. */
const Grpc = z.strictObject({
  /** Instead of the image's ports. */
  ports: z.array(z.number().int().min(1).max(65_535)).min(1).max(10).optional(),
  /** An argument that gives another port, such as `--port`. */
  portFlag: z.string().startsWith('-', 'a flag begins with -').optional(),
  health: z.array(Health).max(50, 'more than 50 services').optional(),
  latency: Duration.default(0),
});

/** The first route that fits answers: by path (`/x`, or `/x/*` for all below), method, time since the start, and a file that is there. */
const Route = z.strictObject({
  path: z.string().max(255).startsWith('/', 'a path begins with /'),
  method: z
    .string()
    .regex(/^[A-Z]+$/, 'a method is in capitals')
    .optional(),
  after: Duration.default(0),
  until: Duration.optional(),
  whenFile: Path.optional(),
  status: z.number().int().min(200).max(599).default(200),
  headers: z.record(z.string().regex(/^[a-z0-9-]+$/, 'a header is in lower case'), Line).default({}),
  body: z.string().max(65_536, 'longer than 65536 characters').default(''),
  latency: Duration.default(0),
  /** Processor time that an answer costs. */
  work: Duration.default(0),
  /** From this answer on a service of `grpc` is so. */
  setsHealth: z.strictObject({ service: HealthService, status: Serving }).optional(),
});

/** Files below `root`, as that server shows them. */
const Site = z.strictObject({ root: Path, style: z.enum(['nginx', 'apache']) });

const Http = z.strictObject({
  /** Instead of the image's ports. */
  ports: z.array(z.number().int().min(1).max(65_535)).min(1).max(10).optional(),
  /** An argument that gives another port, such as `--port`. */
  portFlag: z.string().startsWith('-', 'a flag begins with -').optional(),
  routes: z.array(Route).max(50, 'more than 50 routes').default([]),
  site: Site.optional(),
  /** One line for each request, in the combined format. Sites always have it. */
  accessLog: z.boolean().default(false),
});

/** It ends by itself. */
const Exit = z.strictObject({
  after: Duration.default(0),
  code: ExitCode.default(0),
  lines: Lines.default([]),
  stream: Stream,
});

/** What SIGTERM does: nothing at all, or an end. */
const Terminate = z.strictObject({
  ignore: z.boolean().default(false),
  after: Duration.default(60),
  code: ExitCode.default(0),
  lines: Lines.default([]),
});

/** Everything a program can be seen to do; the other behaviours are this with a name. */
const Service = z.strictObject({
  type: z.literal('service'),
  requires: z.array(Requirement).max(10).default([]),
  /** Before it listens and says `ready`. */
  startup: Duration.default(0),
  ready: Lines.default([]),
  listens: z.boolean().default(true),
  logs: z.array(Log).max(20).default([]),
  memory: Memory.default({ start: 0, growth: 0 }),
  cpu: z.array(Cpu).max(20).default([]),
  http: Http.optional(),
  grpc: Grpc.optional(),
  exit: Exit.optional(),
  onTerminate: Terminate.default({ ignore: false, after: 60, code: 0, lines: [] }),
});
export type ServiceBehaviour = z.output<typeof Service>;
export type HttpBehaviour = z.output<typeof Http>;
export type GrpcBehaviour = z.output<typeof Grpc>;
export type HttpRoute = z.output<typeof Route>;

const WebServer = z.strictObject({
  type: z.literal('web-server'),
  ready: Lines.default([]),
  root: Path,
  style: z.enum(['nginx', 'apache']).default('nginx'),
  memory: Bytes.default(0),
});

/** Takes connections and hangs up when spoken to: protocols of databases are not modelled. */
const Database = z.strictObject({
  type: z.literal('database'),
  ready: Lines,
  memory: Bytes.default(0),
  startup: Duration.default(0),
  shutdown: Duration.default(300),
  /** It refuses to start without one of these. */
  passwordVariables: z.array(z.string().min(1)).max(20).default([]),
  refusal: Lines.default([]),
});

/** A shell: without a terminal it ends at once with 0. */
const Shell = z.strictObject({ type: z.literal('shell') });

const Crasher = z.strictObject({
  type: z.literal('crasher'),
  after: Duration.default(0),
  code: ExitCode.min(1).default(1),
  lines: Lines.default([]),
});

const Job = z.strictObject({
  type: z.literal('job'),
  after: Duration.default(0),
  code: ExitCode.default(0),
  lines: Lines.default([]),
});

const MemoryHog = z.strictObject({
  type: z.literal('memory-hog'),
  start: Bytes.default(0),
  /** Every second. */
  growth: Bytes,
  upTo: Bytes.optional(),
});

const CpuBurner = z.strictObject({ type: z.literal('cpu-burner'), cores: z.number().min(0).max(256) });

const LogWriter = z.strictObject({
  type: z.literal('log-writer'),
  lines: Lines,
  every: Duration.refine((ms) => ms >= MIN_EVERY, `too often: every is at least ${MIN_EVERY}ms`),
  stream: Stream,
});

/**
 * What a cluster runs itself: Kubernetes' own programs and storage drivers. Not for packs. What they hold and use is that of a
 * small cluster; it does not grow with the objects.
 */
const ClusterProgram = z.strictObject({
  type: z.literal('cluster-program'),
  memory: Bytes.default(0),
  /** Cores. */
  cpu: z.number().min(0).max(16).default(0),
});

const SINGLE = [
  Service, WebServer, Database, Shell, Crasher, Job, MemoryHog, CpuBurner, LogWriter, ClusterProgram,
] as const; // prettier-ignore
const SINGLE_NAMES = SINGLE.map((schema) => schema.shape.type.value).join(', ');

function unknownBehaviour(names: string) {
  return (issue: { readonly input?: unknown; readonly code?: string }): string | undefined => {
    const { input } = issue;
    if (input === undefined) return `is missing: one of ${names}`;
    const type = (input as { readonly type?: unknown } | null)?.type;
    return `there is no behaviour ${JSON.stringify(type ?? null)}: type is one of ${names}`;
  };
}

const SingleBehaviour = z.discriminatedUnion('type', [...SINGLE], { error: unknownBehaviour(SINGLE_NAMES) });

/** One program that does different things by its first argument, as `agnhost netexec`. */
const BySubcommand = z.strictObject({
  type: z.literal('by-subcommand'),
  subcommands: z.record(z.string().min(1).max(64), SingleBehaviour),
  otherwise: SingleBehaviour,
});

/** What a program does, by name. */
export const Behaviour = z.discriminatedUnion('type', [...SINGLE, BySubcommand], {
  error: unknownBehaviour(`${SINGLE_NAMES}, by-subcommand`),
});
export type Behaviour = z.output<typeof Behaviour>;
export type SingleBehaviour = z.output<typeof SingleBehaviour>;
export { Path as ContainerPath };
