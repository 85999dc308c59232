import { beforeEach, describe, expect, it } from 'vitest';
import { KeyDecoder } from '../editor/keys.ts';
import { BinaryFs } from '../etcdctl/testing/memory-io.testing.ts';
import type { ScreenEditor } from './interface.ts';
import { Nano } from './nano.ts';
import { TextDocument } from './text-document.ts';
import { Vi } from './vi.ts';

let fs: BinaryFs;
let editor: ScreenEditor;
let document: TextDocument;

async function open(kind: 'vi' | 'nano', text: string | Uint8Array | undefined, name = 'f'): Promise<void> {
  fs = new BinaryFs();
  if (text !== undefined) fs.files.set(`/${name}`, Buffer.from(text as string));
  document = new TextDocument(fs, `/${name}`, name);
  const loaded = await document.load();
  editor = kind === 'vi' ? new Vi(document, '/', loaded) : new Nano(document, '/', loaded);
}

/** What a person types; `<esc>` is Escape. */
async function type(keys: string): Promise<void> {
  for (const part of keys.split(/(<esc>)/)) {
    if (part === '<esc>') await editor.press({ name: 'escape', text: '\x1b' });
    else for (const key of new KeyDecoder().feed(Buffer.from(part))) await editor.press(key);
  }
}

const file = (name = 'f'): string => Buffer.from(fs.files.get(`/${name}`) ?? []).toString();
const screen = (rows = 6, columns = 60): readonly string[] => editor.render(rows, columns).rows;

describe('vi', () => {
  beforeEach(() => open('vi', 'one\ntwo words here\nthree\n'));

  it('shows the file, what it is, and where one is', () => {
    expect(screen()).toEqual([
      'one', 'two words here', 'three', '~', '~', '"f" 3L, 25B                               1,1           All',
    ]); // prettier-ignore
  });

  it.each([
    ['x', 'ne\ntwo words here\nthree\n'],
    ['dd', 'two words here\nthree\n'],
    ['2dd', 'three\n'],
    ['d2d', 'three\n'],
    ['jddP', 'one\ntwo words here\nthree\n'],
    ['ddp', 'two words here\none\nthree\n'],
    ['yyjp', 'one\ntwo words here\none\nthree\n'],
    ['2yyGp', 'one\ntwo words here\nthree\none\ntwo words here\n'],
    ['jdw', 'one\nwords here\nthree\n'],
    ['jwcwWORLD<esc>', 'one\ntwo WORLD here\nthree\n'],
    ['j$db', 'one\ntwo words e\nthree\n'],
    ['jwD', 'one\ntwo \nthree\n'],
    ['jw2x', 'one\ntwo rds here\nthree\n'],
    ['ihi <esc>', 'hi one\ntwo words here\nthree\n'],
    ['A!<esc>', 'one!\ntwo words here\nthree\n'],
    ['onew<esc>', 'one\nnew\ntwo words here\nthree\n'],
    ['GOnew<esc>', 'one\ntwo words here\nnew\nthree\n'],
    ['rX', 'Xne\ntwo words here\nthree\n'],
    ['J', 'one two words here\nthree\n'],
    ['~', 'One\ntwo words here\nthree\n'],
    ['>>', '\tone\ntwo words here\nthree\n'],
    ['ddu', 'one\ntwo words here\nthree\n'],
    ['ddu\x12', 'two words here\nthree\n'],
    ['ixy<esc>j.', 'xyone\ntxywo words here\nthree\n'],
    ['dd.', 'three\n'],
    ['/words\rx', 'one\ntwo ords here\nthree\n'],
    ['/e\rnx', 'one\ntwo words hre\nthree\n'],
    ['/e\rNx', 'one\ntwo words here\nthre\n'],
    [':%s/e/E/g\r', 'onE\ntwo words hErE\nthrEE\n'],
    [':2,3s/\\(t\\)\\(.\\)/\\2\\1/\r', 'one\nwto words here\nhtree\n'],
    [':2d\r', 'one\nthree\n'],
    [':$\rx', 'one\ntwo words here\nhree\n'],
    ['Rxyz<esc>', 'xyz\ntwo words here\nthree\n'],
    ['jwi\r<esc>', 'one\ntwo \nwords here\nthree\n'],
    ['ji\x7f<esc>', 'onetwo words here\nthree\n'],
    ['dG', ''],
  ])('%j makes it so', async (keys, text) => {
    await type(`${keys}:wq\r`);
    expect([file(), editor.done]).toEqual([text, 0]);
  });

  it('asks before it loses something', async () => {
    await type('x:q\r');
    expect(screen().at(-1)).toMatch(/^E37: No write since last change \(add/);
    expect(editor.done).toBeUndefined();
    await type(':frob\r');
    expect(screen().at(-1)).toMatch(/^E492: Not an editor command: frob/);
    await type('/none\r');
    expect(screen().at(-1)).toMatch(/^E486: Pattern not found: none/);
    await type(':w\r');
    expect(screen().at(-1)).toMatch(/^"f" 3L, 24B written/);
    await type('x:q!\r');
    expect([file(), editor.done]).toEqual(['ne\ntwo words here\nthree\n', 0]);
  });

  it('says its mode, and numbers lines', async () => {
    await type('i');
    expect(screen().at(-1)).toMatch(/^-- INSERT --/);
    await type('<esc>:set nu\r');
    expect(screen().slice(0, 2)).toEqual(['  1 one', '  2 two words here']);
    await type(':set nonu\r:se foo\r');
    expect(screen()[0]).toBe('one');
    expect(screen().at(-1)).toMatch(/^E518: Unknown option: foo/);
  });

  it('begins a new file, and tells where it cannot write', async () => {
    await open('vi', undefined, 'new');
    expect(screen().at(-1)).toMatch(/^"new" \[New\]/);
    await type('ihello<esc>:w /nonexistent/x\r');
    expect(screen(6, 90).at(-1)).toMatch(/^"\/nonexistent\/x" E212: Can't open file for writing/);
    await type(':x\r');
    expect(file('new')).toBe('hello\n');
  });

  it('does not corrupt what is no text', async () => {
    const bytes = Uint8Array.from([0, 1, 255, 10, 27, 0xc3, 0x28]);
    await open('vi', bytes);
    expect(screen().at(-1)).toMatch(/^"f" \[binary\] \[noeol\] 2L, 7B/);
    expect(screen()[1]).toBe('^[Ã(');
    await type('jAx<esc>:wq\r');
    expect([...(fs.files.get('/f') ?? [])]).toEqual([...bytes, 120]);
  });

  it('shows the part of a long file that the cursor is in', async () => {
    await open('vi', Array.from({ length: 5000 }, (_, at) => `line ${String(at + 1)}`).join('\n'));
    await type('2500G');
    expect(screen(5)).toEqual([
      'line 2497', 'line 2498', 'line 2499', 'line 2500', '"f" [noeol] 5000L, 48892B                 2500,1        49%',
    ]); // prettier-ignore
    await type('\x06G');
    expect(screen(5).slice(0, 4)).toEqual(['line 4997', 'line 4998', 'line 4999', 'line 5000']);
  });
});

describe('nano', () => {
  beforeEach(() => open('nano', 'one\ntwo\nthree\n'));

  it('has a title, the text, and its keys', () => {
    const rows = screen(8, 60);
    expect(rows[0]).toBe(`\x1b[7m${'  GNU nano 7.2'.padEnd(29)}f${' '.repeat(30)}`);
    expect(rows.slice(1, 5)).toEqual(['one', 'two', 'three', '']);
    expect(rows[5]?.trim()).toBe('[ Read 3 lines ]');
    expect(rows[6]).toContain('\x1b[7m^O\x1b[0m Write O');
  });

  it('writes out and exits', async () => {
    await type('new \x0f\r\x18');
    expect([file(), editor.done]).toEqual(['new one\ntwo\nthree\n', 0]);
  });

  it('asks for a changed text when it exits', async () => {
    await type('x\x18');
    expect(screen(8, 60)[5]).toBe(`\x1b[7m${'Save modified buffer? '.padEnd(60)}`);
    await type('\x03');
    expect(editor.done).toBeUndefined();
    await type('\x18n');
    expect([file(), editor.done]).toEqual(['one\ntwo\nthree\n', 0]);
  });

  it('cuts lines together and puts them back, finds, and writes under another name', async () => {
    await type('\x0b\x0b\x1b[B\x15\x17wo\rX\x0f\x7fcopy\r\x18');
    expect([file('copy'), file(), editor.done]).toEqual(['one\ntXwo\nthree\n', 'one\ntwo\nthree\n', 0]);
    await open('nano', 'a\n');
    await type('\x17zz\r');
    expect(screen(8, 60)[5]?.trim()).toBe('[ "zz" not found ]');
  });

  it('tells when there is no room', async () => {
    await open('nano', undefined, 'n');
    await type('a\x0f\x15/nonexistent/a\r');
    expect(screen(8, 70)[5]?.trim()).toBe('[ Error writing /nonexistent/a: No such file or directory ]');
  });
});
