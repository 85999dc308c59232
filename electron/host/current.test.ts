import { expect, it } from 'vitest';
import { Current } from './current.ts';

it('calls at once, or once there is something, or never when the waiting was stopped', () => {
  const current = new Current<string>();
  const heard: string[] = [];
  current.whenThere((value) => heard.push(`early ${value}`));
  const stop = current.whenThere((value) => heard.push(`gone ${value}`));
  stop();
  current.set(undefined);
  expect(heard).toEqual([]);
  current.set('one');
  current.whenThere((value) => heard.push(`late ${value}`));
  current.set('two');
  expect(heard).toEqual(['early one', 'late one']);
  expect(current.value).toBe('two');
});
