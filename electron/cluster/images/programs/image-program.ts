import { serveHttp1Connection } from '../../network/http1-bytes.ts';
import { serveHttpConnection } from '../../network/http-server.ts';
import type { ProcessContext, Program } from '../../machine/interface.ts';
import type { ContainerWorld } from '../container/interface.ts';
import type { Repository } from '../interface.ts';
import { workingSetOf } from '../working-sets.ts';
import { sites } from './http-sites.ts';

/** Listens on the ports of the image. Answers the text of what went wrong. */
function listen(process: ProcessContext, repository: Repository, world: ContainerWorld): string | undefined {
  const site = sites.get(repository.name);
  for (const port of repository.ports) {
    try {
      process.net.listen(port, 'tcp', (connection) => {
        const handle = site;
        // A protocol that is not modelled: whoever speaks it is hung up on.
        if (handle === undefined) connection.onMessage(() => connection.close());
        else if (connection.protocol === 'tcp')
          serveHttp1Connection(connection, (exchange, peer) => handle(exchange, peer, process, world));
        else serveHttpConnection(connection, (exchange, peer) => handle(exchange, peer, process, world));
      });
    } catch {
      return `bind() to 0.0.0.0:${port} failed (98: Address already in use)`;
    }
  }
  return undefined;
}

/** Runs until SIGTERM, then shuts down in `shutdownMs` and ends with `exitCode`. */
function serve(
  process: ProcessContext,
  ready: string,
  shutdownMs: number,
  exitCode: number,
): Promise<number> {
  if (ready !== '') process.stdout(ready);
  return new Promise<number>((resolve) => {
    process.onTerminate(() => void process.clock.setTimeout(() => resolve(exitCode), shutdownMs));
  });
}

/** The main program of an image of the catalogue, as far as its behaviour can be seen from outside. */
export function imageProgram(repository: Repository, world: ContainerWorld): Program {
  const { behaviour, needs } = repository;
  return async (process) => {
    if (needs !== undefined && !needs.oneOf.some((name) => (process.env[name] ?? '') !== '')) {
      process.stderr(needs.text);
      process.stderr(`    You need to specify one of the following: ${needs.oneOf.join(', ')}`);
      return 1;
    }
    switch (behaviour.type) {
      case 'server': {
        const problem = listen(process, repository, world);
        if (problem !== undefined) {
          process.stderr(`[emerg] ${problem}`);
          return 1;
        }
        world.memory.hold(process.pid, workingSetOf(repository.name));
        return serve(process, behaviour.ready, behaviour.shutdownMs, behaviour.exitCode);
      }
      case 'one-shot':
        for (const line of behaviour.lines) process.stdout(line);
        return behaviour.exitCode;
      case 'shell':
        if (process.argv.length <= 1 || process.argv.at(-1) === repository.cmd.at(-1)) return 0;
        process.stderr(`leme: what "${process.argv.join(' ')}" does is not modelled in this image`);
        return 127;
    }
  };
}
