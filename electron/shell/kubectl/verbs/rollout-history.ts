import { KubectlError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { quote } from '../go-format.ts';
import type { JsonObject } from '../json.ts';
import { at, clone, objectAt, removeAt, stringAt, stringsAt } from '../json.ts';
import { dryRunOf, ResultPrinter } from '../mutation.ts';
import type { Found } from '../objects.ts';
import { listObjects } from '../objects.ts';
import { formatSelector } from '../describe/common.ts';
import { templateLines } from '../describe/template.ts';
import type { Deployment, PodTemplateSpec } from '../describe/types.ts';
import { sameTemplate } from '../describe/workloads.ts';
import { DescribeWriter } from '../describe/writer.ts';
import { noPrinter, objectName, objectPrinter } from '../printers/object-printer.ts';
import { TabWriter } from '../printers/tab-writer.ts';
import type { Session } from '../session.ts';
import { patchObject } from '../writes.ts';

const revisionKey = 'deployment.kubernetes.io/revision';
const causeKey = 'kubernetes.io/change-cause';

interface Revision {
  readonly number: number;
  readonly cause: string;
  readonly template: JsonObject;
  readonly object: JsonObject;
}

/** The revisions of a workload: ReplicaSets of a Deployment, ControllerRevisions of the others. Oldest first. */
async function revisionsOf(
  session: Session,
  each: Found,
  what: 'history' | 'rollbacker',
): Promise<Revision[]> {
  const uid = stringAt(each.object, 'metadata', 'uid');
  const deployment = each.mapping.kind === 'Deployment';
  const mapping = (await session.mapper()).find(deployment ? 'replicasets.apps' : 'controllerrevisions.apps');
  if (!mapping || !['Deployment', 'DaemonSet', 'StatefulSet'].includes(each.mapping.kind)) {
    const { group, kind } = each.mapping;
    throw new KubectlError(
      `error retrieving ${what} for ${quote(kind)}, no visitor method exists for {${group} ${kind}}`,
    );
  }
  const selector = formatSelector((each.object as unknown as Deployment).spec?.selector);
  const owned = (await listObjects(session, mapping, each.namespace, { selector })).filter((object) => {
    const owners = at(object, 'metadata', 'ownerReferences');
    return (
      Array.isArray(owners) &&
      owners.some((owner) => at(owner, 'uid') === uid && at(owner, 'controller') === true)
    );
  });
  const found = owned.map((object): Revision => {
    const annotations = stringsAt(object, 'metadata', 'annotations');
    const number = deployment ? Number(annotations[revisionKey] ?? 0) : Number(at(object, 'revision') ?? 0);
    const template = deployment
      ? objectAt(object, 'spec', 'template')
      : objectAt(object, 'data', 'spec', 'template');
    return { number, cause: annotations[causeKey] ?? '', template, object };
  });
  return found.filter((each_) => each_.number > 0).sort((a, b) => a.number - b.number);
}

export async function rolloutHistory(session: Session, flags: FlagSet, each: Found): Promise<void> {
  const revision = flags.number('revision');
  if (revision < 0) throw new KubectlError(`revision must be a positive integer: ${revision}`);
  const revisions = await revisionsOf(session, each, 'history');
  const output = flags.string('output');
  if (output !== '') {
    const printer = await objectPrinter(session, output);
    if (!printer) throw noPrinter(output);
    const chosen = revision > 0 ? revisions.filter((one) => one.number === revision) : revisions;
    for (const one of chosen) await session.out(printer.print(one.object));
    return;
  }
  const [last] = revisions.slice(-1);
  let text: string;
  if (revision > 0) {
    const found = revisions.find((one) => one.number === revision);
    if (!found) throw new KubectlError(`unable to find the specified revision`);
    text = `with revision #${revision}\n${templateText(found)}`;
  } else if (!last) text = '\nNo rollout history found.';
  else {
    const tabs = new TabWriter({ minWidth: 0, padding: 2 });
    tabs.write('REVISION\tCHANGE-CAUSE\n');
    for (const one of revisions) tabs.write(`${one.number}\t${one.cause || '<none>'}\n`);
    text = `\n${tabs.flush()}`;
  }
  await session.out(`${objectName(each.object)} ${text}\n`);
}

/** The template as `describe` shows it, with its change cause among the annotations. */
function templateText(revision: Revision): string {
  const template = clone(revision.template);
  if (revision.cause !== '') {
    template['metadata'] = {
      ...objectAt(template, 'metadata'),
      annotations: { ...objectAt(template, 'metadata', 'annotations'), [causeKey]: revision.cause },
    };
  }
  const out = new DescribeWriter();
  templateLines(out, template as unknown as PodTemplateSpec);
  // Upstream does not align this one.
  return out.raw();
}

export async function rolloutUndo(session: Session, flags: FlagSet, each: Found): Promise<void> {
  const wanted = flags.number('to-revision');
  if (wanted < 0) throw new KubectlError(`revision must be a positive integer: ${wanted}`);
  const revisions = await revisionsOf(session, each, 'rollbacker');
  const dryRun = await dryRunOf(session);
  const printer = await ResultPrinter.make(session, dryRun);
  const target = wanted === 0 ? revisions.at(-2) : revisions.find((one) => one.number === wanted);
  if (!target) {
    if (wanted > 0) throw new KubectlError(`unable to find specified revision ${wanted} in history`);
    throw new KubectlError(
      each.mapping.kind === 'Deployment'
        ? `no rollout history found for deployment ${quote(each.name)}`
        : 'no last revision to roll back to',
    );
  }
  if (at(each.object, 'spec', 'paused') === true) {
    throw new KubectlError(
      `you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again`,
    );
  }
  const current = objectAt(each.object, 'spec', 'template');
  if (sameTemplate(target.template as unknown as PodTemplateSpec, current as unknown as PodTemplateSpec)) {
    await session.out(
      `${objectName(each.object)} skipped rollback (current template already matches revision ${target.number})\n`,
    );
    return;
  }
  if (dryRun === 'client') {
    await session.out(`${objectName(each.object)} ${templateText(target)}`);
    return;
  }
  const template = clone(target.template);
  removeAt(template, ['metadata', 'labels', 'pod-template-hash']);
  removeAt(template, ['$patch']);
  const query = { dryRun: dryRun === 'server' ? 'All' : undefined };
  if (each.mapping.kind === 'Deployment') {
    const annotations = rolledBackAnnotations(each.object, target.object);
    await patchObject(
      session,
      each,
      'json',
      [
        { op: 'replace', path: '/spec/template', value: template },
        { op: 'replace', path: '/metadata/annotations', value: annotations },
      ],
      query,
    );
  } else {
    await patchObject(
      session,
      each,
      'strategic',
      { spec: { template: { ...template, $patch: 'replace' } } },
      query,
    );
  }
  await printer.done(each.object, 'rolled back');
}

const kept = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  revisionKey,
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
]);

/** The Deployment's own bookkeeping stays, everything else comes from the ReplicaSet. */
function rolledBackAnnotations(deployment: JsonObject, replicaSet: JsonObject): JsonObject {
  const annotations: JsonObject = {};
  for (const [key, value] of Object.entries(stringsAt(deployment, 'metadata', 'annotations')))
    if (kept.has(key)) annotations[key] = value;
  for (const [key, value] of Object.entries(stringsAt(replicaSet, 'metadata', 'annotations')))
    if (!kept.has(key)) annotations[key] = value;
  return annotations;
}
