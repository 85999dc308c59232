import type { Simulation } from '../base/simulation.ts';
import type { KubeObject } from './api/types.ts';
import { applyObjects, areConfigMapsDue, areObjectsDue, uploadConfigMaps } from './kubeadm/apply-objects.ts';
import { isUnmarked, markControlPlane } from './kubeadm/mark-control-plane.ts';
import type { Program } from './machine/interface.ts';
import type { Place } from './place.ts';

/** Virtual milliseconds after which objects are applied. */
const APPLY_AFTER = 5_000;

export interface SetUp {
  readonly simulation: Simulation;
  /** e.g. `v1.34.9` */
  readonly version: string;
  /** What a new cluster is delivered with beyond kubeadm's own. */
  readonly objects: readonly KubeObject[];
  /** Those of `kubeadm init`; empty where this machine did not begin the cluster. */
  readonly configMaps: readonly KubeObject[];
}

/** Does through the API, from a machine that has booted, what of its installation has not been done yet. */
export function setUpByKubeadm(
  { machine, spec }: Place,
  { simulation, version, objects, configMaps }: SetUp,
): void {
  if (spec.isNode && spec.controlPlane !== undefined && isUnmarked(machine.state))
    machine.spawn({ name: 'kubeadm', program: markControlPlane(version), argv: ['kubeadm'] });
  // Whoever applies them comes when the control plane has come up.
  const later = (name: string, program: Program): void =>
    void simulation.schedule(simulation.now + APPLY_AFTER, () => {
      if (machine.powered) machine.spawn({ name, program });
    });
  if (areObjectsDue(machine.state)) later('kubectl', applyObjects(objects));
  if (configMaps.length > 0 && areConfigMapsDue(machine.state))
    later('kubeadm', uploadConfigMaps(configMaps));
}
