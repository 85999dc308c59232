import { annotationLines, mapLines } from './common.ts';
import { containerLines } from './containers.ts';
import type { PodTemplateSpec, Toleration } from './types.ts';
import { volumeLines } from './volumes.ts';
import type { DescribeWriter } from './writer.ts';

/** Tolerations one a line, by key. Models `printTolerationsMultilineWithIndent`. */
export function tolerationLines(
  out: DescribeWriter,
  indent: string,
  tolerations: readonly Toleration[] | undefined,
): void {
  out.write(0, `${indent}Tolerations:\t`);
  if (!tolerations || tolerations.length === 0) {
    out.write(0, '<none>\n');
    return;
  }
  const sorted = [...tolerations].sort((a, b) =>
    (a.key ?? '') < (b.key ?? '') ? -1 : (a.key ?? '') > (b.key ?? '') ? 1 : 0,
  );
  sorted.forEach((each, i) => {
    if (i !== 0) out.write(0, '\t');
    let text = each.key ?? '';
    if (each.value) text += `=${each.value}`;
    if (each.effect) text += `:${each.effect}`;
    if (each.operator === 'Exists' && !each.value) text += text === '' ? 'op=Exists' : ' op=Exists';
    if (each.tolerationSeconds !== undefined && each.tolerationSeconds !== null)
      text += ` for ${each.tolerationSeconds}s`;
    out.write(0, `${text}\n`);
  });
}

/** `Pod Template:` and what is below it. Models `DescribePodTemplate`. */
export function templateLines(out: DescribeWriter, template: PodTemplateSpec | undefined): void {
  out.line(0, 'Pod Template:');
  if (!template) {
    out.write(1, '<unset>');
    return;
  }
  const { metadata, spec } = template;
  mapLines(out, 1, 'Labels', '\t', metadata?.labels);
  if (metadata?.annotations && Object.keys(metadata.annotations).length > 0)
    annotationLines(out, metadata.annotations, 1);
  if (spec?.serviceAccountName) out.line(1, `Service Account:\t${spec.serviceAccountName}`);
  if (spec?.initContainers?.length)
    containerLines(out, spec.initContainers, { title: 'Init Containers', indent: '  ' });
  containerLines(out, spec?.containers, { title: 'Containers', indent: '  ' });
  volumeLines(out, spec?.volumes, '  ');
  if (spec?.topologySpreadConstraints?.length) spreadLines(out, '  ', spec.topologySpreadConstraints);
  if (spec?.priorityClassName) out.line(1, `Priority Class Name:\t${spec.priorityClassName}`);
  mapLines(out, 1, 'Node-Selectors', '\t', spec?.nodeSelector);
  tolerationLines(out, '  ', spec?.tolerations);
}

export function spreadLines(
  out: DescribeWriter,
  indent: string,
  constraints: NonNullable<NonNullable<PodTemplateSpec['spec']>['topologySpreadConstraints']>,
): void {
  out.write(0, `${indent}Topology Spread Constraints:\t`);
  [...constraints]
    .sort((a, b) => (a.topologyKey < b.topologyKey ? -1 : 1))
    .forEach((each, i) => {
      if (i !== 0) out.write(0, '\t');
      const selector = Object.entries(each.labelSelector?.matchLabels ?? {})
        .map(([key, value]) => `${key}=${value}`)
        .join(',');
      out.write(
        0,
        `${each.topologyKey}:${each.whenUnsatisfiable} when max skew ${each.maxSkew} is exceeded${selector === '' ? '' : ` for selector ${selector}`}\n`,
      );
    });
}
