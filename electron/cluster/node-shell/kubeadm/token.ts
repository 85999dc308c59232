import { firstPemBlock } from '../../../base/x509/pem.ts';
import { parseCertificate } from '../../../base/x509/certificate.ts';
import {
  BOOTSTRAP_TOKEN_PREFIX,
  BOOTSTRAP_TOKEN_TYPE,
  bootstrapTokenLeft,
  bootstrapTokenOf,
  parseBootstrapToken,
} from '../../api/core/v1/secret/bootstrap-token.ts';
import type { Secret } from '../../api/types.ts';
import { decodeBase64, encodeBase64 } from '../../apimachinery/base64.ts';
import { parseGoDuration } from '../../apimachinery/duration.ts';
import { isAlreadyExists, isNotFound } from '../../client/api-errors.ts';
import { readClientConfig } from '../../client/kubeconfig.ts';
import { NetworkApiClient } from '../../client/network-api-client.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import type { CommandContext } from '../interface.ts';
import { CommandError } from '../interface.ts';
import { parseOptions } from '../commands/options.ts';

const ADMIN = '/etc/kubernetes/admin.conf';
const CA = '/etc/kubernetes/pki/ca.crt';
const STACK_TRACE = 'To see the stack trace of this error execute with --v=5 or higher\n';
const DAY = 24 * 3_600_000;
const GROUPS = 'system:bootstrappers:kubeadm:default-node-token';
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

const text = (data: Readonly<Record<string, string>> | undefined, field: string): string =>
  new TextDecoder().decode(decodeBase64(data?.[field] ?? ''));

/** `kubeadm token generate|create|list|delete`. Models cmd/kubeadm/app/cmd/token.go (v1.34). */
export async function kubeadmToken(args: readonly string[], context: CommandContext): Promise<number> {
  const [verb, ...rest] = args;
  switch (verb) {
    case 'generate':
      context.out(`${newToken(context)}\n`);
      return 0;
    case 'create':
      return create(rest, context);
    case 'list':
      return list(context);
    case 'delete':
      return remove(rest, context);
    default:
      throw new CommandError(`invalid subcommand ${JSON.stringify(verb ?? '')}\n${STACK_TRACE}`);
  }
}

function newToken({ process }: CommandContext): string {
  return `${process.rand.string(6, LETTERS)}.${process.rand.string(16, LETTERS)}`;
}

function secrets({ process, machine }: CommandContext) {
  if (!machine.files.exists(ADMIN))
    throw new CommandError(
      `failed to load admin kubeconfig: open ${ADMIN}: no such file or directory\n${STACK_TRACE}`,
    );
  const config = readClientConfig(machine.files, ADMIN, 'kubeadm');
  const client = new NetworkApiClient(process, process.net, config).resource<Secret>(
    resourceTypes.secrets,
    'kube-system',
  );
  return { client, server: config.server };
}

async function create(args: readonly string[], context: CommandContext): Promise<number> {
  const { flags, values, rest } = parseOptions('kubeadm', args, {
    flags: { '--print-join-command': 'join' },
    values: {
      '--ttl': 'ttl',
      '--description': 'description',
      '--kubeconfig': 'kubeconfig',
      '--usages': 'usages',
      '--groups': 'groups',
    },
  });
  const token = rest[0] ?? newToken(context);
  const parsed = parseBootstrapToken(token);
  if (parsed === undefined)
    throw new CommandError(
      `error: the bootstrap token ${JSON.stringify(token)} was not of the form "\\\\A([a-z0-9]{6})\\\\.([a-z0-9]{16})\\\\z"\n${STACK_TRACE}`,
    );
  const ttl = duration(values.get('ttl') ?? '24h');
  const usages = (values.get('usages') ?? 'signing,authentication').split(',');
  const { client, server } = secrets(context);
  const now = context.process.clock.now();
  const data: Record<string, string> = {
    'token-id': parsed.id,
    'token-secret': parsed.secret,
    'auth-extra-groups': values.get('groups') ?? GROUPS,
    ...(ttl === 0 ? {} : { expiration: `${new Date(now + ttl).toISOString().slice(0, 19)}Z` }),
    ...(values.has('description') ? { description: values.get('description') ?? '' } : {}),
    ...Object.fromEntries(usages.map((usage) => [`usage-bootstrap-${usage}`, 'true'])),
  };
  try {
    await client.create({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: `${BOOTSTRAP_TOKEN_PREFIX}${parsed.id}`, namespace: 'kube-system' },
      type: BOOTSTRAP_TOKEN_TYPE,
      data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encodeBase64(value)])),
    });
  } catch (error) {
    if (isAlreadyExists(error))
      throw new CommandError(`a token with id ${JSON.stringify(parsed.id)} already exists\n${STACK_TRACE}`);
    throw failed(error);
  }
  if (flags.has('join'))
    context.out(
      `kubeadm join ${server.replace('https://', '')} --token ${token} --discovery-token-ca-cert-hash sha256:${publicKeyHash(context)} \n`,
    );
  else context.out(`${token}\n`);
  return 0;
}

/** SHA-256 of the authority's public key, as those who join check it. */
function publicKeyHash({ machine }: CommandContext): string {
  const block = machine.files.exists(CA) ? firstPemBlock(machine.files.read(CA)) : undefined;
  if (block === undefined) throw new CommandError(`open ${CA}: no such file or directory\n${STACK_TRACE}`);
  return parseCertificate(block.bytes).publicKeyHash;
}

async function list(context: CommandContext): Promise<number> {
  const { client } = secrets(context);
  const now = context.process.clock.now();
  let items;
  try {
    ({ items } = await client.list({ fieldSelector: `type=${BOOTSTRAP_TOKEN_TYPE}` }));
  } catch (error) {
    throw failed(error);
  }
  const rows = [['TOKEN', 'TTL', 'EXPIRES', 'USAGES', 'DESCRIPTION', 'EXTRA GROUPS']];
  for (const secret of items) {
    const token = bootstrapTokenOf(secret);
    if (token === undefined) continue;
    const left = bootstrapTokenLeft(token, now);
    const usages = [token.isForAuthentication ? 'authentication' : '', token.isForSigning ? 'signing' : ''];
    const description = text(secret.data, 'description');
    rows.push([
      `${token.id}.${token.secret}`,
      left === undefined ? '<forever>' : left === 0 ? '<invalid>' : short(left),
      token.expires === undefined ? '<never>' : `${new Date(token.expires).toISOString().slice(0, 19)}Z`,
      usages.filter((usage) => usage !== '').join(','),
      description === '' ? '<none>' : description,
      text(secret.data, 'auth-extra-groups') || '<none>',
    ]);
  }
  if (rows.length === 1) return 0;
  const widths = (rows[0] ?? []).map(
    (_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)) + 3,
  );
  for (const row of rows)
    context.out(
      `${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('')}\n`,
    );
  return 0;
}

async function remove(args: readonly string[], context: CommandContext): Promise<number> {
  if (args.length === 0)
    throw new CommandError(
      `missing subcommand; "token delete" is missing token of form "\\\\A([a-z0-9]{6})\\\\z"\n${STACK_TRACE}`,
    );
  const { client } = secrets(context);
  for (const given of args) {
    const id = parseBootstrapToken(given)?.id ?? given;
    if (!/^[a-z0-9]{6}$/.test(id))
      throw new CommandError(
        `given token ${JSON.stringify(given)} didn't match pattern "\\\\A([a-z0-9]{6})\\\\z" or "\\\\A([a-z0-9]{6})\\\\.([a-z0-9]{16})\\\\z"\n${STACK_TRACE}`,
      );
    try {
      await client.delete(`${BOOTSTRAP_TOKEN_PREFIX}${id}`);
    } catch (error) {
      if (isNotFound(error))
        throw new CommandError(
          `failed to delete bootstrap token ${JSON.stringify(id)}: secrets "${BOOTSTRAP_TOKEN_PREFIX}${id}" not found\n${STACK_TRACE}`,
        );
      throw failed(error);
    }
    context.out(`bootstrap token ${JSON.stringify(id)} deleted\n`);
  }
  return 0;
}

function failed(error: unknown): CommandError {
  return new CommandError(`${error instanceof Error ? error.message : String(error)}\n${STACK_TRACE}`);
}

function duration(written: string): number {
  const parsed = written === '0' ? 0 : parseGoDuration(written);
  if (parsed === undefined)
    throw new CommandError(
      `invalid argument ${JSON.stringify(written)} for "--ttl" flag: time: invalid duration ${JSON.stringify(written)}\n${STACK_TRACE}`,
    );
  return parsed;
}

/** Models apimachinery's duration.ShortHumanDuration. */
function short(ms: number): string {
  if (ms < 60_000) return `${Math.floor(ms / 1000)}s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)}m`;
  return ms < DAY ? `${Math.floor(ms / 3_600_000)}h` : `${Math.floor(ms / DAY)}d`;
}
