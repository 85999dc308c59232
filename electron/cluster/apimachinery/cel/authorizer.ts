import { CelScalar, celMethod } from '@bufbuild/cel';
import type { CelFunc } from '@bufbuild/cel';
import { fieldsOf, opaque } from './opaque.ts';
import type { OpaqueFields } from './opaque.ts';

const { BOOL, DYN, STRING } = CelScalar;

/** Whether somebody may do something. */
export interface AuthorizationQuestion {
  /** User name of a service account; '' for whoever sent the request. */
  readonly serviceAccount: string;
  /** '' for a resource. */
  readonly path: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly verb: string;
}

export interface AuthorizationAnswer {
  readonly allowed: boolean;
  readonly reason: string;
  readonly error: string;
}

/** @throws Error when it cannot be answered within this evaluation */
export type AskAuthorizer = (question: AuthorizationQuestion) => AuthorizationAnswer;

/** The variable `authorizer`, as JSON; with `resource`, what the request itself is about. */
export function authorizerVariable(requestResource: Partial<AuthorizationQuestion> | undefined): unknown {
  return {
    '@kind': 'authorizer',
    serviceAccount: '',
    ...(requestResource === undefined
      ? {}
      : { requestResource: { '@kind': 'resource', serviceAccount: '', ...requestResource } }),
  };
}

const set = (name: string, field: string): CelFunc =>
  celMethod(name, DYN, [STRING], DYN, function (value) {
    return opaque('resource', { ...fieldsOf(this, 'resource'), [field]: value });
  });

function filled(text: string, what: string): string {
  if (text.trim() === '') throw new Error(`${what} must not be empty`);
  return text;
}

function questionOf(fields: OpaqueFields, verb: string): AuthorizationQuestion {
  const {
    serviceAccount = '',
    path = '',
    group = '',
    resource = '',
    subresource = '',
    namespace = '',
    name = '',
  } = fields;
  return { serviceAccount, path, group, resource, subresource, namespace, name, verb };
}

/** Models apiserver/pkg/cel/library/authz.go (v1.34); selectors are taken and left alone. */
export function authorizerFunctions(ask: AskAuthorizer): readonly CelFunc[] {
  const decision = (name: string, field: string): CelFunc =>
    celMethod(name, DYN, [], STRING, function () {
      return fieldsOf(this, 'decision')[field] ?? '';
    });
  return [
    celMethod('path', DYN, [STRING], DYN, function (path) {
      const { serviceAccount = '' } = fieldsOf(this, 'authorizer');
      return opaque('path', { serviceAccount, path: filled(path, 'path') });
    }),
    celMethod('group', DYN, [STRING], DYN, function (group) {
      const { serviceAccount = '' } = fieldsOf(this, 'authorizer');
      return opaque('group', { serviceAccount, group });
    }),
    celMethod('serviceAccount', DYN, [STRING, STRING], DYN, function (namespace, name) {
      fieldsOf(this, 'authorizer');
      return opaque('authorizer', { serviceAccount: `system:serviceaccount:${namespace}:${name}` });
    }),
    celMethod('resource', DYN, [STRING], DYN, function (resource) {
      return opaque('resource', {
        ...fieldsOf(this, 'group'),
        resource: filled(resource, 'resource'),
      });
    }),
    set('subresource', 'subresource'),
    set('namespace', 'namespace'),
    set('name', 'name'),
    set('fieldSelector', 'fieldSelector'),
    set('labelSelector', 'labelSelector'),
    celMethod('check', DYN, [STRING], DYN, function (verb) {
      const { allowed, reason, error } = ask(questionOf(fieldsOf(this, 'path', 'resource'), verb));
      return opaque('decision', { allowed: allowed ? 'true' : '', reason, error });
    }),
    celMethod('allowed', DYN, [], BOOL, function () {
      return fieldsOf(this, 'decision')['allowed'] === 'true';
    }),
    celMethod('errored', DYN, [], BOOL, function () {
      return fieldsOf(this, 'decision')['error'] !== '';
    }),
    decision('reason', 'reason'),
    decision('error', 'error'),
  ];
}
