import { KubectlError } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { quote } from '../go-format.ts';
import type { JsonObject } from '../json.ts';
import { at, listAt, numberAt, stringAt } from '../json.ts';
import type { Found } from '../objects.ts';
import type { Session } from '../session.ts';
import { withDeadline } from '../wait-gone.ts';
import { watchObject } from '../watch-object.ts';

interface Progress {
  readonly text: string;
  readonly done: boolean;
}

/** How far the rollout of an object is. Models kubectl's polymorphichelpers/rollout_status.go. */
export function progressOf(kind: string, object: JsonObject, revision = 0): Progress {
  const name = quote(stringAt(object, 'metadata', 'name'));
  const generation = numberAt(object, 'metadata', 'generation') ?? 0;
  const observed = numberAt(object, 'status', 'observedGeneration') ?? 0;
  const status = (field: string): number => numberAt(object, 'status', field) ?? 0;
  if (kind === 'Deployment') {
    if (revision > 0) {
      const own = Number(stringAt(object, 'metadata', 'annotations', 'deployment.kubernetes.io/revision'));
      if (own !== revision)
        throw new KubectlError(
          `desired revision (${revision}) is different from the running revision (${own})`,
        );
    }
    if (generation > observed)
      return { text: 'Waiting for deployment spec update to be observed...\n', done: false };
    const progressing = listAt(object, 'status', 'conditions').find(
      (each) => stringAt(each, 'type') === 'Progressing',
    );
    if (stringAt(progressing, 'reason') === 'ProgressDeadlineExceeded')
      throw new KubectlError(`deployment ${name} exceeded its progress deadline`);
    const wanted = numberAt(object, 'spec', 'replicas');
    const updated = status('updatedReplicas');
    const waiting = `Waiting for deployment ${name} rollout to finish: `;
    if (wanted !== undefined && updated < wanted)
      return {
        text: `${waiting}${updated} out of ${wanted} new replicas have been updated...\n`,
        done: false,
      };
    if (status('replicas') > updated)
      return {
        text: `${waiting}${status('replicas') - updated} old replicas are pending termination...\n`,
        done: false,
      };
    if (status('availableReplicas') < updated)
      return {
        text: `${waiting}${status('availableReplicas')} of ${updated} updated replicas are available...\n`,
        done: false,
      };
    return { text: `deployment ${name} successfully rolled out\n`, done: true };
  }
  if (kind === 'DaemonSet') {
    if (stringAt(object, 'spec', 'updateStrategy', 'type') !== 'RollingUpdate')
      throw new KubectlError('rollout status is only available for RollingUpdate strategy type');
    if (generation > observed)
      return { text: 'Waiting for daemon set spec update to be observed...\n', done: false };
    const wanted = status('desiredNumberScheduled');
    const waiting = `Waiting for daemon set ${name} rollout to finish: `;
    if (status('updatedNumberScheduled') < wanted)
      return {
        text: `${waiting}${status('updatedNumberScheduled')} out of ${wanted} new pods have been updated...\n`,
        done: false,
      };
    if (status('numberAvailable') < wanted)
      return {
        text: `${waiting}${status('numberAvailable')} of ${wanted} updated pods are available...\n`,
        done: false,
      };
    return { text: `daemon set ${name} successfully rolled out\n`, done: true };
  }
  return statefulSet(object, generation, observed, status);
}

function statefulSet(
  object: JsonObject,
  generation: number,
  observed: number,
  status: (field: string) => number,
): Progress {
  if (stringAt(object, 'spec', 'updateStrategy', 'type') !== 'RollingUpdate')
    throw new KubectlError('rollout status is only available for RollingUpdate strategy type');
  if (observed === 0 || generation > observed)
    return { text: 'Waiting for statefulset spec update to be observed...\n', done: false };
  const replicas = numberAt(object, 'spec', 'replicas') ?? 0;
  if (status('readyReplicas') < replicas)
    return { text: `Waiting for ${replicas - status('readyReplicas')} pods to be ready...\n`, done: false };
  const partition = numberAt(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition');
  if (partition !== undefined && at(object, 'spec', 'replicas') !== undefined && partition > 0) {
    if (status('updatedReplicas') < replicas - partition) {
      return {
        text: `Waiting for partitioned roll out to finish: ${status('updatedReplicas')} out of ${replicas - partition} new pods have been updated...\n`,
        done: false,
      };
    }
    return {
      text: `partitioned roll out complete: ${status('updatedReplicas')} new pods have been updated...\n`,
      done: true,
    };
  }
  const update = stringAt(object, 'status', 'updateRevision');
  if (update !== stringAt(object, 'status', 'currentRevision')) {
    return {
      text: `waiting for statefulset rolling update to complete ${status('updatedReplicas')} pods at revision ${update}...\n`,
      done: false,
    };
  }
  return {
    text: `statefulset rolling update complete ${status('currentReplicas')} pods at revision ${stringAt(object, 'status', 'currentRevision')}...\n`,
    done: true,
  };
}

/** Prints the progress, and on each change until it is done (unless `--watch=false`). */
export async function rolloutStatus(session: Session, flags: FlagSet, each: Found): Promise<void> {
  if (!['Deployment', 'DaemonSet', 'StatefulSet'].includes(each.mapping.kind)) {
    throw new KubectlError(`no status viewer has been implemented for ${each.mapping.kind}`);
  }
  const revision = flags.number('revision');
  if (revision < 0) throw new KubectlError(`revision must be a positive integer: ${revision}`);
  const kind = each.mapping.kind;
  const first = progressOf(kind, each.object, revision);
  await session.out(first.text);
  if (first.done || !flags.bool('watch')) return;
  const outcome = await withDeadline(flags.number('timeout'), async (signal) => {
    let seen = stringAt(each.object, 'metadata', 'resourceVersion');
    for await (const change of watchObject(session, each, signal)) {
      if (change === undefined || change.type === 'DELETED')
        throw new KubectlError('object has been deleted');
      const version = stringAt(change.object, 'metadata', 'resourceVersion');
      if (version === seen) continue;
      seen = version;
      const progress = progressOf(kind, change.object, revision);
      await session.out(progress.text);
      if (progress.done) return;
    }
  });
  if (outcome === 'timeout') throw new KubectlError('timed out waiting for the condition');
}
