import type { HttpExchangeView } from '../../../electron/shared/contract/records.ts';

export type StageName =
  | 'authentication'
  | 'impersonation'
  | 'flowControl'
  | 'authorization'
  | 'admission'
  | 'validation'
  | 'storage';

export interface Stage {
  readonly name: StageName;
  /** `unreached`: the request was stopped before; `pending`: no answer yet; `skipped`: nothing to do for such a request. */
  readonly outcome: 'passed' | 'refused' | 'unreached' | 'skipped';
  readonly lines: readonly string[];
}

const READS = new Set(['GET', 'HEAD']);

/** The way of a request through the API server, stage by stage, up to where it stopped. Empty: nothing is known of it. */
export function stagesOf({ request, response, verdicts }: HttpExchangeView): Stage[] {
  if (verdicts === null || response === null) return [];
  const status = Number.parseInt(response.status, 10);
  const read = request !== null && READS.has(request.method);
  const stages: Stage[] = [];
  let stopped = false;
  const add = (name: StageName, refused: boolean, lines: readonly string[], skipped = false): void => {
    stages.push({
      name,
      outcome: stopped ? 'unreached' : refused ? 'refused' : skipped ? 'skipped' : 'passed',
      lines: stopped ? [] : lines,
    });
    stopped ||= refused;
  };
  const text = (value: string | null): string[] => (value === null ? [] : [value]);
  add('authentication', status === 401, text(verdicts.authn));
  const mayNotImpersonate = /impersonate/.test(verdicts.authz ?? '');
  if (verdicts.impersonator !== null || mayNotImpersonate)
    add(
      'impersonation',
      mayNotImpersonate,
      verdicts.impersonator === null
        ? text(verdicts.authz)
        : [`${verdicts.impersonator} → ${verdicts.user ?? ''}`],
    );
  if (verdicts.flowControl !== null)
    add('flowControl', verdicts.flowControl.startsWith('refused'), [verdicts.flowControl]);
  const forbidden = verdicts.authz?.startsWith('refused') === true;
  add('authorization', forbidden, text(verdicts.authz));
  const notAdmitted = verdicts.admission.some((line) => /: (refused|denied)/.test(line));
  const invalid = verdicts.validation !== null && verdicts.validation !== 'passed';
  add('admission', notAdmitted, verdicts.admission, read);
  add('validation', invalid, text(verdicts.validation), read);
  // What passed all that and failed all the same was refused by what is stored: 404, 409, 410, or etcd out of reach.
  add('storage', status >= 400, text(verdicts.storage));
  return stages;
}
