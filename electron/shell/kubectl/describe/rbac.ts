import { compactRules, ruleColumns } from '../policy-rules.ts';
import { annotationLines, labelLines } from './common.ts';
import type { DescribeTarget } from './interface.ts';
import type { Role, RoleBinding } from './types.ts';
import { DescribeWriter } from './writer.ts';

/** Roles and cluster roles. */
export function describeRole(target: DescribeTarget): Promise<string> {
  const { metadata, rules } = target.object as unknown as Role;
  const out = new DescribeWriter();
  out.line(0, `Name:\t${metadata?.name ?? ''}`);
  labelLines(out, 'Labels', metadata?.labels);
  annotationLines(out, metadata?.annotations);
  out.line(0, 'PolicyRule:');
  out.line(1, 'Resources\tNon-Resource URLs\tResource Names\tVerbs');
  out.line(1, '---------\t-----------------\t--------------\t-----');
  for (const rule of compactRules(rules ?? [])) out.line(1, ruleColumns(rule));
  return Promise.resolve(out.finish());
}

/** Role bindings and cluster role bindings. */
export function describeBinding(target: DescribeTarget): Promise<string> {
  const { metadata, roleRef, subjects } = target.object as unknown as RoleBinding;
  const out = new DescribeWriter();
  out.line(0, `Name:\t${metadata?.name ?? ''}`);
  labelLines(out, 'Labels', metadata?.labels);
  annotationLines(out, metadata?.annotations);
  out.line(0, 'Role:');
  out.line(1, `Kind:\t${roleRef.kind}`);
  out.line(1, `Name:\t${roleRef.name}`);
  out.line(0, 'Subjects:');
  out.line(1, 'Kind\tName\tNamespace');
  out.line(1, '----\t----\t---------');
  for (const each of subjects ?? []) out.line(1, `${each.kind}\t${each.name}\t${each.namespace ?? ''}`);
  return Promise.resolve(out.finish());
}
