import type { ApiResource } from '../discovery.ts';
import { KubectlError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { isObject, nameOf, namespaceOf, stringAt } from '../json.ts';
import { lastApplied } from '../last-applied.ts';
import type { DryRun, ResultPrinter } from '../mutation.ts';
import { listObjects } from '../objects.ts';
import type { Target } from '../resource-args.ts';
import type { Session } from '../session.ts';
import { deleteObject } from '../writes.ts';

/** What is pruned when `--prune-allowlist` says nothing, namespaced kinds first. */
const usual = [
  'core/v1/ConfigMap',
  'core/v1/Endpoints',
  'core/v1/PersistentVolumeClaim',
  'core/v1/Pod',
  'core/v1/ReplicationController',
  'core/v1/Secret',
  'core/v1/Service',
  'batch/v1/Job',
  'batch/v1/CronJob',
  'networking.k8s.io/v1/Ingress',
  'apps/v1/DaemonSet',
  'apps/v1/Deployment',
  'apps/v1/ReplicaSet',
  'apps/v1/StatefulSet',
  'core/v1/Namespace',
  'core/v1/PersistentVolume',
];

/** Refuses an allowlist that names no kinds of this server, before anything is done. */
export async function checkAllowlist(session: Session, flags: FlagSet): Promise<void> {
  if (flags.list('prune-allowlist').length > 0) await pruned(session, flags);
}

/** Refuses what would prune without a choice. */
export function checkPrune(flags: FlagSet): void {
  if (flags.bool('all') && flags.string('selector') !== '')
    throw new KubectlError('cannot set --all and --selector at the same time');
  if (flags.bool('prune') && flags.bool('server-side'))
    throw new KubectlError(
      "--prune is in alpha and doesn't currently work on objects created by server-side apply",
    );
  if (flags.bool('prune') && !flags.bool('all') && flags.string('selector') === '')
    throw new KubectlError(
      'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
    );
}

async function pruned(session: Session, flags: FlagSet): Promise<ApiResource[]> {
  const mapper = await session.mapper();
  const typed = flags.list('prune-allowlist');
  return (typed.length > 0 ? typed : usual).flatMap((each) => {
    const parts = each.split('/');
    const [group = '', version = '', kind = ''] = parts;
    if (parts.length !== 3)
      throw new KubectlError(`invalid GroupVersionKind format: ${each}, please follow <group/version/kind>`);
    const mapping = mapper.forKind(group === 'core' ? version : `${group}/${version}`, kind);
    if (!mapping && typed.length > 0)
      throw new KubectlError(
        `no matches for kind "${kind}" in version "${group === 'core' ? '' : `${group}/`}${version}"`,
      );
    return mapping ? [mapping] : [];
  });
}

/** Deletes what an earlier `apply` made and the files no longer have. Models cmd/apply/prune.go of kubectl (v1.33). */
export async function prune(
  session: Session,
  flags: FlagSet,
  applied: readonly Target[],
  dryRun: DryRun,
  printer: ResultPrinter,
): Promise<void> {
  const kept = new Set(
    applied.map(
      ({ mapping, namespace, name = '' }) => `${mapping.group} ${mapping.kind} ${namespace} ${name}`,
    ),
  );
  const namespaces = [...new Set(applied.map((each) => each.namespace).filter((each) => each !== ''))].sort();
  const types = await pruned(session, flags);
  const places = [
    ...namespaces.flatMap((namespace) =>
      types.filter((each) => each.namespaced).map((mapping) => ({ mapping, namespace })),
    ),
    ...types.filter((each) => !each.namespaced).map((mapping) => ({ mapping, namespace: '' })),
  ];
  for (const { mapping, namespace } of places) {
    for (const object of await listObjects(session, mapping, namespace, {
      selector: flags.string('selector'),
    })) {
      const annotations = isObject(object['metadata']) ? object['metadata']['annotations'] : undefined;
      if (stringAt(annotations, lastApplied) === '') continue;
      const name = nameOf(object);
      if (kept.has(`${mapping.group} ${mapping.kind} ${namespaceOf(object)} ${name}`)) continue;
      if (dryRun !== 'client')
        await deleteObject(
          session,
          { mapping, namespace, name },
          {
            propagationPolicy: flags.string('cascade') === 'orphan' ? 'Orphan' : 'Background',
            ...(dryRun === 'server' ? { dryRun: ['All'] } : {}),
          },
        );
      await printer.done(object, 'pruned');
    }
  }
}
