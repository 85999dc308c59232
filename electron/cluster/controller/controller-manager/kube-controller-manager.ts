import type { RsaSignatures } from '../../../base/jose/interface.ts';
import { PrivateKey } from '../../../base/jose/private-key.ts';
import { CoreEventRecorder } from '../../client/core-event-recorder.ts';
import { serveHealth } from '../../client/health-server.ts';
import { InformerFactory } from '../../client/informer-factory.ts';
import { readClientConfig } from '../../client/kubeconfig.ts';
import { LeaderElector } from '../../client/leader-election.ts';
import { NetworkApiClient } from '../../client/network-api-client.ts';
import { leaderIdentity, takeThawed } from '../../client/thaw.ts';
import type { ProcessContext, Program } from '../../machine/interface.ts';
import { ControllerJournal } from '../controller-journal.ts';
import type { Controller } from '../interface.ts';
import type { ClientBuilder } from './client-builder.ts';
import { AccountClientBuilder, SimpleClientBuilder } from './client-builder.ts';
import { controllerDescriptors } from './controller-descriptors.ts';
import type { ControllerManagerConfig } from './flags.ts';
import { chooseControllers, isEnabled } from './enabled-controllers.ts';
import { readControllerManagerFlags } from './flags.ts';
import type { ControllerChoice, ControllerManagerViews } from './manager-views.ts';

const name = 'kube-controller-manager';

/** The program of kube-controller-manager. `version` is the cluster's, e.g. `v1.34.9`. Models cmd/kube-controller-manager (v1.34). */
export function kubeControllerManager(
  version: string,
  rsa: RsaSignatures,
  views?: ControllerManagerViews,
): Program {
  return async (process) => {
    try {
      return await run(process, version, rsa, views);
    } catch (error) {
      if (error instanceof TypeError) throw error;
      process.stderr(`Error: ${error instanceof Error ? error.message : String(error)}`);
      return 1;
    }
  };
}

async function run(
  process: ProcessContext,
  version: string,
  rsa: RsaSignatures,
  views: ControllerManagerViews | undefined,
): Promise<number> {
  const thawed = takeThawed(process.state, name);
  const config = withFiles(process, readControllerManagerFlags(argumentsOf(process)), rsa);
  const choices = chooseControllers(config.controllers, controllerDescriptors);
  const roster: Roster = { journals: new Map(), skipped: new Set() };
  const limits = { qps: config.qps, burst: config.burst };
  const agent = `${name}/${version}`;
  const clientConfig = readClientConfig(process.files, config.kubeconfig, agent, limits);
  const client = new NetworkApiClient(process, process.net, clientConfig);
  const root = new SimpleClientBuilder(client, agent);
  const builder = config.useServiceAccountCredentials
    ? new AccountClientBuilder(process, clientConfig, client.derive(agent), agent)
    : root;
  const start = (): Promise<void> =>
    startControllers(process, { root, builder }, config, choices, thawed, roster);
  serveHealth(process.net, config.securePort);
  process.log.info('Starting', { version });
  const identity = config.leaderElect ? leaderIdentity(process, name, thawed) : '';
  let isLeading = !config.leaderElect;
  const seen = views?.started(process.machine.name, {
    identity,
    leaderElect: config.leaderElect,
    leaseNamespace: config.leaseNamespace,
    leaseName: config.leaseName,
    get isLeading() {
      return isLeading;
    },
    selection: config.controllers,
    controllers: () =>
      controllerDescriptors.map(({ name: controller, alias }) => ({
        name: controller,
        alias,
        choice: choices.get(controller) ?? 'not-listed',
        skipped: roster.skipped.has(controller),
        journal: roster.journals.get(controller),
      })),
  });
  process.signal.addEventListener('abort', () => seen?.dispose());
  if (!config.leaderElect) {
    await start();
    return new Promise<number>(() => undefined);
  }
  const leaderClient = client.derive(`${agent}/leader-election`);
  const elector = new LeaderElector(process, {
    client: leaderClient,
    recorder: new CoreEventRecorder(process, leaderClient, name),
    namespace: config.leaseNamespace,
    name: config.leaseName,
    identity,
    times: config,
  });
  await elector.acquire();
  isLeading = true;
  // Losing the lease ends the process also while controllers are being made.
  const failed = new Promise<never>((_, reject) => {
    process.go(() => start().catch(reject));
  });
  await Promise.race([elector.renew(), failed]);
  process.stderr('"leaderelection lost"');
  return 1;
}

/** The controllers that have been started, and those that were to be but lack what they need. */
interface Roster {
  readonly journals: Map<string, ControllerJournal>;
  readonly skipped: Set<string>;
}

/**
 * Each controller has a client (with its own rate limit) and recorder; the caches are shared, and filled as the process itself.
 * @throws Error, StatusError where an account cannot be made: the process ends
 */
async function startControllers(
  process: ProcessContext,
  { root, builder }: { readonly root: ClientBuilder; readonly builder: ClientBuilder },
  config: ControllerManagerConfig,
  choices: ReadonlyMap<string, ControllerChoice>,
  thawed: boolean,
  roster: Roster,
): Promise<void> {
  const factory = new InformerFactory(process, await root.client('shared-informers'));
  const controllers: Controller[] = [];
  for (const descriptor of controllerDescriptors) {
    if (!isEnabled(choices.get(descriptor.name))) {
      process.log.info('Warning: controller is disabled', { controller: descriptor.name });
      continue;
    }
    const own = await (descriptor.isRoot === true ? root : builder).client(descriptor.component);
    const recorder = new CoreEventRecorder(process, own, descriptor.eventSource ?? descriptor.component);
    const journal = new ControllerJournal(process);
    const controller = descriptor.create(
      { context: process, client: own, factory, recorder, journal, thawed, files: process.files },
      config,
    );
    if (controller === undefined) {
      process.log.info('Warning: skipping controller', { controller: descriptor.name });
      roster.skipped.add(descriptor.name);
      continue;
    }
    controllers.push(controller);
    roster.journals.set(descriptor.name, journal);
    process.log.info('Started controller', { controller: descriptor.name });
  }
  factory.start();
  process.go(async () => {
    await factory.waitForCacheSync();
    for (const controller of controllers) controller.run();
  });
}

/** With what is in the files that the flags name. @throws Error, with which the program ends */
function withFiles(
  { files }: ProcessContext,
  config: ControllerManagerConfig,
  rsa: RsaSignatures,
): ControllerManagerConfig {
  const { rootCaFile, serviceAccountPrivateKeyFile: keyFile } = config;
  const content = (file: string, failed: string): string => {
    if (!files.exists(file)) throw new Error(`${failed}: open ${file}: no such file or directory`);
    return files.read(file);
  };
  const failed = 'error reading key for service account token controller';
  const key = keyFile === '' ? undefined : PrivateKey.read(rsa, content(keyFile, failed));
  if (keyFile !== '' && key === undefined)
    throw new Error(
      `${failed}: error reading private key file ${keyFile}: data does not contain a valid RSA or ECDSA private key`,
    );
  return {
    ...config,
    ...(key === undefined ? {} : { serviceAccountKey: key }),
    ...(rootCaFile === ''
      ? {}
      : { rootCa: content(rootCaFile, `error reading root-ca-file at ${rootCaFile}`) }),
  };
}

/** The container's command begins with the program's own name. */
function argumentsOf({ argv }: ProcessContext): readonly string[] {
  return argv[0] !== undefined && !argv[0].startsWith('--') ? argv.slice(1) : argv;
}
