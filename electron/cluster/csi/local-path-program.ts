import type { Pod } from '../api/types.ts';
import { parseYaml } from '../apimachinery/yaml.ts';
import { CoreEventRecorder } from '../client/core-event-recorder.ts';
import { FlagError, parseFlags } from '../client/component-flags.ts';
import { inClusterConfig } from '../client/in-cluster-config.ts';
import { InformerFactory } from '../client/informer-factory.ts';
import type { ContainerFiles } from '../images/container/interface.ts';
import type { Program } from '../machine/interface.ts';
import { utf8Decode } from '../network/byte-text.ts';
import { ExternalProvisioner } from './external-provisioner.ts';
import type { LocalPathConfig } from './local-path-provisioner.ts';
import { LocalPathProvisioner } from './local-path-provisioner.ts';

const defaults = {
  config: '',
  'configmap-name': 'local-path-config',
  debug: false,
  'helper-image': '',
  'helper-pod-file': '/etc/config/helperPod.yaml',
  namespace: '',
  'provisioner-name': 'rancher.io/local-path',
  'service-account-name': '',
};

/** What runs in `rancher/local-path-provisioner`: `local-path-provisioner start --config /etc/config/config.json`. */
export function localPathProgram(container: ContainerFiles): Program {
  return async (process) => {
    const read = (path: string): string => utf8Decode(container.read(path));
    try {
      const [, command, ...argv] = process.argv;
      if (command !== 'start') throw new FlagError(`unknown command ${JSON.stringify(command ?? '')}`);
      const flags = parseFlags(argv, defaults);
      const namespace = flags.namespace || process.env['POD_NAMESPACE'] || 'local-path-storage';
      const account =
        flags['service-account-name'] ||
        process.env['SERVICE_ACCOUNT_NAME'] ||
        'local-path-provisioner-service-account';
      const client = inClusterConfig(process, read, 'local-path-provisioner');
      const factory = new InformerFactory(process, client);
      const files = {
        config: () => JSON.parse(read(flags.config)) as LocalPathConfig,
        helperPod: () => parseYaml(read(flags['helper-pod-file'])) as Pod,
      };
      files.config();
      const name = flags['provisioner-name'];
      const host = process.env['HOSTNAME'] ?? process.machine.name;
      const provisioner = new ExternalProvisioner({
        context: process,
        client,
        factory,
        recorder: new CoreEventRecorder(process, client, `${name}_${host}_${process.rand.uuid()}`),
        name,
        volumeNamePrefix: 'pvc',
        addFinalizer: false,
        maker: new LocalPathProvisioner(client, process.clock, files, namespace, account),
      });
      factory.start();
      process.go(async () => {
        await factory.waitForCacheSync();
        process.stderr('Provisioner started');
        provisioner.run();
      });
    } catch (error) {
      if (error instanceof TypeError) throw error;
      process.stderr(
        `level=fatal msg="Error starting daemon: ${error instanceof Error ? error.message : String(error)}"`,
      );
      return 1;
    }
    return new Promise<number>((resolve) => process.onTerminate(() => resolve(0)));
  };
}
