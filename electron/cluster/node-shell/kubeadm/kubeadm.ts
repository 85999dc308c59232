import { readClientConfig } from '../../client/kubeconfig.ts';
import { NetworkApiClient } from '../../client/network-api-client.ts';
import { AUTHORITIES, CERTIFICATES } from '../../kubeadm/pki/certificate-list.ts';
import { readCertificate, renewCertificate } from '../../kubeadm/pki/pki-files.ts';
import type { CommandContext, MachineCommand } from '../interface.ts';
import { CommandError } from '../interface.ts';
import { kubeadmConfig } from './config.ts';
import { kubeadmInit } from './init.ts';
import { kubeadmJoin } from './join.ts';
import { kubeadmVersion } from './kubeadm-version.ts';
import { kubeadmReset } from './reset.ts';
import { readStoredConfiguration, tellOfReading } from './stored-configuration.ts';
import { kubeadmToken } from './token.ts';

const ADMIN = '/etc/kubernetes/admin.conf';
const STACK_TRACE = 'To see the stack trace of this error execute with --v=5 or higher\n';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `kubeadm certs|config|init|join|reset|token|version`; what else there is says that it is not modelled. Models cmd/kubeadm/app/cmd (v1.34). */
export const kubeadm: MachineCommand = async (args, context) => {
  const [group, verb, ...rest] = args;
  switch (group) {
    case 'certs':
    case 'certificates':
      if (verb === 'check-expiration' && rest.length === 0) return checkExpiration(context);
      if (verb === 'renew' && rest.length === 1) return renew(rest[0] ?? '', context);
      throw new CommandError(`invalid subcommand ${JSON.stringify(rest[0] ?? verb ?? '')}\n${STACK_TRACE}`);
    case 'token':
      return kubeadmToken(args.slice(1), context);
    case 'version': {
      const short = args.includes('-o') && args.includes('short');
      const version = kubeadmVersion(context);
      const [, minor = ''] = /^v1\.(\d+)/.exec(version) ?? [];
      context.out(
        short
          ? `${version}\n`
          : `kubeadm version: &version.Info{Major:"1", Minor:"${minor}", GitVersion:"${version}", Platform:"linux/amd64"}\n`,
      );
      return 0;
    }
    case 'config':
      return kubeadmConfig(args.slice(1), context);
    case 'init':
      return kubeadmInit(args.slice(1), context);
    case 'join':
      return kubeadmJoin(args.slice(1), context);
    case 'reset':
      return kubeadmReset(args.slice(1), context);
    case undefined:
    case 'upgrade':
    case 'kubeconfig':
      throw new CommandError(
        `leme: "kubeadm ${group ?? ''}" is not modelled here; "certs", "config", "init", "join", "reset", "token" and "version" are\n`,
      );
    default:
      throw new CommandError(`invalid subcommand ${JSON.stringify(group)}\n${STACK_TRACE}`);
  }
};

/** kubeadm asks the cluster how it was set up, and goes on without. */
async function readConfiguration(prefix: string, { process, machine, out }: CommandContext): Promise<void> {
  if (!machine.files.exists(ADMIN)) return;
  tellOfReading(prefix, out);
  try {
    const config = readClientConfig(machine.files, ADMIN, 'kubeadm');
    await readStoredConfiguration(new NetworkApiClient(process, process.net, config));
    out('\n');
  } catch {
    // Not there, not allowed, no server: all the same to kubeadm, whose certificates are on the disk.
    out(
      `[${prefix}] Error reading configuration from the Cluster. Falling back to default configuration\n\n`,
    );
  }
}

async function checkExpiration(context: CommandContext): Promise<number> {
  await readConfiguration('check-expiration', context);
  const { files } = context.machine;
  const now = context.process.clock.now();
  const rows = [['CERTIFICATE', 'EXPIRES', 'RESIDUAL TIME', 'CERTIFICATE AUTHORITY', 'EXTERNALLY MANAGED']];
  for (const { name, authority, place } of CERTIFICATES) {
    const found = readCertificate(files, place);
    rows.push(
      found === undefined
        ? [`!MISSING! ${name}`, '', '', '', '']
        : [name, expires(found.notAfter), residual(found.notAfter - now), authority, 'no      '],
    );
  }
  context.out(`${table(rows)}\n`);
  const authorities = [['CERTIFICATE AUTHORITY', 'EXPIRES', 'RESIDUAL TIME', 'EXTERNALLY MANAGED']];
  for (const { name, files: path } of AUTHORITIES) {
    const found = readCertificate(files, { files: path });
    authorities.push(
      found === undefined
        ? [`!MISSING! ${name}`, '', '', '']
        : [name, expires(found.notAfter), residual(found.notAfter - now), 'no      '],
    );
  }
  context.out(table(authorities));
  return 0;
}

async function renew(which: string, context: CommandContext): Promise<number> {
  const all = which === 'all';
  const wanted = CERTIFICATES.filter(({ name }) => all || name === which);
  if (wanted.length === 0)
    throw new CommandError(`invalid subcommand ${JSON.stringify(which)}\n${STACK_TRACE}`);
  await readConfiguration('renew', context);
  const { machine, process, out } = context;
  for (const certificate of wanted) {
    const seed = process.rand.string(64, '0123456789abcdef');
    const found = renewCertificate(machine.files, certificate, process.clock.now(), seed);
    if (!found && !all)
      throw new CommandError(
        `failed to renew certificate ${certificate.name}: the certificate does not exist\n${STACK_TRACE}`,
      );
    out(found ? `${certificate.purpose} renewed\n` : `MISSING! ${certificate.purpose}\n`);
  }
  out(
    '\nDone renewing certificates. You must restart the kube-apiserver, kube-controller-manager, kube-scheduler and etcd, so that they can use the new certificates.\n',
  );
  return 0;
}

/** `Mar 02, 2027 09:00 UTC` */
function expires(time: number): string {
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${MONTHS[date.getUTCMonth()] ?? ''} ${two(date.getUTCDate())}, ${date.getUTCFullYear()} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`;
}

/** Models apimachinery's duration.ShortHumanDuration. */
function residual(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 60) return `${Math.max(seconds, 0)}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 24) return `${hours}h`;
  return hours < 24 * 365 ? `${Math.trunc(hours / 24)}d` : `${Math.trunc(hours / 24 / 365)}y`;
}

/** As Go's tabwriter puts cells: at least ten wide, three blanks between, the last as it is. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(10, ...rows.map((row) => (row[column] ?? '').length + 3)),
  );
  return rows
    .map((row) =>
      row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join(''),
    )
    .map((line) => `${line}\n`)
    .join('');
}
