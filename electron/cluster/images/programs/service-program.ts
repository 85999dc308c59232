import type { ServiceBehaviour } from '../../../shared/images/behaviour-schema.ts';
import type { ProcessContext } from '../../machine/interface.ts';
import { serveHealth } from '../../network/grpc-health.ts';
import { serveHttp1Connection } from '../../network/http1-bytes.ts';
import { serveHttpConnection } from '../../network/http-server.ts';
import type { ContainerWorld } from '../container/interface.ts';
import { GrpcHealth } from './grpc-answers.ts';
import { httpAnswers } from './http-answers.ts';
import type { Speaker } from './template.ts';
import { fillIn, portOfFlag } from './template.ts';

/** The process that behaves so, and its surroundings. */
export interface ServiceOptions extends Speaker {
  readonly ports: readonly number[];
  readonly say: (stream: 'stdout' | 'stderr', line: string) => void;
}

/** Runs what a behaviour says to its end, or forever. Resolves to the exit code. */
export async function serviceProgram(behaviour: ServiceBehaviour, options: ServiceOptions): Promise<number> {
  const { process, world } = options;
  const { clock, pid } = process;
  const say = (stream: 'stdout' | 'stderr', lines: readonly string[]): void => {
    for (const line of lines) options.say(stream, fillIn(line, options));
  };
  for (const { anyOf, file, lines, exitCode } of behaviour.requires) {
    const isThere =
      file === undefined
        ? anyOf?.some((name) => (options.env.get(name) ?? '') !== '')
        : world.files.stat(file)?.kind === 'file';
    if (isThere === true) continue;
    say('stderr', lines);
    return exitCode;
  }
  return new Promise<number>((resolve) => {
    const end = (code: number): void => {
      world.memory.hold(pid, 0);
      world.cpu.use(pid, 0);
      resolve(code);
    };
    const { ignore, after, code, lines } = behaviour.onTerminate;
    process.onTerminate(() => {
      say('stdout', lines);
      if (!ignore) clock.setTimeout(() => end(code), after);
    });
    holdMemory(behaviour, process, world);
    useProcessors(behaviour, process, world);
    const { exit } = behaviour;
    const ends = (): void => {
      if (exit === undefined) return;
      say(exit.stream, exit.lines);
      end(exit.code);
    };
    const begin = (): void => {
      const problem = behaviour.listens ? listen(behaviour, options) : undefined;
      if (problem !== undefined) {
        options.say('stderr', `[emerg] ${problem}`);
        end(1);
        return;
      }
      say('stdout', behaviour.ready);
      for (const log of behaviour.logs) writeLogs(process, log, () => say(log.stream, log.lines));
      if (exit?.after === 0) ends();
      else if (exit !== undefined) clock.setTimeout(ends, exit.after);
    };
    if (behaviour.startup === 0) begin();
    else clock.setTimeout(begin, behaviour.startup);
  });
}

function writeLogs(
  { clock }: ProcessContext,
  { after, every }: ServiceBehaviour['logs'][number],
  write: () => void,
): void {
  const first = (): void => {
    write();
    if (every !== undefined) clock.setInterval(write, every);
  };
  if (after === 0) first();
  else clock.setTimeout(first, after);
}

function holdMemory({ memory }: ServiceBehaviour, process: ProcessContext, world: ContainerWorld): void {
  const { start, growth, upTo = Number.MAX_SAFE_INTEGER } = memory;
  let held = Math.min(start, upTo);
  if (held > 0) world.memory.hold(process.pid, held);
  if (growth === 0) return;
  const grows = process.clock.setInterval(() => {
    held = Math.min(upTo, held + growth);
    world.memory.hold(process.pid, held);
    if (held >= upTo) grows.dispose();
  }, 1000);
}

function useProcessors({ cpu }: ServiceBehaviour, process: ProcessContext, world: ContainerWorld): void {
  const inUse = new Set<ServiceBehaviour['cpu'][number]>();
  const say = (): void =>
    world.cpu.use(process.pid, [...inUse].reduce((sum, { cores }) => sum + cores, 0)); // prettier-ignore
  for (const load of cpu) {
    const begins = (): void => {
      inUse.add(load);
      say();
    };
    if (load.after === 0) begins();
    else process.clock.setTimeout(begins, load.after);
    if (load.until !== undefined && load.until > load.after)
      process.clock.setTimeout(() => {
        inUse.delete(load);
        say();
      }, load.until);
  }
}

/** Answers the text of what went wrong. */
function listen(behaviour: ServiceBehaviour, options: ServiceOptions): string | undefined {
  const { http, grpc } = behaviour;
  const health = grpc === undefined ? undefined : new GrpcHealth(grpc, options);
  const answer = http === undefined ? undefined : httpAnswers(http, options, health);
  const own = grpc?.ports ?? (http === undefined ? options.ports : []);
  const grpcPorts = grpc === undefined ? [] : portsOf(grpc.portFlag, own, options);
  const others = (http?.ports ?? options.ports).filter((port) => !grpcPorts.includes(port));
  const all = new Set([...portsOf(http?.portFlag, others, options), ...grpcPorts]);
  const { clock, net } = options.process;
  for (const port of all) {
    const isGrpc = grpcPorts.includes(port);
    try {
      net.listen(port, 'tcp', (connection) => {
        if (connection.protocol === 'grpc') {
          if (isGrpc && health !== undefined) serveHealth(connection, health, clock);
          else connection.close();
        } else if (isGrpc || answer === undefined) {
          // A protocol that is not modelled: whoever speaks it is hung up on.
          connection.onMessage(() => connection.close());
        } else if (connection.protocol === 'tcp') serveHttp1Connection(connection, answer);
        else serveHttpConnection(connection, answer);
      });
    } catch {
      return `bind() to 0.0.0.0:${port} failed (98: Address already in use)`;
    }
  }
  return undefined;
}

function portsOf(
  flag: string | undefined,
  ports: readonly number[],
  { argv }: ServiceOptions,
): readonly number[] {
  const given = flag === undefined ? undefined : portOfFlag(argv, flag);
  return given === undefined ? ports : [given];
}
