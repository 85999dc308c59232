import { describe, expect, it } from 'vitest';
import { FileError } from './interface.ts';
import { OverlayFiles, VolatileLayer } from './overlay-files.ts';
import { Terminal } from './terminal.ts';

const lower = {
  files: new Map([
    ['/etc/passwd', 'root'],
    ['/usr/share/x/y', '1'],
  ]),
  executables: new Set(['/bin/sh']),
  folders: ['/tmp'],
};

describe('files of a container', () => {
  it('shows the image below and its own changes above, and keeps them in the layer', () => {
    const layer = new VolatileLayer();
    const files = new OverlayFiles(lower, layer);
    files.write('/tmp/a', 'A');
    files.remove('/usr/share/x');
    files.makeFolder('/data');
    const again = new OverlayFiles(lower, layer);
    expect(again.list('/')).toEqual(['bin', 'data', 'etc', 'tmp', 'usr']);
    expect(again.read('/tmp/../tmp/a')).toBe('A');
    expect(again.stat('/usr/share/x/y')).toBeUndefined();
    expect(again.stat('/bin/sh')).toMatchObject({ executable: true });
  });

  it('refuses as a kernel does', () => {
    const folder = new OverlayFiles(lower, new VolatileLayer());
    const files = new OverlayFiles(lower, new VolatileLayer(), [
      { containerPath: '/ro', readOnly: true, folder },
    ]);
    expect(() => files.write('/none/x', '')).toThrow(new FileError('ENOENT'));
    expect(() => files.read('/etc')).toThrow('Is a directory');
    expect(() => files.write('/ro/x', '')).toThrow('Read-only file system');
    expect(files.read('/ro/etc/passwd')).toBe('root');
  });
});

describe('a terminal', () => {
  it('echoes, erases, and gives lines to its reader', async () => {
    let screen = '';
    const terminal = new Terminal((bytes) => (screen += bytes));
    terminal.type('lx\x7fs\r');
    terminal.writer.write('a\nb\n');
    expect(await terminal.input.read()).toBe('ls\n');
    expect(screen).toBe('lx\b \bs\r\na\r\nb\r\n');
  });

  it('tells the foreground of Ctrl-C and its reader of Ctrl-D', async () => {
    const terminal = new Terminal(() => undefined);
    let interrupts = 0;
    const release = terminal.onInterrupt(() => (interrupts += 1));
    terminal.type('abc\x03');
    release();
    terminal.type('\x03\x04');
    expect(interrupts).toBe(1);
    expect(await terminal.input.read()).toBeUndefined();
  });
});
