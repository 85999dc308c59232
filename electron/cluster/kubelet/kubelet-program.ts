import { readClientConfig } from '../client/kubeconfig.ts';
import { NetworkApiClient } from '../client/network-api-client.ts';
import { takeThawed } from '../client/thaw.ts';
import type { ProcessContext, Program } from '../machine/interface.ts';
import { Kubelet } from './kubelet.ts';
import { readSettings } from './settings.ts';

/** The kubelet. Reads its flags, `/var/lib/kubelet/config.yaml` and its kubeconfig from the machine. */
export function kubeletProgram(version: string): Program {
  return async (process: ProcessContext) => {
    const thawed = takeThawed(process.state, 'kubelet');
    let kubelet: Kubelet;
    try {
      const settings = readSettings(process.argv, process.machine, process.files);
      const userAgent = `kubelet/${version} (linux/amd64) kubernetes/leme`;
      const config = readClientConfig(process.files, settings.kubeconfig, userAgent, { qps: 50, burst: 100 });
      const client = new NetworkApiClient(process, process.net, config);
      kubelet = new Kubelet({ process, settings, client, version, thawed });
    } catch (error) {
      process.stderr(
        `E run.go:72] "command failed" err=${JSON.stringify(error instanceof Error ? error.message : String(error))}`,
      );
      return 1;
    }
    process.stderr(`I server.go:529] "Kubelet version" kubeletVersion="${version}"`);
    process.go(() => kubelet.run());
    return new Promise<number>((resolve) => process.onTerminate(() => resolve(0)));
  };
}
