import type { Binding, Pod } from '../../../api/types.ts';
import type { CycleState } from '../../framework/cycle-state.ts';
import type { BindPlugin, Handle } from '../../framework/interface.ts';
import type { PodInfo } from '../../framework/pod-info.ts';
import type { Status } from '../../framework/status.ts';
import { errorStatus } from '../../framework/status.ts';
import { resourceTypes } from '../../../client/resource-types.ts';

/** Writes the Binding. Models plugins/defaultbinder (v1.34). */
export class DefaultBinder implements BindPlugin {
  readonly name = 'DefaultBinder';
  readonly #handle: Handle;

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  async bind(_state: CycleState, { pod, uid }: PodInfo, nodeName: string): Promise<Status | undefined> {
    const { name = '', namespace = '' } = pod.metadata ?? {};
    const binding: Binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name, namespace, ...(uid === '' ? {} : { uid }) },
      target: { kind: 'Node', name: nodeName },
    };
    try {
      await this.#handle.client
        .resource<Pod>(resourceTypes.pods, namespace)
        .createSubresource(name, 'binding', binding);
      return undefined;
    } catch (error) {
      return errorStatus(error);
    }
  }
}
