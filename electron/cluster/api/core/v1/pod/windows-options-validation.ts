import type { FieldError } from '../../../../apimachinery/validation/field-error.ts';
import { invalid } from '../../../../apimachinery/validation/field-error.ts';
import { isDNS1123Subdomain } from '../../../../apimachinery/validation/names.ts';
import { child } from '../../../../apimachinery/validation/path.ts';
import type { PodSpec } from '../../../types.ts';
import { containersWithPath } from './os-validation.ts';

type WindowsOptions = NonNullable<NonNullable<PodSpec['securityContext']>['windowsOptions']>;

const MAX_CREDENTIAL_SPEC_KIB = 64;
const MAX_DOMAIN = 256;
const MAX_USER = 104;
/** NetBIOS: up to 15 characters, the first is no dot. */
const NETBIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const DNS =
  /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;
const CONTROL = /[\x00-\x1f\x7f]/;

function complaintsAboutUser(name: string): string[] {
  if (name === '') return ['runAsUserName cannot be an empty string'];
  if (CONTROL.test(name)) return ['runAsUserName cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const [domain, user = ''] = parts.length === 2 ? parts : [undefined, parts[0]];
  const complaints: string[] = [];
  if ((domain ?? '').length >= MAX_DOMAIN)
    complaints.push(`runAsUserName's Domain length must be under ${MAX_DOMAIN} characters`);
  if (domain !== undefined && !NETBIOS.test(domain) && !DNS.test(domain))
    complaints.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  if (user === '') complaints.push("runAsUserName's User cannot be empty");
  else if (user.length > MAX_USER)
    complaints.push(`runAsUserName's User length must not be longer than ${MAX_USER} characters`);
  if (/^[. ]+$/.test(user)) complaints.push("runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user))
    complaints.push('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
  return complaints;
}

/** Models validateWindowsSecurityContextOptions (pkg/apis/core/validation, v1.34). */
export function validateWindowsOptions(options: WindowsOptions | undefined, path: string): FieldError[] {
  if (options === undefined) return [];
  const { gmsaCredentialSpecName: specName, gmsaCredentialSpec: spec, runAsUserName: user } = options;
  const errors: FieldError[] = [];
  if (specName !== undefined)
    for (const message of isDNS1123Subdomain(specName))
      errors.push(invalid(child(path, 'gmsaCredentialSpecName'), specName, message));
  if (spec === '')
    errors.push(
      invalid(child(path, 'gmsaCredentialSpec'), spec, 'gmsaCredentialSpec cannot be an empty string'),
    );
  else if (spec !== undefined && spec.length > MAX_CREDENTIAL_SPEC_KIB * 1024)
    errors.push(
      invalid(
        child(path, 'gmsaCredentialSpec'),
        spec,
        `gmsaCredentialSpec size must be under ${MAX_CREDENTIAL_SPEC_KIB} KiB`,
      ),
    );
  if (user !== undefined)
    for (const message of complaintsAboutUser(user))
      errors.push(invalid(child(path, 'runAsUserName'), user, message));
  return errors;
}

/**
 * HostProcess containers: all of a Pod's containers or none, and on the host's network. Models validateWindowsHostProcessPod
 * (pkg/apis/core/validation, v1.34).
 */
export function validateHostProcess(spec: PodSpec, path: string): FieldError[] {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  const errors: FieldError[] = [];
  const all = containersWithPath(spec, path);
  let count = 0;
  for (const [{ securityContext }, where] of all) {
    const own = securityContext?.windowsOptions?.hostProcess;
    if (ofPod !== undefined && own !== undefined && ofPod !== own)
      errors.push(
        invalid(
          child(where, 'securityContext.windowsOptions.hostProcess'),
          own,
          `pod hostProcess value must be identical if both are specified, was ${ofPod}`,
        ),
      );
    if (own ?? ofPod ?? false) count++;
  }
  if (count === 0) return errors;
  if (count !== all.length)
    errors.push(
      invalid(
        path,
        '',
        'If pod contains any hostProcess containers then all containers must be HostProcess containers',
      ),
    );
  if (spec.hostNetwork !== true)
    errors.push(
      invalid(
        child(path, 'hostNetwork'),
        false,
        'hostNetwork must be true if pod contains any hostProcess containers',
      ),
    );
  return errors;
}
