import { beforeEach, describe, expect, it } from 'vitest';
import type {
  CSIDriver,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  VolumeAttachment,
} from '../../api/types.ts';
import { attachmentName } from '../../api/helpers/csi-volumes.ts';
import { resourceTypes } from '../../client/resource-types.ts';
import { ControllerHarness } from '../testing/controller-harness.testing.ts';
import { AttachDetachController } from './attach-detach-controller.ts';

const { csiDrivers, nodes, persistentVolumeClaims, persistentVolumes, pods, volumeAttachments } =
  resourceTypes;
const UNIQUE = 'kubernetes.io/csi/disk.example.com^disk-1';
const on = (node: string): string => attachmentName('disk-1', 'disk.example.com', node);
const ATTACHED = 'Normal SuccessfulAttachVolume AttachVolume.Attach succeeded for volume "v" ';

let harness: ControllerHarness;

beforeEach(() => {
  harness = new ControllerHarness();
});

function node(name: string): Node {
  return {
    metadata: { name },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  } as unknown as Node;
}

function pod(name: string, nodeName: string): Pod {
  return {
    metadata: { name, namespace: 'default' },
    spec: {
      nodeName,
      containers: [],
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
    },
    status: { phase: 'Pending' },
  } as unknown as Pod;
}

async function start(mode = 'ReadWriteOnce', attachRequired = true): Promise<void> {
  const { api } = harness;
  const controller = new AttachDetachController(harness.c);
  for (const name of ['a', 'b']) api.seed(nodes, node(name));
  api.seed(csiDrivers, {
    metadata: { name: 'disk.example.com' },
    spec: { attachRequired },
  } as unknown as CSIDriver);
  api.seed(persistentVolumes, {
    metadata: { name: 'v' },
    spec: {
      accessModes: [mode],
      csi: { driver: 'disk.example.com', volumeHandle: 'disk-1' },
      claimRef: { namespace: 'default', name: 'data' },
    },
  } as unknown as PersistentVolume);
  api.seed(persistentVolumeClaims, {
    metadata: { name: 'data', namespace: 'default' },
    spec: { volumeName: 'v' },
  } as unknown as PersistentVolumeClaim);
  await harness.start(controller);
}

/** What the driver's attacher answers. */
async function answer(nodeName: string, status: object): Promise<void> {
  harness.api.change<VolumeAttachment>(
    volumeAttachments,
    on(nodeName),
    (old) => ({ ...old, status }) as VolumeAttachment,
  );
  await harness.run();
}

function setNode(name: string, status: object, spec: object = {}): void {
  harness.api.change<Node>(
    nodes,
    name,
    (old) => ({ ...old, spec, status: { ...old.status, ...status } }) as Node,
  );
}

const attachments = (): string[] =>
  harness.api.all<VolumeAttachment>(volumeAttachments).map(({ spec }) => spec.nodeName);
const reported = (name: string): string[] =>
  (harness.api.find<Node>(nodes, name)?.status?.volumesAttached ?? []).map((one) => one.name);

describe('AttachDetachController', () => {
  it('asks for an attachment, and tells Node and Pod when it is there', async () => {
    await start();
    harness.api.seed(pods, pod('one', 'a'));
    await harness.run();
    expect(harness.api.find<VolumeAttachment>(volumeAttachments, on('a'))?.spec).toEqual({
      attacher: 'disk.example.com',
      nodeName: 'a',
      source: { persistentVolumeName: 'v' },
    });
    expect(harness.api.events()).toEqual([]);
    await answer('a', { attached: true });
    expect(reported('a')).toEqual([UNIQUE]);
    expect(harness.api.events()).toEqual([ATTACHED]);
  });

  it('attaches nothing for a driver that needs no attaching', async () => {
    await start('ReadWriteOnce', false);
    harness.api.seed(pods, pod('one', 'a'));
    await harness.run();
    expect(attachments()).toEqual([]);
  });

  it('tells what the driver said, and that it says nothing', async () => {
    await start();
    harness.api.seed(pods, pod('one', 'a'));
    await harness.run(121_000);
    const silent =
      'Warning FailedAttachVolume AttachVolume.Attach failed for volume "v" : timed out waiting for external-attacher of disk.example.com CSI driver to attach volume disk-1';
    expect(harness.api.events()).toEqual([silent]);
    await answer('a', {
      attached: false,
      attachError: { message: 'rpc error: code = Internal desc = no', time: 't' },
    });
    expect(harness.api.events()).toEqual([
      silent,
      'Warning FailedAttachVolume AttachVolume.Attach failed for volume "v" : rpc error: code = Internal desc = no',
    ]);
  });

  it('refuses a second node, once for each Pod, and comes when the first has let go', async () => {
    await start();
    harness.api.seed(pods, pod('one', 'a'));
    await harness.run();
    await answer('a', { attached: true });
    setNode('a', { volumesInUse: [UNIQUE] });
    harness.api.seed(pods, pod('two', 'b'));
    await harness.run(60_000);
    const refused =
      'Warning FailedAttachVolume Multi-Attach error for volume "v" Volume is already used by pod(s) one';
    expect([attachments(), harness.api.events()]).toEqual([['a'], [ATTACHED, refused]]);
    harness.api.remove(pods, 'default/one');
    await harness.run();
    expect(attachments()).toEqual(['a']);
    setNode('a', { volumesInUse: undefined });
    await harness.run();
    expect([attachments(), reported('a')]).toEqual([['b'], []]);
    await answer('b', { attached: true });
    expect(reported('b')).toEqual([UNIQUE]);
  });

  it('says that it is attached elsewhere when no Pod there uses it', async () => {
    await start();
    harness.api.seed(pods, pod('one', 'a'));
    await harness.run();
    setNode('a', { volumesInUse: [UNIQUE] });
    harness.api.remove(pods, 'default/one');
    harness.api.seed(pods, pod('two', 'b'));
    await harness.run();
    expect(harness.api.events()).toEqual([
      `Warning FailedAttachVolume Multi-Attach error for volume "v" Volume is already exclusively attached to one node and can't be attached to another`,
    ]);
  });

  it('gives a volume for many to many', async () => {
    await start('ReadWriteMany');
    harness.api.seed(pods, pod('one', 'a'));
    harness.api.seed(pods, pod('two', 'b'));
    await harness.run();
    expect(attachments().sort()).toEqual(['a', 'b']);
  });

  it('takes it from a node that does not answer after six minutes, from a healthy one never', async () => {
    await start();
    harness.api.seed(pods, pod('one', 'a'));
    await harness.run();
    await answer('a', { attached: true });
    setNode('a', { volumesInUse: [UNIQUE] });
    harness.api.remove(pods, 'default/one');
    await harness.run(400_000);
    expect(attachments()).toEqual(['a']);
    setNode('a', { conditions: [{ type: 'Ready', status: 'Unknown' }] });
    await harness.run();
    expect(attachments()).toEqual([]);
  });

  it('waits six minutes for one that went silent, and not at all for one that is out of service', async () => {
    await start();
    harness.api.seed(pods, pod('one', 'a'));
    await harness.run();
    setNode('a', { volumesInUse: [UNIQUE], conditions: [{ type: 'Ready', status: 'Unknown' }] });
    harness.api.remove(pods, 'default/one');
    await harness.run(355_000);
    expect(attachments()).toEqual(['a']);
    await harness.run(6_000);
    expect(attachments()).toEqual([]);
    harness.api.seed(pods, pod('two', 'a'));
    await harness.run();
    harness.api.remove(pods, 'default/two');
    setNode('a', {}, { taints: [{ key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' }] });
    await harness.run();
    expect(attachments()).toEqual([]);
  });
});
