import type { CSINode, Node, VolumeAttachment } from '../api/types.ts';
import { nameOf } from '../apimachinery/meta.ts';
import { CoreEventRecorder } from '../client/core-event-recorder.ts';
import { InformerFactory } from '../client/informer-factory.ts';
import { readClientConfig } from '../client/kubeconfig.ts';
import { NetworkApiClient } from '../client/network-api-client.ts';
import { resourceTypes } from '../client/resource-types.ts';
import type { BlockVolumeService } from '../cloud/oci/interface.ts';
import type { Program } from '../machine/interface.ts';
import { ExternalAttacher } from './external-attacher.ts';
import { ExternalProvisioner } from './external-provisioner.ts';
import { ExternalResizer } from './external-resizer.ts';
import { OciControllerDriver } from './oci-controller-driver.ts';
import { OCI_CONTROLLER_CONFIG, OCI_DRIVER } from './oci-driver.ts';

/**
 * `csi-oci-controller`: provisioner, attacher and resizer with their driver, in one process of the managed control plane. `volumes`
 * is the cloud it asks; the calls do not go over the network yet.
 */
export function ociController(volumes: BlockVolumeService): Program {
  return async (process) => {
    const config = readClientConfig(process.files, OCI_CONTROLLER_CONFIG, 'csi-oci-controller', {
      qps: 20,
      burst: 40,
    });
    const client = new NetworkApiClient(process, process.net, config);
    const factory = new InformerFactory(process, client);
    const csiNodes = factory.informer<CSINode>(resourceTypes.csiNodes);
    const nodes = factory.informer<Node>(resourceTypes.nodes);
    const attachments = factory.informer<VolumeAttachment>(resourceTypes.volumeAttachments);
    const driver = new OciControllerDriver(
      process.clock,
      process.rand,
      volumes,
      csiNodes.lister,
      (node) => nodes.lister.get(node)?.metadata?.labels?.['topology.kubernetes.io/zone'],
      (volume) =>
        attachments.lister
          .list()
          .filter(({ spec }) => spec.source.persistentVolumeName === nameOf(volume))
          .map(({ spec }) => spec.nodeName),
    );
    const id = process.rand.uuid();
    const provisioner = new ExternalProvisioner({
      context: process,
      client,
      factory,
      recorder: new CoreEventRecorder(process, client, `${OCI_DRIVER}_${process.machine.name}_${id}`),
      name: OCI_DRIVER,
      volumeNamePrefix: 'csi',
      addFinalizer: true,
      maker: driver,
    });
    const attacher = new ExternalAttacher(process, client, factory, driver);
    const resizerEvents = new CoreEventRecorder(process, client, `external-resizer ${OCI_DRIVER}`);
    const resizer = new ExternalResizer(process, client, factory, resizerEvents, driver);
    process.stderr(`Starting csi-oci-controller for ${OCI_DRIVER}`);
    factory.start();
    process.go(async () => {
      await factory.waitForCacheSync();
      provisioner.run();
      attacher.run();
      resizer.run();
    });
    return new Promise<number>((resolve) => process.onTerminate(() => resolve(0)));
  };
}
