import type { FlagValues } from '../client/component-flags.ts';
import { parseFlags } from '../client/component-flags.ts';

const defaults = {
  'authentication-kubeconfig': '',
  'authorization-kubeconfig': '',
  'bind-address': '0.0.0.0',
  config: '',
  kubeconfig: '',
  'kube-api-burst': 100,
  'kube-api-qps': 50,
  'leader-elect': true,
  'leader-elect-lease-duration': '15s',
  'leader-elect-renew-deadline': '10s',
  'leader-elect-resource-lock': 'leases',
  'leader-elect-resource-name': 'kube-scheduler',
  'leader-elect-resource-namespace': 'kube-system',
  'leader-elect-retry-period': '2s',
  'secure-port': 10259,
  v: 0,
};

/** Flags of kube-scheduler, and which of them stand on the command line. @throws FlagError */
export function schedulerFlags(argv: readonly string[]): {
  readonly values: FlagValues<typeof defaults>;
  readonly isGiven: (name: keyof typeof defaults) => boolean;
} {
  const values = parseFlags(argv, defaults);
  const isGiven = (name: string): boolean =>
    argv.some((argument) => argument === `--${name}` || argument.startsWith(`--${name}=`));
  return { values, isGiven };
}
