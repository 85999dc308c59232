import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import {
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../../apimachinery/validation/field-error.ts';
import { isValidPortName, isValidPortNumber } from '../../../../apimachinery/validation/names.ts';
import { child } from '../../../../apimachinery/validation/path.ts';
import type { Container, Probe } from '../../../types.ts';

const AT_LEAST_ZERO = 'must be greater than or equal to 0';
const COUNTS = [
  'initialDelaySeconds',
  'timeoutSeconds',
  'periodSeconds',
  'successThreshold',
  'failureThreshold',
] as const;

interface Handler {
  readonly exec?: { readonly command?: readonly string[] };
  readonly httpGet?: { readonly path?: string; readonly port: unknown; readonly scheme?: string };
  readonly tcpSocket?: { readonly port: unknown };
  readonly grpc?: { readonly port: number };
  readonly sleep?: { readonly seconds: number };
}

/** The probes and lifecycle hooks of a container. */
export function validateProbesAndHooks(container: Container, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (container.lifecycle !== undefined) {
    for (const name of ['postStart', 'preStop'] as const) {
      const handler = container.lifecycle[name];
      if (handler !== undefined)
        errors.push(...validateHandler(handler as Handler, child(child(path, 'lifecycle'), name)));
    }
  }
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe'] as const) {
    const probe = container[name];
    if (probe === undefined) continue;
    const where = child(path, name);
    errors.push(...validateProbe(probe, where));
    if (name !== 'readinessProbe' && (probe.successThreshold ?? 1) !== 1) {
      errors.push(invalid(child(where, 'successThreshold'), probe.successThreshold, 'must be 1'));
    }
    if (name === 'readinessProbe' && probe.terminationGracePeriodSeconds !== undefined) {
      const detail = 'must not be set for readinessProbes';
      errors.push(
        invalid(child(where, 'terminationGracePeriodSeconds'), probe.terminationGracePeriodSeconds, detail),
      );
    }
  }
  return errors;
}

function validateProbe(probe: Probe, path: string): FieldError[] {
  const errors = validateHandler(probe as Handler, path);
  for (const name of COUNTS) {
    const count = probe[name] ?? 0;
    if (count < 0) errors.push(invalid(child(path, name), count, AT_LEAST_ZERO));
  }
  const grace = probe.terminationGracePeriodSeconds;
  if (grace !== undefined && grace <= 0) {
    errors.push(invalid(child(path, 'terminationGracePeriodSeconds'), grace, 'must be greater than 0'));
  }
  return errors;
}

/** Exactly one handler, and that one complete. Models validateHandler (v1.34). */
function validateHandler(handler: Handler, path: string): FieldError[] {
  const errors: FieldError[] = [];
  let count = 0;
  for (const name of ['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const) {
    if (handler[name] === undefined) continue;
    if (count > 0) {
      errors.push(forbidden(child(path, name), 'may not specify more than 1 handler type'));
      continue;
    }
    count += 1;
    errors.push(...validateOne(handler, name, child(path, name)));
  }
  if (count === 0) errors.push(required(path, 'must specify a handler type'));
  return errors;
}

function validateOne(handler: Handler, name: keyof Handler, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (name === 'exec' && (handler.exec?.command?.length ?? 0) === 0)
    errors.push(required(child(path, 'command')));
  if (name === 'httpGet' && handler.httpGet !== undefined) {
    if ((handler.httpGet.path ?? '') === '') errors.push(required(child(path, 'path')));
    errors.push(...validatePortNumberOrName(handler.httpGet.port, child(path, 'port')));
    const scheme = handler.httpGet.scheme ?? '';
    if (scheme !== 'HTTP' && scheme !== 'HTTPS') {
      errors.push(notSupported(child(path, 'scheme'), scheme, ['HTTP', 'HTTPS']));
    }
  }
  if (name === 'tcpSocket')
    errors.push(...validatePortNumberOrName(handler.tcpSocket?.port, child(path, 'port')));
  if (name === 'grpc') errors.push(...validatePortNumberOrName(handler.grpc?.port, child(path, 'port')));
  return errors;
}

/** A port by number or by name. Models ValidatePortNumOrName (v1.34). */
export function validatePortNumberOrName(port: unknown, path: string): FieldError[] {
  const messages =
    typeof port === 'string' ? isValidPortName(port) : isValidPortNumber(typeof port === 'number' ? port : 0);
  return messages.map((message) => invalid(path, port ?? 0, message));
}
