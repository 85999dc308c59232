import { interruptCode } from '../../exec/control-flow.ts';
import type { Command, CommandIo } from '../../interface.ts';
import { parseOptions, type ParsedOptions } from '../../tools/options.ts';
import { CurlError, UNTRUSTED } from './curl-error.ts';
import { Transfer, type Resolved } from './transfer.ts';

const long: Readonly<Record<string, string>> = {
  insecure: 'k',
  'cacert:': 'C',
  'cert:': 'E',
  'key:': 'K',
  'header:': 'H',
  'request:': 'X',
  'data:': 'd',
  'data-binary:': 'B',
  'data-raw:': 'R',
  include: 'i',
  silent: 's',
  'show-error': 'S',
  fail: 'f',
  'fail-with-body': 'F',
  'output:': 'o',
  'remote-name': 'O',
  verbose: 'v',
  'no-buffer': 'N',
  'write-out:': 'w',
  'user:': 'u',
  'max-time:': 'm',
  'connect-timeout:': 't',
  head: 'I',
  location: 'L',
  'user-agent:': 'A',
  get: 'G',
  'json:': 'j',
  'resolve:': 'r',
  'retry:': 'y',
  'http1.1': '1',
  http2: '2',
};

/** `curl` over HTTP and HTTPS, with the texts of 7.88. Reaches this computer's loopback and the machines of the lab. */
export const curl: Command = {
  name: 'curl',
  summary: { en: 'Talk HTTP to the cluster', 'pt-BR': 'Fala HTTP com o cluster' },
  async run(io) {
    const options = parseOptions(io.argv, 'kH:X:d:isSfo:Ovw:u:m:NILA:GE:#', long);
    const misused = misuse(options);
    if (misused !== undefined) {
      await io.stderr.write(misused);
      return 2;
    }
    let resolved: Resolved;
    try {
      resolved = readResolve(options);
    } catch (error) {
      return fail(io, options, error);
    }
    let code = 0;
    for (const typed of options.operands) {
      try {
        code = await new Transfer(io, options, resolved).run(typed);
      } catch (error) {
        code = await fail(io, options, error);
      }
    }
    return code;
  },
};

async function fail(io: CommandIo, options: ParsedOptions, error: unknown): Promise<number> {
  if (io.signal.aborted) return interruptCode(io.signal);
  if (!(error instanceof CurlError)) throw error;
  if (!options.has('s') || options.has('S'))
    await io.stderr.write(
      `curl: (${String(error.code)}) ${error.message}\n${error.code === 60 ? UNTRUSTED : ''}`,
    );
  return error.code;
}

/** What curl says of a command line that it does not understand. */
function misuse(options: ParsedOptions): string | undefined {
  const manual = "curl: try 'curl --help' for more information\n";
  if (options.problem !== undefined) {
    const text = options.problem
      .replace(/^curl: unrecognized option '(.*)'/, 'curl: option $1: is unknown')
      .replace(/invalid option -- '(.*)'/, 'option -$1: is unknown')
      .replace(/option '(.*)' requires an argument/, 'option $1: requires parameter')
      .replace(/option requires an argument -- '(.*)'/, 'option -$1: requires parameter');
    return `${text}\n${manual}`;
  }
  for (const [letter, name] of [
    ['m', '-m'],
    ['t', '--connect-timeout'],
  ] as const) {
    const value = options.last(letter);
    if (value !== undefined && !/^\d+(\.\d+)?$/.test(value))
      return `curl: option ${name}: expected a proper numerical parameter\n${manual.replace("'curl --help'", "'curl --help' or 'curl --manual'")}`;
  }
  return options.operands.length === 0 ? `curl: (2) no URL specified\n${manual}` : undefined;
}

/** @throws CurlError 49 */
function readResolve(options: ParsedOptions): Resolved {
  const resolved = new Map<string, string>();
  for (const entry of options.values.get('r') ?? []) {
    const [, host, port, addresses] = /^\+?([^:]+):(\d+):(.+)$/.exec(String(entry)) ?? [];
    if (host === undefined || port === undefined || addresses === undefined)
      throw new CurlError(49, `Couldn't parse CURLOPT_RESOLVE entry '${String(entry)}'`);
    resolved.set(`${host.toLowerCase()}:${port}`, (addresses.split(',')[0] ?? '').replace(/^\[|\]$/g, ''));
  }
  return resolved;
}
