import { stringify } from 'yaml';
import type { Event } from '../../cluster/api/types.ts';
import { storagePrefix } from '../../cluster/apiserver/storage/storage-prefix.ts';
import { RpcError } from '../../shared/rpc/rpc-error.ts';
import type { ObjectView } from '../object-view.ts';

interface ObjectPlace {
  readonly group: string;
  readonly resource: string;
  readonly namespace: string | null;
  readonly name: string;
}

interface ObjectAnswer {
  readonly yaml: string;
  readonly events: { time: string; type: string; reason: string; message: string }[];
}

/** One object as it stands in etcd, with its events: works while time stands still or the API server is down. */
export function readObject(objects: ObjectView, place: ObjectPlace): ObjectAnswer {
  const prefix = storagePrefix(place.group, place.resource).slice('/registry/'.length, -1);
  const key = place.namespace === null ? place.name : `${place.namespace}/${place.name}`;
  const object = objects.get(prefix, key);
  if (object === undefined) throw new RpcError('NotFound', `${place.resource} ${key} does not exist`);
  const events = (objects.list('events', place.namespace ?? 'default') as readonly Event[])
    .filter(
      ({ involvedObject }) =>
        involvedObject.uid === object.metadata?.uid && involvedObject.name === place.name,
    )
    .map((event) => ({
      time: event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '',
      type: event.type ?? '',
      reason: event.reason ?? '',
      message: event.message ?? '',
    }))
    .sort((a, b) => (a.time < b.time ? -1 : 1));
  return { yaml: stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }), events };
}
