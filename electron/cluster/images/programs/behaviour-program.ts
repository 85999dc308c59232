import type { Behaviour } from '../../../shared/images/behaviour-schema.ts';
import type { ProcessContext, Program } from '../../machine/interface.ts';
import { utf8Decode, utf8Encode } from '../../network/byte-text.ts';
import type { ContainerWorld, Stdio, Tool } from '../container/interface.ts';
import { asService } from './named-behaviours.ts';
import type { ServiceOptions } from './service-program.ts';
import { serviceProgram } from './service-program.ts';

/** Where a program of an image runs. */
export interface BehaviourOptions {
  readonly behaviour: Behaviour;
  readonly world: ContainerWorld;
  /** What the image listens on when the behaviour does not say. */
  readonly ports: readonly number[];
  /** What the image starts without being told; a shell that is started so ends at once. */
  readonly cmd: readonly string[];
  /** The streams of a program that was started beside the main one; without them it writes the container's log. */
  readonly stdio?: Stdio;
}

function behave(behaviour: Behaviour, cmd: readonly string[], options: ServiceOptions): Promise<number> {
  const { argv, say } = options;
  const chosen =
    behaviour.type === 'by-subcommand'
      ? (argv.slice(1).flatMap((word) => behaviour.subcommands[word] ?? [])[0] ?? behaviour.otherwise)
      : behaviour;
  if (chosen.type !== 'shell') return serviceProgram(asService(chosen), options);
  if (argv.length <= 1 || argv.at(-1) === cmd.at(-1)) return Promise.resolve(0);
  say('stderr', `leme: what "${argv.join(' ')}" does is not modelled in this image`);
  return Promise.resolve(127);
}

function sayTo(process: ProcessContext, stdio: Stdio | undefined): ServiceOptions['say'] {
  return (stream, line) => {
    if (stdio !== undefined) stdio[stream].write(utf8Encode(`${line}\n`));
    else if (stream === 'stdout') process.stdout(line);
    else process.stderr(line);
  };
}

/** A program of an image, as far as its behaviour can be seen from outside. */
export function behaviourProgram({ behaviour, world, ports, cmd, stdio }: BehaviourOptions): Program {
  return (process) => {
    const { argv } = process;
    const env = new Map(Object.entries(process.env));
    return behave(behaviour, cmd, { process, world, ports, argv, env, say: sayTo(process, stdio) });
  };
}

/** The same where a shell of the container runs it. What listens already is the main program. */
export function behaviourTool(behaviour: Behaviour): Tool {
  return (task) => {
    const { process, world } = task;
    const argv = task.argv.map(utf8Decode);
    const env = new Map([...task.env].map(([name, value]) => [name, utf8Decode(value)] as const));
    return behave(behaviour, [], { process, world, ports: [], argv, env, say: sayTo(process, task) });
  };
}
