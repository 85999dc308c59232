import { commandFailed } from '../client/command-failed.ts';
import { withKlog } from '../client/klog.ts';
import { readClientConfig } from '../client/kubeconfig.ts';
import { NetworkApiClient } from '../client/network-api-client.ts';
import { takeThawed } from '../client/thaw.ts';
import type { ProcessContext, Program } from '../machine/interface.ts';
import { ClientCertificate } from './client-certificate.ts';
import { Kubelet } from './kubelet.ts';
import { runtimeChoice, startDockershim, validateRuntime } from './runtime-choice.ts';
import { listenHealthz } from './server/healthz.ts';
import { readSettings } from './settings.ts';

/**
 * The kubelet, of the version that is installed when it starts. Reads its flags, `/var/lib/kubelet/config.yaml` and its
 * kubeconfig from the machine. `argvOf`: its words where the process is another that starts it. @throws Error (of `argvOf`)
 */
export function kubeletProgram(
  installedVersion: () => string,
  argvOf: (process: ProcessContext) => readonly string[] = (process) => process.argv,
): Program {
  return withKlog(async (process: ProcessContext) => {
    const version = installedVersion();
    const thawed = takeThawed(process.state, 'kubelet');
    let kubelet: Kubelet;
    try {
      const argv = argvOf(process);
      const { os } = process.machine;
      const choice = runtimeChoice(argv, version);
      const read = readSettings(argv, process.machine, process.files);
      if (read.configWarning !== undefined)
        process.log.info('Using lenient decoding as strict decoding failed', {
          caller: 'codec.go:119',
          err: read.configWarning,
        });
      process.log.info('Kubelet version', { caller: 'server.go:529', kubeletVersion: version });
      const socket = choice.socket ?? read.socket;
      const configured = read.config.cgroupDriver === 'systemd' ? 'SYSTEMD' : 'CGROUPFS';
      const cgroupDriver = choice.dockershim
        ? await startDockershim(process, version, configured)
        : await validateRuntime(process, version, socket, configured);
      // Windows has no cgroups to name.
      const settings = { ...read, socket, ...(os === 'windows' ? {} : { cgroupDriver }) };
      const userAgent = `kubelet/${version} (${os}/amd64) kubernetes/leme`;
      const certificate = new ClientCertificate({ ...settings, process, userAgent });
      if (!certificate.isThere) certificate.begin();
      listenHealthz(process, settings.config.healthzPort);
      if (!certificate.isThere) await certificate.obtain();
      const config = readClientConfig(process.files, settings.kubeconfig, userAgent, { qps: 50, burst: 100 });
      const client = new NetworkApiClient(process, process.net, config);
      kubelet = new Kubelet({ process, settings, client, version, thawed });
    } catch (error) {
      if (error instanceof TypeError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      process.stderr(commandFailed(why, process.clock.now(), process.pid));
      return 1;
    }
    process.go(() => kubelet.run());
    return new Promise<number>((resolve) => process.onTerminate(() => resolve(0)));
  }, false);
}
