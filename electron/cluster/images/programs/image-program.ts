import type { ProcessContext, Program } from '../../machine/interface.ts';
import type { Repository } from '../interface.ts';

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
export function imageProgram(repository: Repository): Program {
  const { behaviour, needs } = repository;
  return async (process) => {
    if (needs !== undefined && !needs.oneOf.some((name) => (process.env[name] ?? '') !== '')) {
      process.stderr(needs.text);
      process.stderr(`    You need to specify one of the following: ${needs.oneOf.join(', ')}`);
      return 1;
    }
    switch (behaviour.type) {
      case 'server':
        return serve(process, behaviour.ready, behaviour.shutdownMs, behaviour.exitCode);
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
