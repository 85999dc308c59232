import { describe, expect, it } from 'vitest';
import { completions } from './completions.ts';
import { etcdctlProgram } from './program.ts';
import { runInMemory, type RunOptions } from './testing/memory-io.testing.ts';

const run = (line: string, options: RunOptions = {}) =>
  runInMemory(etcdctlProgram, line === '' ? [] : line.split(' '), options);
const old = { LEME_ETCDCTL_VERSION: '3.4' };

describe('a command line that is wrong', () => {
  // As recorded from a stock client: text and exit code.
  it.each([
    ['put', 128, 'put command needs 1 argument and input from stdin or 2 arguments'],
    [
      'put a b --lease=zz',
      128,
      'bad lease ID (strconv.ParseInt: parsing "zz": invalid syntax), expecting ID in Hex',
    ],
    ['put a b --ignore-value', 128, "put command needs only 1 argument when 'ignore-value' is set"],
    ['get', 128, 'get command needs one argument as key and an optional argument as range_end'],
    ['get a -w bad', 4, 'unsupported output format'],
    ['get a --consistency=x', 4, 'unknown consistency flag "x"'],
    ['get a --sort-by=nope', 4, 'bad sort target nope'],
    ['get a --order=nope', 4, 'bad sort order nope'],
    [
      'get a b --prefix',
      128,
      'too many arguments, only accept one argument when `--prefix` or `--from-key` is set',
    ],
    [
      'del a --prefix --from-key',
      128,
      '`--prefix` and `--from-key` cannot be set at the same time, choose one',
    ],
    ['lease grant x', 128, 'bad TTL (strconv.ParseInt: parsing "x": invalid syntax)'],
    [
      'lease revoke zz',
      128,
      'bad lease ID arg (strconv.ParseInt: parsing "zz": invalid syntax), expecting ID in Hex',
    ],
    ['compaction x', 1, 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['watch', 128, 'bad number of arguments'],
    ['watch a --', 128, 'bad number of arguments (found separator --, but no commands)'],
    ['txn x', 128, 'txn command does not accept argument'],
    ['member add m9', 128, 'member peer urls not provided'],
    ['member add m9 --peer-urls=x', 1, 'URL scheme must be http, https, unix, or unixs: x'],
    [
      'member remove xyz',
      128,
      'bad member ID arg (strconv.ParseUint: parsing "xyz": invalid syntax), expecting ID in Hex',
    ],
    ['move-leader zz', 128, 'strconv.ParseUint: parsing "zz": invalid syntax'],
    ['role grant-permission r bad k', 128, 'invalid permission type: bad'],
    ['role grant-permission r read k e --prefix', 128, 'unexpected endkey argument with --prefix flag'],
    ['elect boss', 128, 'no proposal argument but -l not set'],
    ['lock', 128, 'lock takes a lock name argument and an optional command to execute'],
    ['check perf --load=q', 4, 'unknown load option q'],
    ['snapshot save', 128, 'snapshot save expects one argument'],
    ['get a --cert x', 128, 'KeyFile and CertFile must both be present[key: , cert: x]'],
    ['get a --cacert /none', 128, 'open /none: no such file or directory'],
    ['--cert= get a', 128, 'empty string is passed to --cert option'],
  ])('%s', async (line, code, text) => {
    expect(await run(line)).toMatchObject({ code, stdout: '', stderr: `Error: ${text}\n` });
  });

  it('names the flag, shows the usage, and says it again', async () => {
    const { code, stdout, stderr } = await run('get a --frob');
    expect(code).toBe(1);
    expect(stderr).toBe('Error: unknown flag: --frob\n\nError: unknown flag: --frob\n');
    expect(stdout).toMatch(
      /^NAME:\n\tget - Reads a key or a range of keys\n\nUSAGE:\n\tetcdctl get \[options\] <key> \[range_end\] \[flags\]\n/,
    );
  });

  it('names commands that are alike', async () => {
    const said = 'Error: unknown command "gett" for "etcdctl"\n\nDid you mean this?\n\tget\n\n';
    expect(await run('gett')).toMatchObject({
      code: 1,
      stderr: `${said}Run 'etcdctl --help' for usage.\n${said}`,
    });
    expect((await run('lease frob')).code).toBe(0);
  });
});

describe('what a version has', () => {
  it('is 3.6, unless the environment asks for 3.4', async () => {
    expect((await run('version')).stdout).toBe('etcdctl version: 3.6.4\nAPI version: 3.6\n');
    expect((await run('version', { env: old })).stdout).toBe('etcdctl version: 3.4.23\nAPI version: 3.4\n');
    expect((await run('get a --count-only', { env: old })).stderr).toMatch(
      /^Error: unknown flag: --count-only\n/,
    );
    expect((await run('get a --count-only --keys-only')).stderr).toBe(
      'Error: `--keys-only` and `--count-only` cannot be set at the same time, choose one\n',
    );
  });

  it('takes flags from the environment, and refuses one that is given twice', async () => {
    const env = { ETCDCTL_WRITE_OUT: 'bad' };
    expect((await run('get a', { env })).stderr).toBe('Error: unsupported output format\n');
    const twice = await run('get a --endpoints=x', { env: { ETCDCTL_ENDPOINTS: 'y' } });
    expect(twice.code).toBe(1);
    expect(JSON.parse(twice.stderr)).toMatchObject({
      level: 'fatal',
      msg: 'conflicting environment variable is shadowed by corresponding command-line flag (either unset environment variable or disable flag)',
      'environment-variable': 'ETCDCTL_ENDPOINTS',
    });
    const api = await run('version', { env: { ETCDCTL_API: '3' } });
    expect(JSON.parse(api.stderr)).toMatchObject({
      msg: 'unrecognized environment variable',
      'environment-variable': 'ETCDCTL_API=3',
    });
    expect((await run('version', { env: { ...old, ETCDCTL_API: '3' } })).stderr).toBe('');
  });

  it('has help in both languages', async () => {
    const pt = await run('lease --help', { env: { LANG: 'pt_BR.UTF-8' } });
    expect(pt.stdout).toContain('\tlease - Leases: chaves que vivem só por um tempo\n');
    expect((await run('help lease grant')).stdout).toContain(
      '\tlease grant - Creates a lease of so many seconds\n',
    );
  });
});

describe('a transaction that is wrong', () => {
  it.each([
    ['bogus("a") = "0"\n', 3, 'malformed comparison: bogus("a") = "0" (unknown target bogus)'],
    ['value(a) = "0"\n', 3, 'malformed comparison: value(a) = "0"; got value("")  ""'],
    ['value("a")\n', 3, 'malformed comparison: value("a"); got value("a")  ""'],
    [
      'version("a") = "x"\n',
      3,
      'invalid txn compare request: version("a") = "x" (strconv.ParseInt: parsing "x": invalid syntax)',
    ],
    ['\nfrob a\n', 3, 'invalid txn request: frob a'],
    ['\nput a\n', 128, 'put command needs 1 argument and input from stdin or 2 arguments'],
    ['', 3, 'EOF'],
    ['value("a") = "1"', 3, 'EOF'],
  ])('%j', async (stdin, code, text) => {
    expect(await run('txn', { stdin })).toMatchObject({ code, stdout: '', stderr: `Error: ${text}\n` });
  });

  it('of leases ends the client of 3.4', async () => {
    const stdin = 'lease("a") = "0"\n\n\n\n';
    expect(await run('txn', { stdin, env: old })).toMatchObject({ code: 2, stderr: 'panic: bad value\n' });
  });
});

it('completes commands, flags and values', () => {
  const complete = (...words: string[]) =>
    completions(etcdctlProgram, ['etcdctl', ...words], words.length, {});
  expect(complete('lease', '')).toEqual(['grant', 'keep-alive', 'list', 'revoke', 'timetolive']);
  expect(complete('get', '--sort-by', '')).toEqual(['CREATE', 'KEY', 'MODIFY', 'VALUE', 'VERSION']);
  expect(complete('get', '-w', '')).toEqual(['fields', 'json', 'protobuf', 'simple', 'table']);
  expect(complete('endpoint', 'status', '--cl')).toContain('--cluster');
  expect(complete('watch', 'a', '--', 'e')).toEqual([]);
});

it('says when nobody answers, with the reason in its log', async () => {
  const { code, stderr } = await run('--endpoints=127.0.0.1:1 --command-timeout=2s get a');
  expect(code).toBe(1);
  const [log, error] = stderr.trimEnd().split('\n') as [string, string];
  expect(error).toBe('Error: context deadline exceeded');
  expect(JSON.parse(log)).toMatchObject({
    level: 'warn',
    msg: 'retrying of unary invoker failed',
    method: '/etcdserverpb.KV/Range',
    error:
      'rpc error: code = DeadlineExceeded desc = latest balancer error: last connection error: connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:1: connect: connection refused"',
  });
});
