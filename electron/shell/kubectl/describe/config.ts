import { annotationLines, labelLines } from './common.ts';
import { eventLines } from './events.ts';
import type { DescribeTarget } from './interface.ts';
import { listObjects } from '../objects.ts';
import { StatusError } from '../errors.ts';
import { nameOf, stringAt } from '../json.ts';
import type { ConfigMap, Secret, ServiceAccount } from './types.ts';
import { DescribeWriter } from './writer.ts';

function bytes(base64: string): number {
  return Buffer.from(base64, 'base64').length;
}

export async function describeConfigMap(target: DescribeTarget): Promise<string> {
  const { metadata, data, binaryData } = target.object as unknown as ConfigMap;
  const out = new DescribeWriter();
  out.line(0, `Name:\t${metadata?.name ?? ''}`);
  out.line(0, `Namespace:\t${metadata?.namespace ?? ''}`);
  labelLines(out, 'Labels', metadata?.labels);
  annotationLines(out, metadata?.annotations);
  out.write(0, '\nData\n====\n');
  for (const key of Object.keys(data ?? {}).sort()) {
    out.write(0, `${key}:\n----\n`);
    out.write(0, `${data?.[key] ?? ''}\n\n`);
  }
  out.write(0, '\nBinaryData\n====\n');
  for (const key of Object.keys(binaryData ?? {}).sort())
    out.line(0, `${key}: ${bytes(binaryData?.[key] ?? '')} bytes`);
  out.write(0, '\n');
  await eventLines(out, target);
  return out.finish();
}

export async function describeSecret(target: DescribeTarget): Promise<string> {
  const { metadata, data, type } = target.object as unknown as Secret;
  const out = new DescribeWriter();
  out.line(0, `Name:\t${metadata?.name ?? ''}`);
  out.line(0, `Namespace:\t${metadata?.namespace ?? ''}`);
  labelLines(out, 'Labels', metadata?.labels);
  annotationLines(out, metadata?.annotations);
  out.write(0, `\nType:\t${type ?? ''}\n`);
  out.write(0, '\nData\n====\n');
  for (const key of Object.keys(data ?? {}).sort()) {
    const value = data?.[key] ?? '';
    if (key === 'token' && type === 'kubernetes.io/service-account-token')
      out.line(0, `${key}:\t${Buffer.from(value, 'base64').toString('utf8')}`);
    else out.line(0, `${key}:\t${bytes(value)} bytes`);
  }
  return Promise.resolve(out.finish());
}

export async function describeServiceAccount(target: DescribeTarget): Promise<string> {
  const account = target.object as unknown as ServiceAccount;
  const out = new DescribeWriter();
  out.line(0, `Name:\t${account.metadata?.name ?? ''}`);
  out.line(0, `Namespace:\t${account.metadata?.namespace ?? ''}`);
  labelLines(out, 'Labels', account.metadata?.labels);
  annotationLines(out, account.metadata?.annotations);
  const secrets = await secretsOf(target);
  const names = (list: readonly string[]): string[] =>
    list.map((name) => (secrets?.all.has(name) === false ? `${name} (not found)` : name));
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['Image pull secrets', names((account.imagePullSecrets ?? []).map((each) => each.name ?? ''))],
    ['Mountable secrets', names((account.secrets ?? []).map((each) => each.name ?? ''))],
    ['Tokens', secrets?.tokens ?? []],
  ];
  for (const [title, list] of sections) {
    if (list.length === 0) out.line(0, `${title}:\t<none>`);
    list.forEach((name, i) => out.line(0, `${i === 0 ? `${title}:` : ' '}\t${name}`));
  }
  await eventLines(out, target);
  return out.finish();
}

async function secretsOf(
  target: DescribeTarget,
): Promise<{ all: ReadonlySet<string>; tokens: string[] } | undefined> {
  const mapping = (await target.session.mapper()).find('secrets');
  if (!mapping) return undefined;
  try {
    const all = await listObjects(target.session, mapping, target.namespace);
    const tokens = all
      .filter(
        (secret) =>
          stringAt(secret, 'type') === 'kubernetes.io/service-account-token' &&
          stringAt(secret, 'metadata', 'annotations', 'kubernetes.io/service-account.name') === target.name,
      )
      .map(nameOf);
    return { all: new Set(all.map(nameOf)), tokens };
  } catch (error) {
    if (error instanceof StatusError) return undefined;
    throw error;
  }
}
