import type { Cmdlet, Invocation } from '../cmdlet.ts';
import { allOf, numberArgument, textArgument, textsOf } from '../cmdlet.ts';
import { formatList, formatTable, PsWriter } from '../format.ts';
import type { PsValue } from '../interface.ts';
import { PsError, PsFormatted, PsObject } from '../interface.ts';
import { resolvePath } from '../paths.ts';
import { windowsPathOf } from '../../../base/windows-path.ts';
import { compare, hasWildcard, isTrue, itemsOf, numberOf, propertyOf, textOf, wildcard } from '../values.ts';

const TESTS: Readonly<Record<string, (left: PsValue, right: PsValue) => boolean>> = {
  EQ: (left, right) => compare(left, right) === 0,
  NE: (left, right) => compare(left, right) !== 0,
  GT: (left, right) => compare(left, right) > 0,
  GE: (left, right) => compare(left, right) >= 0,
  LT: (left, right) => compare(left, right) < 0,
  LE: (left, right) => compare(left, right) <= 0,
  Like: (left, right) => wildcard(textOf(right)).test(textOf(left)),
  NotLike: (left, right) => !wildcard(textOf(right)).test(textOf(left)),
  Match: (left, right) => new RegExp(textOf(right), 'i').test(textOf(left)),
  NotMatch: (left, right) => !new RegExp(textOf(right), 'i').test(textOf(left)),
};

const whereObject: Cmdlet = {
  name: 'Where-Object',
  parameters: ['Property', 'Value', ...Object.keys(TESTS)],
  positions: 2,
  blocks: ['FilterScript'],
  async *run(call) {
    const block = call.blocks.get('FilterScript');
    const property = textArgument(call, 'Property');
    const test = Object.keys(TESTS).find((name) => call.values.has(name));
    for await (const item of call.input ?? []) {
      if (block !== undefined) {
        const kept = (await call.session.runBlock(block, item)).some(isTrue);
        if (kept) yield item;
      } else if (property !== undefined) {
        const value = propertyOf(item, property) ?? null;
        const right = test === undefined ? null : (call.values.get(test) ?? null);
        if (test === undefined ? isTrue(value) : TESTS[test]?.(value, right) === true) yield item;
      }
    }
  },
};

const forEachObject: Cmdlet = {
  name: 'ForEach-Object',
  parameters: ['MemberName'],
  positions: 1,
  blocks: ['Process'],
  async *run(call) {
    const block = call.blocks.get('Process');
    const member = textArgument(call, 'MemberName');
    for await (const item of call.input ?? [])
      if (block !== undefined) yield* await call.session.runBlock(block, item);
      else if (member !== undefined) yield* itemsOf(propertyOf(item, member) ?? null);
  },
};

function namesOf(call: Invocation, parameter: string, objects: readonly PsValue[]): readonly string[] | undefined {
  const given = textsOf(call, parameter);
  if (given.length === 0) return undefined;
  const [first] = objects;
  const all = first instanceof PsObject ? Object.keys(first.values) : [];
  return given.flatMap((name) => {
    if (hasWildcard(name)) return all.filter((one) => wildcard(name).test(one));
    return [all.find((one) => one.toLowerCase() === name.toLowerCase()) ?? name];
  });
} // prettier-ignore

const selectObject: Cmdlet = {
  name: 'Select-Object',
  parameters: ['Property', 'First', 'Last', 'Skip', 'ExpandProperty', 'Index', 'ExcludeProperty'],
  positions: 1,
  switches: ['Unique'],
  async *run(call) {
    const items = await allOf(call.input);
    const first = numberArgument(call, this.name, 'First');
    const last = numberArgument(call, this.name, 'Last');
    const index = numberArgument(call, this.name, 'Index');
    const after = items.slice(numberArgument(call, this.name, 'Skip') ?? 0);
    let chosen = first === undefined ? after : after.slice(0, first);
    if (last !== undefined) chosen = last === 0 ? [] : chosen.slice(-last);
    if (index !== undefined) chosen = chosen.slice(index, index + 1);
    const expand = textArgument(call, 'ExpandProperty');
    const names = namesOf(call, 'Property', chosen);
    const seen = new Set<string>();
    for (const item of chosen) {
      if (call.switches.has('Unique')) {
        if (seen.has(textOf(item))) continue;
        seen.add(textOf(item));
      }
      if (expand !== undefined) {
        const value = propertyOf(item, expand);
        if (value === undefined)
          throw new PsError(
            `Property "${expand}" cannot be found.`,
            'InvalidArgument',
            `${textOf(item)}:PSObject`,
            'PSArgumentException',
            'ExpandPropertyNotFound,Microsoft.PowerShell.Commands.SelectObjectCommand',
          );
        yield* itemsOf(value);
      } else if (names === undefined) yield item;
      else
        yield new PsObject(
          'custom',
          Object.fromEntries(names.map((name) => [name, propertyOf(item, name) ?? null])),
        );
    }
  },
};

const sortObject: Cmdlet = {
  name: 'Sort-Object',
  parameters: ['Property'],
  positions: 1,
  switches: ['Descending', 'Unique'],
  async *run(call) {
    const items = await allOf(call.input);
    const names = textsOf(call, 'Property');
    const keys = (item: PsValue): PsValue[] =>
      names.length === 0 ? [item] : names.map((name) => propertyOf(item, name) ?? null);
    const by = (a: PsValue, b: PsValue): number =>
      keys(a)
        .map((key, at) => compare(key, keys(b)[at] ?? null))
        .find((order) => order !== 0) ?? 0;
    const sorted = items.sort(by);
    if (call.switches.has('Descending')) sorted.reverse();
    const kept = call.switches.has('Unique')
      ? sorted.filter((item, at) => at === 0 || by(sorted[at - 1] ?? null, item) !== 0)
      : sorted;
    yield* kept;
  },
};

const measureObject: Cmdlet = {
  name: 'Measure-Object',
  parameters: ['Property'],
  positions: 1,
  switches: ['Sum', 'Average', 'Minimum', 'Maximum', 'Line'],
  async *run(call) {
    const items = await allOf(call.input);
    const property = textArgument(call, 'Property');
    const numbers = items
      .map((item) => numberOf(property === undefined ? item : (propertyOf(item, property) ?? null)))
      .filter((value) => value !== undefined);
    const sum = numbers.reduce((total, value) => total + value, 0);
    const of = (name: string, value: number): number | null => (call.switches.has(name) ? value : null);
    yield new PsObject('list', {
      Count: items.length,
      Average: of('Average', numbers.length === 0 ? 0 : sum / numbers.length),
      Sum: of('Sum', sum),
      Maximum: of('Maximum', Math.max(...numbers)),
      Minimum: of('Minimum', Math.min(...numbers)),
      Property: property ?? null,
    });
  },
};

const selectString: Cmdlet = {
  name: 'Select-String',
  parameters: ['Pattern', 'Path', 'Context'],
  positions: 2,
  switches: ['SimpleMatch', 'CaseSensitive', 'NotMatch', 'Quiet', 'List', 'AllMatches'],
  async *run(call) {
    const { session, switches } = call;
    const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const patterns = textsOf(call, 'Pattern').map(
      (text) =>
        new RegExp(switches.has('SimpleMatch') ? escape(text) : text, switches.has('CaseSensitive') ? '' : 'i'),
    );
    const matches = (line: string): boolean =>
      patterns.some((pattern) => pattern.test(line)) !== switches.has('NotMatch');
    const shown = (line: string): PsValue => (switches.has('Quiet') ? true : line);
    for (const given of textsOf(call, 'Path')) {
      const path = resolvePath(session, given, this.name);
      const lines = session.host.files.read(path).split(/\r?\n/);
      for (const [at, line] of lines.entries())
        if (matches(line)) yield shown(`${windowsPathOf(path)}:${at + 1}:${line}`);
    }
    let found = false;
    for await (const item of call.input ?? [])
      for (const line of searched(item, session.io.width))
        if (matches(line)) {
          if (switches.has('Quiet') && found) continue;
          found = true;
          yield shown(line);
        }
  },
}; // prettier-ignore

/** Lines of what comes through the pipe; of a file its content is not looked at, as its object is no text. */
function searched(item: PsValue, width: number): readonly string[] {
  if (!(item instanceof PsFormatted)) return [textOf(item)];
  let text = '';
  new PsWriter((part) => (text += part), width).write(item);
  return text.split('\n');
}

/** Format-Table and Format-List. */
function formatting(name: string, isTable: boolean): Cmdlet {
  return {
    name,
    parameters: ['Property', 'GroupBy'],
    positions: 1,
    switches: ['AutoSize', 'HideTableHeaders', 'Wrap', 'Force'],
    async *run(call) {
      const items = await allOf(call.input);
      const objects = items.filter((item) => item instanceof PsObject);
      // What is no object is shown as it is.
      if (objects.length < items.length) yield* items.filter((item) => !(item instanceof PsObject));
      const names = namesOf(call, 'Property', objects);
      const text = isTable
        ? formatTable(objects, names, call.session.io.width)
        : formatList(objects, names?.length === 1 && names[0] === '*' ? undefined : names);
      yield new PsFormatted(text);
    },
  };
}

const outString: Cmdlet = {
  name: 'Out-String',
  parameters: ['Width'],
  switches: ['Stream'],
  async *run(call) {
    let text = '';
    const width = numberArgument(call, this.name, 'Width') ?? call.session.io.width;
    const writer = new PsWriter((part) => (text += part), width);
    for await (const item of call.input ?? []) writer.write(item);
    writer.end();
    if (call.switches.has('Stream')) yield* text.replace(/\n$/, '').split('\n');
    else yield text;
  },
};

const outNull: Cmdlet = {
  name: 'Out-Null',
  async run(call) {
    await allOf(call.input);
  },
};

const writeOutput: Cmdlet = {
  name: 'Write-Output',
  parameters: ['InputObject', 'and1', 'and2', 'and3', 'and4', 'and5', 'and6', 'and7'],
  positions: 8,
  async *run(call) {
    for (const value of call.values.values()) yield* itemsOf(value);
    yield* await allOf(call.input);
  },
};

const writeHost: Cmdlet = {
  name: 'Write-Host',
  parameters: ['Object', 'and1', 'and2', 'and3', 'and4', 'and5', 'and6', 'and7', 'ForegroundColor'],
  positions: 8,
  switches: ['NoNewline'],
  async run(call) {
    const shown = [...call.values].filter(([name]) => name !== 'ForegroundColor').map(([, value]) => textOf(value));
    call.session.io.out(shown.join(' ') + (call.switches.has('NoNewline') ? '' : '\n'));
  },
}; // prettier-ignore

export const objectCmdlets: readonly Cmdlet[] = [
  whereObject,
  forEachObject,
  selectObject,
  sortObject,
  measureObject,
  selectString,
  formatting('Format-Table', true),
  formatting('Format-List', false),
  outString,
  outNull,
  writeOutput,
  writeHost,
];
