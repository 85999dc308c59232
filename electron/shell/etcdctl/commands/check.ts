import type { FlagSet, FlagSpec } from '../../kubectl/flags.ts';
import { dialer } from '../client/dial.ts';
import type { EtcdClient } from '../client/etcd-client.ts';
import type { DeleteRangeResponse, RangeResponse } from '../client/messages.ts';
import { CallError, ExitError, exitCode } from '../errors.ts';
import type { CommandSpec } from '../interface.ts';
import { goQuote } from '../print/go-text.ts';
import { prefixEnd } from '../range.ts';
import type { Session } from '../session.ts';
import { LoadReport } from './load-report.ts';

interface PerfLoad {
  /** Writes a second. */
  readonly limit: number;
  readonly clients: number;
  readonly seconds: number;
}

// The loads are upstream's (etcdctl/ctlv3/command/check.go).
const perfLoads: Readonly<Record<string, PerfLoad>> = {
  s: { limit: 150, clients: 50, seconds: 60 },
  m: { limit: 1000, clients: 200, seconds: 60 },
  l: { limit: 8000, clients: 500, seconds: 60 },
  xl: { limit: 15_000, clients: 1000, seconds: 60 },
};
const scaleLoads: Readonly<
  Record<string, { readonly limit: number; readonly size: number; readonly clients: number }>
> = {
  s: { limit: 10_000, size: 1024, clients: 50 },
  m: { limit: 100_000, size: 1024, clients: 200 },
  l: { limit: 1_000_000, size: 1024, clients: 500 },
  xl: { limit: 3_000_000, size: 1024, clients: 1000 },
};
const aliases: Readonly<Record<string, string>> = {
  s: 's',
  small: 's',
  m: 'm',
  medium: 'm',
  l: 'l',
  large: 'l',
  xl: 'xl',
  xLarge: 'xl',
};

function flagsFor(prefix: string): readonly FlagSpec[] {
  return [
    { name: 'auto-compact', kind: 'bool', help: { en: 'compact afterwards', 'pt-BR': 'compacta depois' } },
    { name: 'auto-defrag', kind: 'bool', help: { en: 'defragment afterwards', 'pt-BR': 'desfragmenta depois' } },
    { name: 'load', kind: 'string', initial: 's', values: ['s', 'm', 'l', 'xl'], help: { en: 'how much: s, m, l or xl', 'pt-BR': 'quanto: s, m, l ou xl' } },
    { name: 'prefix', kind: 'string', initial: prefix, help: { en: 'where the keys go', 'pt-BR': 'onde ficam as chaves' } },
  ]; // prettier-ignore
}

function loadOf<T>(flags: FlagSet, loads: Readonly<Record<string, T>>): T {
  const load = loads[aliases[flags.string('load')] ?? ''];
  if (load === undefined)
    throw new ExitError(exitCode.badFeature, `unknown load option ${flags.string('load')}`);
  return load;
}

/** @throws ExitError when something is below the prefix already */
async function mustBeEmpty(client: EtcdClient, prefix: string, timeout?: number): Promise<void> {
  const key = Buffer.from(prefix);
  const request = { key, range_end: prefixEnd(key), limit: 1 };
  const answer = await client.call<RangeResponse>('Range', request, timeout === undefined ? {} : { timeout });
  if (answer.message.kvs.length > 0) {
    throw new ExitError(
      exitCode.invalidInput,
      `prefix ${goQuote(prefix)} has keys. Delete with etcdctl del --prefix ${prefix} first`,
    );
  }
}

/** A key of `size` bytes that begins differently each time. */
function randomKey(prefix: string, size: number): Buffer {
  const key = Buffer.alloc(prefix.length + size);
  key.write(prefix);
  crypto.getRandomValues(key.subarray(prefix.length, prefix.length + 9));
  return key;
}

/** `clients` workers put values until `next` has no more to give. */
async function putAll(
  client: EtcdClient,
  clients: number,
  next: () => Promise<Buffer | undefined>,
  value: Buffer,
  report: LoadReport,
): Promise<void> {
  const worker = async (): Promise<void> => {
    for (let key = await next(); key !== undefined; key = await next()) {
      const begun = performance.now();
      try {
        await client.call('Put', { key, value });
        report.add(begun, performance.now());
      } catch (error) {
        if (!(error instanceof CallError)) throw error;
        report.fail(error.message);
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, worker));
}

async function cleanUp(session: Session, client: EtcdClient, prefix: string): Promise<void> {
  const key = Buffer.from(prefix);
  const range = { key, range_end: prefixEnd(key) };
  const { message } = await client.call<DeleteRangeResponse>('DeleteRange', range, { timeout: 30_000 });
  const { revision } = message.header;
  if (session.flags.bool('auto-compact')) {
    await session.print(`Compacting with revision ${revision}\n`);
    await client.call('Compact', { revision, physical: true }, { timeout: 30_000 });
    await session.print(`Compacted with revision ${revision}\n`);
  }
  if (!session.flags.bool('auto-defrag')) return;
  for (const endpoint of client.endpoints) {
    await session.print(`Defragmenting ${goQuote(endpoint.text)}\n`);
    await client.call('Defragment', {}, { timeout: 30_000, endpoint });
    await session.print(`Defragmented ${goQuote(endpoint.text)}\n`);
  }
}

async function showErrors(session: Session, report: LoadReport): Promise<void> {
  await session.print('FAIL: too many errors\n');
  for (const [text, count] of report.errors) await session.print(`FAIL: ERROR(${text}) -> ${count}\n`);
}

const perf: CommandSpec = {
  name: 'perf',
  usage: '[options]',
  short: {
    en: 'Writes for a minute and judges the speed',
    'pt-BR': 'Escreve por um minuto e julga a velocidade',
  },
  flags: flagsFor('/etcdctl-check-perf/'),
  async run(session, flags) {
    const load = loadOf(flags, perfLoads);
    const prefix = flags.string('prefix');
    const client = await session.client();
    await mustBeEmpty(client, prefix, load.seconds * 1000);
    const begun = performance.now();
    const end = begun + load.seconds * 1000;
    let handed = 0;
    const next = async (): Promise<Buffer | undefined> => {
      const at = begun + (handed * 1000) / load.limit;
      handed += 1;
      if (at >= end) return undefined;
      const wait = at - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      return session.io.signal.aborted ? undefined : randomKey(prefix, 256);
    };
    const report = new LoadReport();
    await putAll(client, load.clients, next, Buffer.alloc(1024), report);
    if (session.io.signal.aborted) return 130;
    await cleanUp(session, client, prefix);
    return judge(session, report, load.limit);
  },
};

async function judge(session: Session, report: LoadReport, limit: number): Promise<number> {
  let good = true;
  if (report.errors.size > 0) {
    await showErrors(session, report);
    good = false;
  }
  const { perSecond, slowest, deviation } = report.summary();
  const rate = `${Math.floor(perSecond) + 1} writes/s`;
  const check = async (fine: boolean, pass: string, fail: string): Promise<void> => {
    await session.print(fine ? `PASS: ${pass}\n` : `${fail}\n`);
    good &&= fine;
  };
  await check(perSecond / limit > 0.9, `Throughput is ${rate}`, `FAIL: Throughput too low: ${rate}`);
  await check(
    slowest <= 0.5,
    `Slowest request took ${slowest.toFixed(6)}s`,
    `Slowest request took too long: ${slowest.toFixed(6)}s`,
  );
  await check(
    deviation <= 0.1,
    `Stddev is ${deviation.toFixed(6)}s`,
    `Stddev too high: ${deviation.toFixed(6)}s`,
  );
  await session.print(good ? 'PASS\n' : 'FAIL\n');
  return good ? 0 : exitCode.error;
}

const datascale: CommandSpec = {
  name: 'datascale',
  usage: '[options]',
  short: {
    en: 'Writes a lot and looks at the memory it takes',
    'pt-BR': 'Escreve muito e olha a memória que isso toma',
  },
  flags: flagsFor('/etcdctl-check-datascale/'),
  async run(session, flags) {
    const load = loadOf(flags, scaleLoads);
    const prefix = flags.string('prefix');
    const client = await session.client();
    await mustBeEmpty(client, prefix);
    const before = await residentMemory(session);
    if (before === 0) {
      await session.print('FAIL: Could not read process_resident_memory_bytes before the put operations.\n');
      return exitCode.error;
    }
    await session.print(
      `Start data scale check for work load [${load.limit} key-value pairs, ${load.size} bytes per key-value, ${load.clients} concurrent clients].\n`,
    );
    let left = load.limit;
    const next = (): Promise<Buffer | undefined> =>
      Promise.resolve(session.io.signal.aborted || left-- <= 0 ? undefined : randomKey(prefix, 512));
    const report = new LoadReport();
    await putAll(client, load.clients, next, Buffer.alloc(512), report);
    if (session.io.signal.aborted) return 130;
    const after = await residentMemory(session);
    if (after === 0) {
      await session.print('FAIL: Could not read process_resident_memory_bytes after the put operations.\n');
      return exitCode.error;
    }
    await cleanUp(session, client, prefix);
    if (report.errors.size > 0) {
      await showErrors(session, report);
      return exitCode.error;
    }
    await session.print(
      `PASS: Approximate system memory used : ${((after - before) / 1024 / 1024).toFixed(2)} MB.\n`,
    );
    return 0;
  },
};

/** `process_resident_memory_bytes` of the first endpoint's /metrics; 0 when it cannot be had. */
async function residentMemory(session: Session): Promise<number> {
  const endpoint = session.endpoints()[0];
  if (endpoint === undefined) return 0;
  const tls = await session.tls();
  const address = await dialer(session.io.env, session.io.signal)(endpoint);
  const secure = endpoint.scheme === 'https' || (endpoint.scheme === undefined && tls !== undefined);
  // Only here: loading it is a good part of what a short command takes.
  const { request } = secure ? await import('node:https') : await import('node:http');
  const text = await new Promise<string>((resolve, reject) => {
    const options = {
      ...address,
      path: '/metrics',
      headers: { host: `${endpoint.host}:${endpoint.port}` },
      signal: session.io.signal,
      ...(secure
        ? { ...tls, rejectUnauthorized: tls?.skipVerify !== true, checkServerIdentity: () => undefined }
        : {}),
    };
    const call = request(options, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
      answer.on('end', () => resolve(body));
      answer.on('error', reject);
    });
    call.on('error', reject);
    call.end();
  }).catch(async (error: Error) => {
    await session.print(`fetch error: ${error.message}\n`);
    return '';
  });
  return Number(/^process_resident_memory_bytes(?:\{[^}]*\})?\s+(\S+)$/m.exec(text)?.[1] ?? 0);
}

export const check: CommandSpec = {
  name: 'check',
  usage: '<subcommand>',
  short: { en: 'Checks of speed and size', 'pt-BR': 'Verificações de velocidade e tamanho' },
  subcommands: [datascale, perf],
};
