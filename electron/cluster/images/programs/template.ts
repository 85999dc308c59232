import type { ProcessContext } from '../../machine/interface.ts';
import type { HttpExchange } from '../../network/http.ts';
import type { ContainerWorld } from '../container/interface.ts';

/** Whose texts they are. */
export interface Speaker {
  readonly process: ProcessContext;
  readonly world: ContainerWorld;
  readonly argv: readonly string[];
  readonly env: ReadonlyMap<string, string>;
}

const PLACE = /\{\{(\w+)(?: ([^}|]*))?(?:\|([^}]*))?\}\}/g;

function flagOf(argv: readonly string[], flag: string): string | undefined {
  for (const [index, word] of argv.entries()) {
    if (word.startsWith(`${flag}=`)) return word.slice(flag.length + 1);
    if (word === flag) return argv[index + 1];
  }
  return undefined;
}

function requestLines({ request }: HttpExchange): string {
  const headers = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}\n`);
  return `${request.method} ${request.target} HTTP/1.1\n${headers.join('')}`;
}

/**
 * Fills in what a text of an image asks for: `{{hostname}}`, `{{ip}}`, `{{time}}`, `{{env NAME|otherwise}}`, `{{flag --x|otherwise}}`,
 * and in the body of an answer `{{request}}`, `{{path}}`, `{{query NAME|otherwise}}`, `{{client}}`. Others stay as they are.
 */
export function fillIn(
  text: string,
  { process, world, argv, env }: Speaker,
  exchange?: { readonly http: HttpExchange; readonly client: string },
): string {
  if (!text.includes('{{')) return text;
  return text.replace(PLACE, (all, name: string, argument = '', otherwise = '') => {
    switch (name) {
      case 'hostname':
        return world.hostname || process.machine.name;
      case 'ip':
        return process.ip;
      case 'time':
        return new Date(process.clock.now()).toISOString();
      case 'env':
        return env.get(argument) ?? otherwise;
      case 'flag':
        return flagOf(argv, argument) ?? otherwise;
      case 'request':
        return exchange === undefined ? all : requestLines(exchange.http);
      case 'path':
        return exchange?.http.request.target.split('?')[0] ?? all;
      case 'client':
        return exchange?.client ?? all;
      case 'query': {
        if (exchange === undefined) return all;
        const query = exchange.http.request.target.split('?')[1] ?? '';
        return new URLSearchParams(query).get(argument) ?? otherwise;
      }
      default:
        return all;
    }
  });
}

/** The port that an argument gives: `--port=8080`, `-listen :8080`. Undefined when it gives none. */
export function portOfFlag(argv: readonly string[], flag: string): number | undefined {
  const port = Number(/(\d+)$/.exec(flagOf(argv, flag) ?? '')?.[1]);
  return port >= 1 && port <= 65_535 ? port : undefined;
}
