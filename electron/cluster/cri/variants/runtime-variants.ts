import { containerdVariant } from './containerd.ts';
import { crioVariant } from './cri-o.ts';
import { dockerVariant, mirantisVariant } from './docker.ts';
import type { RuntimeName } from '../../machine/interface.ts';
import type { RuntimeVariant } from './interface.ts';

/** Every runtime that a node can have, by the name a topology gives it. */
export const runtimeVariants: Readonly<Record<RuntimeName, RuntimeVariant>> = {
  containerd: containerdVariant,
  'cri-o': crioVariant,
  docker: dockerVariant,
  mirantis: mirantisVariant,
};
