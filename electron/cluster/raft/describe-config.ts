import type { ConfState } from './interface.ts';

/** As upstream prints it: `voters=(1 2 3)&&(1 2) learners=(4) learners_next=(2) autoleave`. */
export function describeConfig(config: ConfState): string {
  const set = (ids: readonly string[]): string => `(${ids.join(' ')})`;
  let text = `voters=${set(config.voters)}`;
  if (config.votersOutgoing.length > 0) text += `&&${set(config.votersOutgoing)}`;
  if (config.learners.length > 0) text += ` learners=${set(config.learners)}`;
  if (config.learnersNext.length > 0) text += ` learners_next=${set(config.learnersNext)}`;
  return config.autoLeave ? `${text} autoleave` : text;
}
