import type { Pod } from '../api/types.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { ApiClient } from '../client/interface.ts';
import type { ProcessContext } from '../machine/interface.ts';
import { ClaimVolumes } from './claim-volumes.ts';
import { CsiPlugins } from './csi-plugins.ts';
import { PodVolumes } from './pod-volumes.ts';
import { ReferencedObjects } from './referenced-objects.ts';
import type { Amounts } from './resource-field.ts';
import { ServiceAccountTokens } from './service-account-tokens.ts';
import { VolumeContents } from './volume-content.ts';
import { VolumeGrowth } from './volume-growth.ts';

export interface KubeletVolumesOptions {
  readonly process: ProcessContext;
  readonly client: ApiClient;
  readonly nodeName: string;
  readonly recorder: EventRecorder;
  readonly allocatable: () => Amounts;
  readonly nodeUid: () => string;
  /** Says what is mounted, and answers what is attached. */
  readonly report: () => Promise<readonly string[]>;
  readonly pod: (uid: string) => Pod | undefined;
}

/** All that brings volumes to Pods, wired together. */
export class KubeletVolumes {
  readonly objects: ReferencedObjects;
  readonly plugins: CsiPlugins;
  readonly claims: ClaimVolumes;
  readonly pods: PodVolumes;

  constructor(options: KubeletVolumesOptions) {
    const { process, client, nodeName, recorder, allocatable, report } = options;
    this.objects = new ReferencedObjects(process, client, (uid) => {
      const pod = options.pod(uid);
      if (pod !== undefined) this.pods.refreshLater(pod);
    });
    const tokens = new ServiceAccountTokens(process, client);
    const contents = new VolumeContents(this.objects, tokens, allocatable);
    this.plugins = new CsiPlugins(process, client, nodeName, options.nodeUid);
    const growth = new VolumeGrowth(client, recorder, nodeName);
    this.claims = new ClaimVolumes(client, process.files, this.plugins, nodeName, { report }, growth);
    this.pods = new PodVolumes(process, process.files, contents, this.claims, process.machine.os);
  }
}
