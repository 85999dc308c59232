import { useAttempt } from '../../composables/use-attempt.ts';
import { useLab } from '../../stores/lab.ts';
import { useRecords } from '../../stores/records.ts';
import { useUi } from '../../stores/ui.ts';

/** Begins the lab anew, once the learner has said so. */
export function useRestart(): () => void {
  const ui = useUi();
  const lab = useLab();
  const records = useRecords();
  const attempt = useAttempt();

  async function restart(): Promise<void> {
    if (!(await attempt(lab.restart))) return;
    records.clear();
    ui.deselect();
  }

  return () =>
    ui.confirm({ title: 'lab.restart', body: 'lab.restartBody', params: {}, run: () => void restart() });
}
