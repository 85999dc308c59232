import { maxNodeScore } from './interface.ts';

/** Scales scores so that the highest becomes 100; reversed, the lowest raw score is best. Models plugins/helper DefaultNormalizeScore. */
export function defaultNormalizeScore(scores: number[], reverse: boolean): void {
  let max = 0;
  for (const score of scores) if (score > max) max = score;
  if (max === 0) {
    scores.fill(reverse ? maxNodeScore : 0);
    return;
  }
  for (let index = 0; index < scores.length; index += 1) {
    const scaled = Math.floor((maxNodeScore * (scores[index] as number)) / max);
    scores[index] = reverse ? maxNodeScore - scaled : scaled;
  }
}
