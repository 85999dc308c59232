import { describe, expect, it } from 'vitest';
import { differs, normalised } from './kubectl-outcome.testing.ts';

const said = (stdout: string, exit = 0, stderr = ''): { exit: number; stdout: string; stderr: string } => ({
  exit,
  stdout,
  stderr,
});

describe('what two clients answered', () => {
  it('is equal byte for byte, or differs', () => {
    expect(differs(said('pod/web created\n'), said('pod/web created\n'))).toBeUndefined();
    expect(differs(said('pod/web created\n'), said('pod/web  created\n'))).toBe('stdout');
    expect(differs(said('a'), said('a', 1))).toBe('exit');
    expect(differs(said('a', 1, 'error: x\n'), said('a', 1, 'error: x'))).toBe('stderr');
  });

  it('is equal but for ages, and for the widths of columns behind them', () => {
    expect(
      differs(
        said('NAME   AGE     IP\nweb    5s      10.0.0.7\n'),
        said('NAME   AGE   IP\nweb    2m    10.0.0.7\n'),
      ),
    ).toBeUndefined();
    expect(differs(said('NAME   AGE\nweb    5s\n'), said('NAME   AGE\nwob    5s\n'))).toBe('stdout');
  });

  it('is equal but for names of its own side, UIDs and generated suffixes', () => {
    const uid = (digit: string): string => `${digit.repeat(8)}-aaaa-bbbb-cccc-dddddddddddd`;
    expect(
      differs(
        said(`${uid('1')} web-7d9f8c6b5d-x2k4p in left\n`),
        said(`${uid('2')} web-6c8f9d7b4d-q9w2z in right\n`),
        [['left', 'NS']],
        [['right', 'NS']],
      ),
    ).toBeUndefined();
    expect(differs(said('in left\n'), said('in right\n'), [['left', 'NS']], [])).toBe('stdout');
  });

  it('leaves out what the stock client logs', () => {
    expect(normalised('E1127 12:00:00.000001       1 memcache.go:265] x\nerror: y\n', [])).toBe('error: y\n');
  });
});
