import { describe, expect, it } from 'vitest';
import { HOST_EXEC_ARGV, hostArguments } from './host-arguments.ts';

describe('hostArguments', () => {
  it.each([
    [['electron', '/leme'], []],
    [
      ['electron', '/leme', '--data', '/d', '--speed=5'],
      ['--data', '/d', '--speed=5'],
    ],
    [
      ['electron', '--inspect=0', '--remote-debugging-port=0', '/leme', '--api-port', '0'],
      ['--api-port', '0'],
    ],
    [
      ['electron', '/leme', '--no-sandbox', '--ozone-platform=wayland', '--topology', 'oke-3'],
      ['--topology', 'oke-3'],
    ],
    // Not ours, and not the platform's: the host says so.
    [
      ['electron', '/leme', '--spead', '5'],
      ['--spead', '5'],
    ],
  ])('of %j are %j', (argv, expected) => {
    expect(hostArguments(argv, false)).toEqual(expected);
  });

  it('of a packaged app follow its own name', () => {
    expect(hostArguments(['/opt/Leme/leme', '--no-sandbox', '--data', '/d'], true)).toEqual(['--data', '/d']);
  });
});

it('the host has the same flags of Node as `npm run serve`', async () => {
  const { HOST_FLAGS } = (await import('../../scripts/node-binary.mjs' as string)) as {
    HOST_FLAGS: string[];
  };
  expect(HOST_EXEC_ARGV).toEqual(HOST_FLAGS);
});
