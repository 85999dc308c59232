import type { PodSpec } from '../api/types.ts';
import type { CgroupDriver } from '../cri/interface.ts';
import { qosClass } from './qos-class.ts';

/**
 * The cgroup of a Pod, in the form that the driver wants. Models pkg/kubelet/cm (cgroup_manager_linux.go, v1.34):
 * `/kubepods/besteffort/pod<uid>`, or slices whose names repeat those above them.
 */
export function podCgroup(spec: PodSpec, uid: string, driver: CgroupDriver): string {
  const qos = qosClass(spec);
  const parts = ['kubepods', ...(qos === 'Guaranteed' ? [] : [qos.toLowerCase()])];
  if (driver === 'CGROUPFS') return `/${[...parts, `pod${uid}`].join('/')}`;
  const names = [...parts, `pod${uid.replace(/-/g, '_')}`];
  return `/${names.map((_name, index) => `${names.slice(0, index + 1).join('-')}.slice`).join('/')}`;
}
