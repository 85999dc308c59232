import type { CommandSpec } from '../command-spec.ts';
import {
  dryRunFlag,
  fieldManagerFlag,
  filenameFlags,
  filesOf,
  localFlag,
  subresourceFlag,
} from '../common-flags.ts';
import { KubectlError, plainMessage, StatusError, throwAll } from '../errors.ts';
import type { FlagSet } from '../flags.ts';
import { quote } from '../go-format.ts';
import { jsonSyntaxError } from '../json-stream.ts';
import type { Json } from '../json.ts';
import { equal, isObject, stringAt } from '../json.ts';
import { dryRunOf, ResultPrinter, writeQuery } from '../mutation.ts';
import { collectTargets } from '../objects.ts';
import { laidOver } from '../patch/laid-over.ts';
import { patchTypeOf } from '../patch/patch-schema.ts';
import { outputFlags } from '../printers/object-printer.ts';
import type { Resolved } from '../resource-args.ts';
import { resolveTargets } from '../resource-args.ts';
import { apiVersionOf } from '../rest-mapper.ts';
import type { Session } from '../session.ts';
import type { PatchType } from '../writes.ts';
import { patchObject } from '../writes.ts';
import { readYaml, YamlError } from '../yaml/read.ts';

export const patch: CommandSpec = {
  name: 'patch',
  usage: '(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]',
  group: 'advanced',
  short: { en: 'Change fields of an object.', 'pt-BR': 'Muda campos de um objeto.' },
  examples: [
    `kubectl patch deploy web -p '{"spec":{"replicas":2}}'`,
    `kubectl patch cm settings --type merge -p '{"data":{"mode":null}}'`,
  ],
  arguments: { of: 'resources', slash: true },
  flags: [
    ...filenameFlags,
    ...outputFlags,
    dryRunFlag,
    subresourceFlag,
    fieldManagerFlag('kubectl-patch'),
    {
      name: 'patch',
      short: 'p',
      kind: 'string',
      help: { en: 'The patch, as JSON or YAML.', 'pt-BR': 'O patch, em JSON ou YAML.' },
    },
    {
      name: 'patch-file',
      kind: 'string',
      help: { en: 'File with the patch.', 'pt-BR': 'Arquivo com o patch.' },
    },
    {
      name: 'type',
      kind: 'string',
      initial: 'strategic',
      values: ['json', 'merge', 'strategic'],
      help: {
        en: 'How to patch: json, merge or strategic.',
        'pt-BR': 'Como aplicar: json, merge ou strategic.',
      },
    },
    localFlag,
  ],
  run,
};

/** JSON is sent as typed, YAML is converted. */
function patchBody(text: string, type: PatchType): string {
  const trimmed = text.trimStart();
  if (trimmed.startsWith('{')) return text;
  if (type === 'json' && trimmed.startsWith('[')) {
    try {
      JSON.parse(text);
    } catch {
      throw new KubectlError(
        `unable to parse ${quote(text)}: ${jsonSyntaxError(text).replace(/^json: offset \d+: /, '')}`,
      );
    }
    return text;
  }
  let value: Json;
  try {
    value = readYaml(text);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new KubectlError(`unable to parse ${quote(text)}: ${error.message}`);
  }
  return JSON.stringify(value);
}

/** Patches the objects of files, and asks nothing of the server. */
async function patchLocally(
  resolved: Resolved,
  body: string,
  type: 'json' | 'merge' | 'strategic',
  printer: ResultPrinter,
): Promise<void> {
  const value = parseJson(body);
  if (value === undefined || (type === 'json' ? !Array.isArray(value) : !isObject(value)))
    throw new KubectlError('invalid JSON document');
  for (const target of resolved.targets) {
    if (target instanceof Error) throw target;
    const object = target.object ?? {};
    const patched = laidOver(
      object,
      value,
      type,
      patchTypeOf(apiVersionOf(target.mapping), target.mapping.kind),
    );
    await printer.done(patched, equal(object, patched) ? 'patched (no change)' : 'patched');
  }
}

function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

async function run(session: Session, flags: FlagSet, args: string[]): Promise<void> {
  const given = flags.string('patch') !== '' || flags.string('patch-file') !== '';
  if (flags.string('patch') !== '' && flags.string('patch-file') !== '')
    throw new KubectlError('cannot specify --patch and --patch-file together');
  if (!given)
    throw new KubectlError('must specify --patch or --patch-file containing the contents of the patch');
  const type = flags.string('type').toLowerCase();
  if (type !== 'json' && type !== 'merge' && type !== 'strategic')
    throw new KubectlError(
      `--type must be one of [json merge strategic], not ${quote(flags.string('type'))}`,
    );
  const dryRun = await dryRunOf(session);
  const printer = await ResultPrinter.make(session, dryRun);
  const text =
    flags.string('patch-file') === ''
      ? flags.string('patch')
      : await session.readFile(flags.string('patch-file')).catch((error: unknown) => {
          throw new KubectlError(`unable to read patch file: ${plainMessage(error)}`);
        });
  const body = patchBody(text, type);
  const local = flags.bool('local');
  if (local && args.length > 0) throw new KubectlError('cannot specify --local and server resources');
  if (local && dryRun === 'server')
    throw new KubectlError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
  const selection = {
    args,
    ...filesOf(flags),
    local,
  };
  const resolved = await resolveTargets(session, selection);
  if (local) return patchLocally(resolved, body, type, printer);
  const { found, errors } = await collectTargets(session, resolved, selection);
  for (const each of found) {
    const subresource = flags.string('subresource') || undefined;
    try {
      if (dryRun === 'client') {
        await printer.done(each.object, 'patched');
        continue;
      }
      const patched = await patchObject(session, each, type, body, writeQuery(session, dryRun), subresource);
      const changed =
        stringAt(patched, 'metadata', 'resourceVersion') !==
        stringAt(each.object, 'metadata', 'resourceVersion');
      await printer.done(
        subresource === 'scale' ? each.object : patched,
        changed || dryRun === 'server' ? 'patched' : 'patched (no change)',
      );
    } catch (error) {
      if (error instanceof StatusError && error.reason === 'UnsupportedMediaType' && type === 'strategic') {
        throw new KubectlError(
          `application/strategic-merge-patch+json is not supported by ${apiVersionOf(each.mapping)}, Kind=${each.mapping.kind}: ${error.message}`,
        );
      }
      errors.push(error);
    }
  }
  throwAll(errors);
  if (found.length === 0) throw new KubectlError('no objects passed to patch');
}
