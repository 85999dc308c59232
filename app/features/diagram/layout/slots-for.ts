import { PodSlots } from './pod-slots.ts';

const all = new Map<string, PodSlots>();

/** The places of a machine's Pods, remembered while the window is open. */
export function slotsFor(machine: string): PodSlots {
  let slots = all.get(machine);
  if (slots === undefined) {
    slots = new PodSlots();
    all.set(machine, slots);
  }
  return slots;
}
