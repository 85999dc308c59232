import type { Machine } from '../machine/interface.ts';
import { MANIFESTS, STOPPED_MANIFESTS } from './control-plane.ts';

/** Moves a static Pod's manifest out of the folder that the kubelet watches. */
export function takeManifest(machine: Machine, name: string): void {
  const path = `${MANIFESTS}/${name}.yaml`;
  if (machine.files.exists(path)) machine.files.rename(path, `${STOPPED_MANIFESTS}/${name}.yaml`);
}

/** Moves it back. */
export function giveManifest(machine: Machine, name: string): void {
  const path = `${STOPPED_MANIFESTS}/${name}.yaml`;
  if (machine.files.exists(path)) machine.files.rename(path, `${MANIFESTS}/${name}.yaml`);
}
