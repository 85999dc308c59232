import type { Container } from '../../../api/types.ts';
import { podInfo } from '../../framework/pod-info.ts';
import { isMovable, removePod } from './other-pods.ts';
import type { Proposer } from './interface.ts';

/** Gives up each host port that is taken, or takes away the Pod that has it. */
export const proposePorts: Proposer = ({ pod, node }) => {
  const taken = podInfo(pod).hostPorts.filter((own) =>
    [...node.hostPorts.values()].some(({ port, protocol }) => port === own.port && protocol === own.protocol),
  );
  const [first] = taken;
  if (first === undefined) return [];
  const { port, protocol } = first;
  const holders = [...node.pods.values()].filter(
    (other) =>
      isMovable(other) &&
      other.hostPorts.some((theirs) => theirs.port === port && theirs.protocol === protocol),
  );
  return [
    {
      target: 'pod',
      patch: {
        spec: { containers: (pod.spec?.containers ?? []).map((one) => without(one, port, protocol)) },
      },
      wording: { id: 'drop-host-port', params: { port: `${port}/${protocol}` } },
    },
    ...holders.map(removePod),
  ];
};

function without(container: Container, port: number, protocol: string): Container {
  if (container.ports === undefined) return container;
  return {
    ...container,
    ports: container.ports.map((one) =>
      one.hostPort === port && (one.protocol ?? 'TCP') === protocol ? { ...one, hostPort: undefined } : one,
    ),
  } as Container;
}
