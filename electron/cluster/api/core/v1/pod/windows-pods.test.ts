import { describe, expect, test } from 'vitest';
import { fieldErrorMessage } from '../../../../apimachinery/validation/field-error.ts';
import { NOW, PODS, create, pod } from '../../../strategies.testing.ts';

const WINDOWS = { os: { name: 'windows' } };

/** All that is complained about. */
function refused(container: object, spec: object): string[] {
  return PODS.validateCreate(create(PODS, pod(container, spec)), { now: NOW }).map(fieldErrorMessage);
}

describe('the operating system of a Pod', () => {
  test('has to be one that there is', () => {
    expect(refused({}, { os: { name: 'plan9' } })).toEqual([
      'spec.os: Unsupported value: "plan9": supported values: "linux", "windows"',
    ]);
    expect(refused({}, { os: {} })).toEqual(['spec.os.name: Required value: cannot be empty']);
  });

  test('Windows knows nothing of users by number, capabilities and namespaces of the host', () => {
    const no = 'Forbidden: cannot be set for a windows pod';
    expect(
      refused(
        { securityContext: { privileged: false, capabilities: {}, runAsUser: 1000 } },
        {
          ...WINDOWS,
          hostPID: true,
          hostIPC: false,
          shareProcessNamespace: false,
          securityContext: { runAsUser: 1, fsGroup: 2, sysctls: [], seLinuxOptions: { level: 's0' } },
        },
      ),
    ).toEqual([
      `spec.securityContext.seLinuxOptions: ${no}`,
      `spec.hostPID: ${no}`,
      `spec.securityContext.fsGroup: ${no}`,
      `spec.shareProcessNamespace: ${no}`,
      `spec.securityContext.runAsUser: ${no}`,
      `spec.containers[0].securityContext.capabilities: ${no}`,
      `spec.containers[0].securityContext.privileged: ${no}`,
      `spec.containers[0].securityContext.runAsUser: ${no}`,
    ]);
  });

  test('Linux knows nothing of the options of Windows; whoever names no system may say both', () => {
    const windowsOptions = { runAsUserName: 'ContainerUser' };
    const container = { securityContext: { windowsOptions } };
    expect(refused(container, { os: { name: 'linux' }, securityContext: { windowsOptions } })).toEqual([
      'spec.securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod',
      'spec.containers[0].securityContext.windowsOptions: Forbidden: windows options cannot be set for a linux pod',
    ]);
    expect(refused(container, {})).toEqual([]);
    expect(refused(container, WINDOWS)).toEqual([]);
  });
});

describe('the options of Windows', () => {
  test.each([
    ['', 'runAsUserName cannot be an empty string'],
    ['a\tb', 'runAsUserName cannot contain control characters'],
    ['a\\b\\c', 'runAsUserName cannot contain more than one backslash'],
    ['.corp\\me', "runAsUserName's Domain doesn't match the NetBios nor the DNS format"],
    ['corp\\', "runAsUserName's User cannot be empty"],
    ['..', "runAsUserName's User cannot contain only periods or spaces"],
    ['a@b', 'runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]'],
    ['u'.repeat(105), "runAsUserName's User length must not be longer than 104 characters"],
  ])('%j is no user', (runAsUserName, why) => {
    expect(refused({ securityContext: { windowsOptions: { runAsUserName } } }, {})).toEqual([
      `spec.containers[0].securityContext.windowsOptions.runAsUserName: Invalid value: ${JSON.stringify(runAsUserName)}: ${why}`,
    ]);
  });

  test('HostProcess is for all containers of a Pod, on the network of its host', () => {
    const hostProcess = { windowsOptions: { hostProcess: true, runAsUserName: 'NT AUTHORITY\\SYSTEM' } };
    expect(refused({}, { ...WINDOWS, hostNetwork: true, securityContext: hostProcess })).toEqual([]);
    expect(
      refused(
        {},
        {
          ...WINDOWS,
          containers: [
            { name: 'a', image: 'i', securityContext: hostProcess },
            { name: 'b', image: 'i' },
          ],
        },
      ),
    ).toEqual([
      'spec: Invalid value: "": If pod contains any hostProcess containers then all containers must be HostProcess containers',
      'spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers',
    ]);
    expect(
      refused(
        { securityContext: { windowsOptions: { hostProcess: false } } },
        { ...WINDOWS, hostNetwork: true, securityContext: hostProcess },
      ),
    ).toEqual([
      'spec.containers[0].securityContext.windowsOptions.hostProcess: Invalid value: false: pod hostProcess value must be identical if both are specified, was true',
    ]);
  });
});
