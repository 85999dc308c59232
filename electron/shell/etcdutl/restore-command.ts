import type { FlagSpec } from '../kubectl/flags.ts';
import { ExitError, exitCode } from '../etcdctl/errors.ts';
import type { CommandSpec } from '../etcdctl/interface.ts';
import { openError, type Session } from '../etcdctl/session.ts';
import { hexId } from '../etcdctl/print/go-text.ts';
import { clusterOf, type RestoredCluster } from './membership.ts';
import { restoreFiles } from './restore.ts';
import { zapLine } from './zap-line.ts';

export const restoreFlags: readonly FlagSpec[] = [
  { name: 'bump-revision', kind: 'int', initial: '0', help: { en: 'raise the newest revision by so much', 'pt-BR': 'aumenta a última revisão em tanto' } },
  { name: 'data-dir', kind: 'string', help: { en: 'directory to make', 'pt-BR': 'diretório a criar' } },
  { name: 'initial-advertise-peer-urls', kind: 'string', initial: 'http://localhost:2380', help: { en: "this member's URLs for the others", 'pt-BR': 'URLs deste membro para os outros' } },
  { name: 'initial-cluster', kind: 'string', initial: 'default=http://localhost:2380', help: { en: 'all members: name=URL, separated by commas', 'pt-BR': 'todos os membros: nome=URL, separados por vírgulas' } },
  { name: 'initial-cluster-token', kind: 'string', initial: 'etcd-cluster', help: { en: 'makes the new cluster another than the old one', 'pt-BR': 'faz o novo cluster ser outro que o antigo' } },
  { name: 'initial-memory-map-size', kind: 'int', initial: '0', help: { en: 'accepted, without effect', 'pt-BR': 'aceita, sem efeito' } },
  { name: 'mark-compacted', kind: 'bool', help: { en: 'forget the history before the newest revision (with --bump-revision)', 'pt-BR': 'esquece o histórico anterior à última revisão (com --bump-revision)' } },
  { name: 'name', kind: 'string', initial: 'default', help: { en: 'name of this member', 'pt-BR': 'nome deste membro' } },
  { name: 'skip-hash-check', kind: 'bool', help: { en: "do not check the file's checksum (needed for a copied database)", 'pt-BR': 'não verifica a soma do arquivo (necessário para um banco copiado)' } },
  { name: 'wal-dir', kind: 'string', help: { en: 'directory of the write-ahead log; default below --data-dir', 'pt-BR': 'diretório do log (WAL); padrão abaixo de --data-dir' } },
]; // prettier-ignore

/** `snapshot restore FILE`, of etcdutl and etcdctl. */
export const runRestore: NonNullable<CommandSpec['run']> = async (session, flags, args) => {
  if (args.length !== 1)
    throw new ExitError(exitCode.badArgs, 'snapshot restore requires exactly one argument');
  const [path] = args as [string];
  const bumpRevision = flags.number('bump-revision');
  const markCompacted = flags.bool('mark-compacted');
  if (bumpRevision < 0)
    throw new ExitError(
      exitCode.badArgs,
      `invalid argument "${bumpRevision}" for "--bump-revision" flag: strconv.ParseUint: parsing "${bumpRevision}": invalid syntax`,
    );
  if (markCompacted !== bumpRevision > 0) {
    throw new ExitError(exitCode.badArgs, '--mark-compacted required if --revision-bump > 0');
  }
  const name = flags.string('name');
  const cluster = clusterOf({
    name,
    initialCluster: flags.string('initial-cluster'),
    initialClusterToken: flags.string('initial-cluster-token'),
    initialAdvertisePeerUrls: flags.string('initial-advertise-peer-urls'),
  });
  const dataDir =
    flags.string('data-dir') === '' ? `${name}.etcd` : flags.string('data-dir').replace(/(.)\/+$/, '$1');
  const { fs } = session.io;
  await mustBeFree(session, dataDir);
  const walDir = flags.string('wal-dir') === '' ? `${dataDir}/member/wal` : flags.string('wal-dir');
  if (flags.string('wal-dir') !== '' && (await fs.exists(session.io.path(walDir)))) {
    throw new ExitError(exitCode.error, `wal-dir ${JSON.stringify(walDir)} exists`);
  }
  const snapDir = `${dataDir}/member/snap`;
  const about = { path, 'wal-dir': walDir, 'data-dir': dataDir, 'snap-dir': snapDir };
  await log(session, 'snapshot/v3_snapshot.go:305', 'restoring snapshot', about);
  let bytes: Uint8Array;
  try {
    bytes = await fs.readFile(session.io.path(path));
  } catch (error) {
    throw new ExitError(exitCode.error, openError(path, error));
  }
  const files = restoreFiles(bytes, {
    cluster,
    skipHashCheck: flags.bool('skip-hash-check'),
    bumpRevision,
    markCompacted,
    version: session.version,
  });
  await logMembers(session, cluster);
  for (const folder of [snapDir, walDir]) await fs.mkdir(session.io.path(folder), { recursive: true });
  for (const [file, content] of files) {
    const target = file.startsWith('wal/') ? `${walDir}/${file.slice(4)}` : `${dataDir}/member/${file}`;
    await fs.writeFile(session.io.path(target), content, 0o600);
  }
  await log(session, 'snapshot/v3_snapshot.go:333', 'restored snapshot', about);
};

/** Nothing is ever written over. @throws ExitError */
async function mustBeFree(session: Session, dataDir: string): Promise<void> {
  const { fs } = session.io;
  const path = session.io.path(dataDir);
  if (!(await fs.exists(path))) return;
  if (session.version === '3.4')
    throw new ExitError(exitCode.error, `data-dir ${JSON.stringify(dataDir)} exists`);
  const names = await fs.readdir(path).catch(() => ['?']);
  if (names.length > 0) {
    throw new ExitError(exitCode.error, `data-dir ${JSON.stringify(dataDir)} not empty or could not be read`);
  }
}

async function logMembers(session: Session, cluster: RestoredCluster): Promise<void> {
  for (const member of cluster.members) {
    await log(session, 'membership/cluster.go:421', 'added member', {
      'cluster-id': hexId(cluster.id),
      'local-member-id': '0',
      'added-peer-id': hexId(member.id),
      'added-peer-peer-urls': member.peerUrls,
    });
  }
}

function log(
  session: Session,
  caller: string,
  message: string,
  fields: Readonly<Record<string, unknown>>,
): Promise<void> {
  return session.io.stderr.write(zapLine(caller, message, fields));
}
