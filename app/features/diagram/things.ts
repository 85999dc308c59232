import type { Selection } from '../../stores/ui.ts';

/** A thing of the picture as one text, for `data-thing`. */
export function thingKey(thing: Selection): string {
  switch (thing.type) {
    case 'machine':
      return `machine:${thing.name}`;
    case 'component':
      return `component:${thing.id}`;
    case 'pod':
      return `pod:${thing.uid}`;
    case 'record':
      return `record:${thing.id}`;
  }
}

/** The reverse; null when it is none. */
export function parseThing(key: string): Selection | null {
  const at = key.indexOf(':');
  const rest = key.slice(at + 1);
  switch (key.slice(0, at)) {
    case 'machine':
      return { type: 'machine', name: rest };
    case 'component':
      return { type: 'component', id: rest };
    case 'pod':
      return { type: 'pod', uid: rest };
    case 'record':
      return { type: 'record', id: Number(rest) };
    default:
      return null;
  }
}
