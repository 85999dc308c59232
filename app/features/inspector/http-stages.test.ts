import { expect, it } from 'vitest';
import type { HttpExchangeView, HttpVerdicts } from '../../../electron/shared/contract/records.ts';
import { stagesOf } from './http-stages.ts';

const NONE: HttpVerdicts = {
  user: 'ana',
  groups: [],
  impersonator: null,
  authn: 'x509',
  flowControl: null,
  authz: 'RBAC',
  admission: [],
  validation: null,
  storage: null,
  more: [],
};

function stages(method: string, status: string, verdicts: Partial<HttpVerdicts>): string[] {
  const http: HttpExchangeView = {
    request: { id: 1, time: 0, latency: 1, method, target: '/x', headers: null, body: null },
    response: { id: 2, time: 2, latency: 1, status, stream: false, headers: null, body: null },
    verdicts: { ...NONE, ...verdicts },
  };
  return stagesOf(http).map(({ name, outcome, lines }) => `${name} ${outcome} ${lines.join()}`.trim());
}

it('a request passes all stages, or stops at one and does not reach the rest', () => {
  expect(stages('POST', '201 Created', { admission: ['Priority: changed'], storage: 'create' })).toEqual([
    'authentication passed x509',
    'authorization passed RBAC',
    'admission passed Priority: changed',
    'validation passed',
    'storage passed create',
  ]);
  expect(stages('GET', '401 Unauthorized', { authn: 'x509: refused: expired', authz: null })).toEqual([
    'authentication refused x509: refused: expired',
    'authorization unreached',
    'admission unreached',
    'validation unreached',
    'storage unreached',
  ]);
  expect(stages('POST', '403 Forbidden', { authz: 'refused' })[1]).toBe('authorization refused refused');
  expect(stages('POST', '403 Forbidden', { admission: ['ResourceQuota: refused'] }).slice(2)).toEqual([
    'admission refused ResourceQuota: refused',
    'validation unreached',
    'storage unreached',
  ]);
  expect(stages('POST', '422 Unprocessable Entity', { validation: 'refused' }).slice(3)).toEqual([
    'validation refused refused',
    'storage unreached',
  ]);
});

it('a conflict is refused by what is stored, a read needs no admission, and impersonation is a stage when asked for', () => {
  expect(stages('PUT', '409 Conflict', {}).at(-1)).toBe('storage refused');
  expect(stages('GET', '200 OK', {}).slice(2)).toEqual([
    'admission skipped',
    'validation skipped',
    'storage passed',
  ]);
  expect(stages('GET', '200 OK', { impersonator: 'root' })[1]).toBe('impersonation passed root → ana');
  expect(stages('GET', '403 Forbidden', { authz: 'refused to impersonate' })[1]).toBe(
    'impersonation refused refused to impersonate',
  );
});

it('says nothing where nothing was recorded', () => {
  expect(stagesOf({ request: null, response: null, verdicts: null })).toEqual([]);
});

it('a request that found no seat stops at priority and fairness', () => {
  const verdict = 'refused: global-default (global-default): queue-full';
  expect(stages('GET', '429 Too Many Requests', { flowControl: verdict, authz: null }).slice(0, 3)).toEqual([
    'authentication passed x509',
    `flowControl refused ${verdict}`,
    'authorization unreached',
  ]);
  expect(stages('GET', '200 OK', { flowControl: 'exempt (exempt)' })[1]).toBe(
    'flowControl passed exempt (exempt)',
  );
});
