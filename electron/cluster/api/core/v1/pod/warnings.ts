import { parseQuantity } from '../../../../apimachinery/quantity.ts';
import type { Container, PodSpec } from '../../../types.ts';

const RENAMED_LABELS: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region':
    'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone':
    'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type':
    'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
};

/** Warnings that accompany an accepted Pod spec. Models pkg/api/pod/warnings.go (v1.34), the commoner part. */
export function podSpecWarnings(spec: PodSpec | undefined, path: string): string[] {
  if (spec === undefined) return [];
  const warnings: string[] = [];
  for (const name in spec.nodeSelector) {
    const why = RENAMED_LABELS[name];
    if (why !== undefined) warnings.push(`${path}.nodeSelector[${name}]: ${why}`);
  }
  spec.imagePullSecrets?.forEach((reference, index) => {
    if ((reference.name ?? '') === '')
      warnings.push(`${path}.imagePullSecrets[${index}].name: invalid empty name ""`);
  });
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    warnings.push(
      `${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`,
    );
  }
  spec.initContainers?.forEach((container, index) => {
    warnings.push(...containerWarnings(container, `${path}.initContainers[${index}]`));
  });
  spec.containers?.forEach((container, index) => {
    warnings.push(...containerWarnings(container, `${path}.containers[${index}]`));
  });
  return warnings;
}

function containerWarnings(container: Container, path: string): string[] {
  const warnings: string[] = [];
  for (const kind of ['limits', 'requests'] as const) {
    for (const name of ['memory', 'ephemeral-storage']) {
      const written = container.resources?.[kind]?.[name];
      if (written !== undefined && parseQuantity(written).nanos % 1_000_000_000n !== 0n) {
        warnings.push(
          `${path}.resources.${kind}[${name}]: fractional byte value "${written}" is invalid, must be an integer`,
        );
      }
    }
  }
  const env = new Map<string, string>();
  container.env?.forEach((variable, index) => {
    if (env.has(variable.name)) {
      if (!(variable.value ?? '').includes(`$(${variable.name})`)) {
        warnings.push(
          `${path}.env[${index}]: hides previous definition of "${variable.name}", which may be dropped when using apply`,
        );
      }
    }
    env.set(variable.name, variable.value ?? '');
  });
  const ports = new Map<string, number>();
  container.ports?.forEach((port, index) => {
    const key = `${port.containerPort}/${port.protocol}/${port.hostPort ?? 0}/${port.hostIP ?? ''}`;
    const first = ports.get(key);
    if (first === undefined) ports.set(key, index);
    else warnings.push(`${path}.ports[${index}]: duplicate port definition with ${path}.ports[${first}]`);
  });
  return warnings;
}
