import type { Deployment, DeploymentSpec } from '../../../types.ts';
import { defaultPodTemplate } from '../pod-template.ts';

/** Defaults of a Deployment. Models pkg/apis/apps/v1 SetDefaults_Deployment (v1.34). */
export function defaultDeployment(deployment: Deployment): Deployment {
  const spec = deployment.spec ?? ({} as DeploymentSpec);
  const type = spec.strategy?.type ?? 'RollingUpdate';
  const strategy =
    type === 'RollingUpdate'
      ? {
          ...spec.strategy,
          type,
          rollingUpdate: {
            ...spec.strategy?.rollingUpdate,
            maxUnavailable: spec.strategy?.rollingUpdate?.maxUnavailable ?? '25%',
            maxSurge: spec.strategy?.rollingUpdate?.maxSurge ?? '25%',
          },
        }
      : { ...spec.strategy, type };
  return {
    ...deployment,
    spec: {
      ...spec,
      replicas: spec.replicas ?? 1,
      template: defaultPodTemplate(spec.template),
      strategy,
      revisionHistoryLimit: spec.revisionHistoryLimit ?? 10,
      progressDeadlineSeconds: spec.progressDeadlineSeconds ?? 600,
    },
  } as Deployment;
}
