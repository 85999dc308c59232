import type { ProcessContext } from '../../machine/interface.ts';
import { Auditor } from '../audit/auditor.ts';
import { AuditLog, AuditOutput } from '../audit/audit-log.ts';
import type { AuditSink } from '../audit/audit-log.ts';
import { AuditPolicyError, loadAuditPolicy } from '../audit/load-policy.ts';
import type { LoadedPolicy } from '../audit/load-policy.ts';
import { klogHeader } from '../../client/command-failed.ts';
import type { ApiServerFlags } from './flags.ts';

/**
 * The audit that the flags ask for; undefined when they ask for none, a text when the policy cannot be used.
 * Models AuditOptions.ApplyTo (v1.34).
 */
export function openAudit(
  process: ProcessContext,
  flags: ApiServerFlags,
): { readonly auditor: Auditor; readonly sink: AuditSink } | string | undefined {
  const { auditPolicyFile: file, auditLogPath: path } = flags;
  const warn = (text: string): void => process.stderr(`${klogHeader('W', process.clock.now())} ${text}`);
  if (file === '') {
    if (path !== '')
      warn('audit.go:270] No audit policy file provided, no events will be recorded for log backend');
    return undefined;
  }
  const fail = (why: string): string => `loading audit policy file: ${why}`;
  let text: string;
  try {
    text = process.files.read(file);
  } catch (error) {
    return fail(
      `failed to read file path ${JSON.stringify(file)}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  let loaded: LoadedPolicy;
  try {
    loaded = loadAuditPolicy(text);
  } catch (error) {
    if (!(error instanceof AuditPolicyError)) throw error;
    return fail(`${error.message}: from file ${file}`);
  }
  if (loaded.warning !== undefined) warn(`reader.go:79] ${loaded.warning}`);
  if (path === '') return undefined;
  const { clock } = process;
  const sink =
    path === '-'
      ? new AuditOutput((line) => process.stdout(line))
      : new AuditLog({
          clock,
          files: process.files,
          path,
          maxSize: flags.auditLogMaxSize,
          maxBackup: flags.auditLogMaxBackup,
        });
  return { auditor: new Auditor({ clock, policy: loaded.policy, sink }), sink };
}
