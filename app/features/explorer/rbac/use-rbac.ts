import { ref, shallowRef } from 'vue';
import { useExplorer } from '../../../stores/explorer.ts';
import { collectionPath } from '../api/discovery.ts';
import { readProblem } from '../objects/status.ts';
import type { RbacObjects } from './interface.ts';

const GROUP = 'rbac.authorization.k8s.io';

/** Roles and bindings as the API server has them; `missing`: it does not serve them. */
export function useRbac() {
  const explorer = useExplorer();
  const objects = shallowRef<RbacObjects>();
  const missing = ref(false);
  const failure = ref('');

  async function list(resource: string): Promise<never[]> {
    const kind = explorer.kinds.find((one) => one.group === GROUP && one.resource === resource);
    if (kind === undefined) {
      missing.value = true;
      return [];
    }
    const answer = await explorer.call({ method: 'GET', target: collectionPath(kind, '') });
    if (answer.status !== 200) throw new Error(readProblem(answer.status, answer.body).message);
    return (JSON.parse(answer.body) as { items: never[] }).items;
  }

  async function load(): Promise<void> {
    missing.value = false;
    failure.value = '';
    try {
      const [roles, clusterRoles, roleBindings, clusterRoleBindings] = await Promise.all([
        list('roles'),
        list('clusterroles'),
        list('rolebindings'),
        list('clusterrolebindings'),
      ]);
      objects.value = { roles, clusterRoles, roleBindings, clusterRoleBindings };
    } catch (error) {
      failure.value = error instanceof Error ? error.message : String(error);
    }
  }

  return { objects, missing, failure, load };
}
