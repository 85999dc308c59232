import type { ProcessContext, Program } from '../machine/interface.ts';
import { CNI_CONFIG } from '../cri/ipam.ts';

const JOINED = '/etc/kubernetes/kubelet.conf';

/** An agent comes as a Pod: to a machine that has joined a cluster. */
async function hasJoined({ files, clock }: ProcessContext): Promise<void> {
  while (!files.exists(JOINED))
    await new Promise<void>((resolve) => {
      const watch = files.watch('/etc/kubernetes', () => {
        watch.dispose();
        clock.setTimeout(resolve, 0);
      });
    });
}

/**
 * Stands where a CNI plugin's agent will be: writes the node's network configuration (which Pod addresses the node may
 * give) and then does nothing. Pods get addresses; no packet travels between them yet.
 */
export const cniAgentProgram: Program = async (process) => {
  if (!process.files.exists(JOINED)) await hasJoined(process);
  const range = process.argv.find((arg) => arg.startsWith('--pod-cidr='))?.slice('--pod-cidr='.length) ?? '';
  const plugin = {
    type: 'bridge',
    bridge: 'cni0',
    isGateway: true,
    ipam: { type: 'host-local', subnet: range },
  };
  process.files.write(
    CNI_CONFIG,
    `${JSON.stringify({ cniVersion: '1.0.0', name: 'leme', plugins: [plugin] }, null, 2)}\n`,
  );
  process.stderr(
    `placeholder: wrote ${CNI_CONFIG} for ${range}; Pods get addresses, packets between them are not modelled yet`,
  );
  return new Promise<number>((resolve) => process.onTerminate(() => resolve(0)));
};

/** Stands where kube-proxy will be: it runs, and programs no rules. */
export const kubeProxyProgram: Program = async (process) => {
  process.stderr('placeholder: kube-proxy is not modelled yet, no Service rules are programmed on this node');
  return new Promise<number>((resolve) => process.onTerminate(() => resolve(0)));
};
