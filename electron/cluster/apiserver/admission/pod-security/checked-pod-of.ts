import type {
  CronJob,
  Deployment,
  KubeObject,
  Pod,
  PodTemplate,
  PodTemplateSpec,
} from '../../../api/types.ts';
import type { CheckedPod } from './check.ts';

type Extract = (object: KubeObject) => PodTemplateSpec | undefined;

const template: Extract = (object) => (object as Deployment).spec?.template;

/** Resources with a Pod in them, by `group/resource`. Models DefaultPodSpecExtractor (v1.34). */
const TEMPLATES: Readonly<Record<string, Extract>> = {
  '/pods': (object) => object as Pod as PodTemplateSpec,
  '/replicationcontrollers': template,
  '/podtemplates': (object) => (object as PodTemplate).template,
  'apps/replicasets': template,
  'apps/deployments': template,
  'apps/statefulsets': template,
  'apps/daemonsets': template,
  'batch/jobs': template,
  'batch/cronjobs': (object) => (object as CronJob).spec?.jobTemplate.spec?.template,
};

export function hasPodSpec(group: string, resource: string): boolean {
  return TEMPLATES[`${group}/${resource}`] !== undefined;
}

/** The Pod that an object is or makes; undefined when it has none. */
export function checkedPodOf(group: string, resource: string, object: KubeObject): CheckedPod | undefined {
  const found = TEMPLATES[`${group}/${resource}`]?.(object);
  return found?.spec === undefined ? undefined : { metadata: found.metadata ?? {}, spec: found.spec };
}
