import type { FieldError } from '../../apimachinery/validation/field-error.ts';
import { invalid } from '../../apimachinery/validation/field-error.ts';
import { isIPv4, isValidIP } from '../../apimachinery/validation/names.ts';

export const INVALID_IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

/** An address something outside a machine can be reached at. Models ValidateEndpointIP (v1.34). */
export function validateEndpointIP(address: string, path: string): FieldError[] {
  if (!isValidIP(address)) return [invalid(path, address, INVALID_IP)];
  const lower = address.toLowerCase();
  const four = isIPv4(address);
  const wrong: readonly [boolean, string][] = [
    [lower === '0.0.0.0' || lower === '::', 'may not be unspecified (0.0.0.0 or ::)'],
    [
      four ? lower.startsWith('127.') : lower === '::1',
      'may not be in the loopback range (127.0.0.0/8, ::1/128)',
    ],
    [
      four ? lower.startsWith('169.254.') : /^fe[89ab]/.test(lower),
      'may not be in the link-local range (169.254.0.0/16, fe80::/10)',
    ],
    [
      four ? lower.startsWith('224.0.0.') : lower.startsWith('ff02:'),
      'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
    ],
  ];
  return wrong.filter(([applies]) => applies).map(([, why]) => invalid(path, address, why));
}

/** `a,b,c + 2 more...`: at most three of them. */
export function listWithMore(items: readonly string[], none: string): string {
  if (items.length === 0) return none;
  const shown = items.slice(0, 3).join(',');
  return items.length > 3 ? `${shown} + ${items.length - 3} more...` : shown;
}
