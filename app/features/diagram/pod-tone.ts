import type { PodView } from '../../../electron/shared/contract/diagram.ts';

/** How a Pod's cell looks: shape and colour together, so that colour is never the only sign. */
export type PodTone = 'ready' | 'unready' | 'pending' | 'starting' | 'broken' | 'ending' | 'done';

const BROKEN = /Err|BackOff|Error|Failed|Invalid|OOMKilled|Evicted|NodeLost|DeadlineExceeded/;

export function podTone(pod: Pick<PodView, 'status' | 'ready' | 'node'>): PodTone {
  if (pod.status === 'Terminating') return 'ending';
  if (BROKEN.test(pod.status)) return 'broken';
  if (pod.status === 'Completed' || pod.status === 'Succeeded') return 'done';
  if (pod.status === 'Running') return pod.ready ? 'ready' : 'unready';
  if (pod.node === null || pod.status === 'Pending') return 'pending';
  return 'starting';
}

/** The tone as one of the state classes that chips use. */
export function toneClass(tone: PodTone): string {
  const classes: Record<PodTone, string> = {
    ready: 'ok',
    unready: 'warn',
    pending: '',
    starting: 'active',
    broken: 'bad',
    ending: 'warn',
    done: '',
  };
  return classes[tone];
}
