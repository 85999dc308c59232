import { formatLabels } from '../../../../apimachinery/labels.ts';
import { defaultPodTemplate, validatePodTemplate } from '../../../apps/v1/pod-template.ts';
import { containersAndImages } from '../../../apps/v1/workload-table.ts';
import { described } from '../../../described-resource.ts';
import { defineStrategy, withFirstGeneration } from '../../../generic-strategy.ts';
import { sameValue } from '../../../../apimachinery/validation/object-meta.ts';
import type { KindStrategy } from '../../../strategy.ts';
import type { PodTemplate } from '../../../types.ts';
import { podSpecWarnings } from '../pod/warnings.ts';

/** PodTemplates, which no controller uses. Models pkg/registry/core/podtemplate (v1.34). */
export const POD_TEMPLATE_STRATEGY: KindStrategy<PodTemplate> = defineStrategy<PodTemplate>({
  ...described('v1', 'podtemplates'),
  allowCreateOnUpdate: false,
  applyDefaults: (template) => ({ ...template, template: defaultPodTemplate(template.template) }),
  prepareForCreate: withFirstGeneration,
  prepareForUpdate(template, old) {
    const before = old.metadata?.generation ?? 0;
    const generation = sameValue(template.template, old.template) ? before : before + 1;
    return { ...template, metadata: { ...template.metadata, generation } };
  },
  validate: (template) => validatePodTemplate(template.template, 'template'),
  warnings: (template) => podSpecWarnings(template.template?.spec, 'template.spec'),
  tableRow: (template) => [
    template.metadata?.name ?? '',
    ...containersAndImages(template.template),
    formatLabels(template.template?.metadata?.labels),
  ],
});
