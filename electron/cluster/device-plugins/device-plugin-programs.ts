import type { ContainerFiles } from '../images/container/interface.ts';
import type { Program } from '../machine/interface.ts';
import { sampleDevicePlugin } from './sample-device-plugin.ts';

/** Programs of device plugins' images, by repository. */
export const devicePluginPrograms: ReadonlyMap<string, (files: ContainerFiles) => Program> = new Map([
  ['registry.k8s.io/e2e-test-images/sample-device-plugin', sampleDevicePlugin],
]);
