import type { ClusterSession } from './cluster-session.ts';
import type { PowerAction } from './listeners/machines-server.ts';

/** Virtual milliseconds that a machine stays off when it is restarted. */
const REBOOT = 5000;

/**
 * Presses a machine's power switch, as an input of the learner. Resolves true once it has taken effect and
 * is committed, false when there is no such machine.
 */
export function switchPower(
  session: ClusterSession | undefined,
  name: string,
  action: PowerAction,
): Promise<boolean> {
  const machine = session?.cluster.machines.find(({ spec }) => spec.name === name || spec.ip === name);
  if (session === undefined || machine === undefined || machine.spec.role === 'outside')
    return Promise.resolve(false);
  const { cluster, simulation, pacer, barrier } = session;
  return new Promise((resolve) => {
    pacer.inject(() => {
      if (action !== 'start') cluster.powerOff(machine.spec.name);
      if (action === 'start') cluster.powerOn(machine.spec.name);
      if (action === 'reboot') simulation.schedule(simulation.now + REBOOT, () => machine.powerOn());
      // Behind the input in the queue: told once the switch has been pressed.
      simulation.schedule(simulation.now, () => barrier.afterCommit(() => resolve(true)));
    });
  });
}
