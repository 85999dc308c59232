import { maxNodeScore } from './interface.ts';

/** Scales scores so that the highest becomes 100; reversed, the lowest raw score is best. Models plugins/helper DefaultNormalizeScore. */
export function defaultNormalizeScore(scores: number[], reverse: boolean): void {
  const max = scores.reduce((highest, score) => Math.max(highest, score), 0);
  for (let index = 0; index < scores.length; index += 1) {
    const scaled = max === 0 ? 0 : Math.floor((maxNodeScore * (scores[index] as number)) / max);
    scores[index] = reverse ? maxNodeScore - scaled : scaled;
  }
}
