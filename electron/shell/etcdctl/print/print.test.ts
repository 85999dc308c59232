import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage, messageType } from '../client/schema.ts';
import { messageJson } from './go-json.ts';
import { goDuration, goQuote, humanBytes } from './go-text.ts';
import { drawTable } from './table.ts';

// Expected texts are what Go's fmt, encoding/json, go-humanize and tablewriter print.

describe('Go words', () => {
  it('quote bytes as %q does', () => {
    expect(goQuote('café\n"x"\\')).toBe('"café\\n\\"x\\"\\\\"');
    expect(goQuote(Buffer.from([0, 1, 2, 0xff, 0xfe, 0, 0x65]))).toBe('"\\x00\\x01\\x02\\xff\\xfe\\x00e"');
    expect(goQuote('\u0085 \u00ad \u{1f600} \u{e0001} \x7f')).toBe(
      '"\\u0085 \\u00ad \u{1f600} \\U000e0001 \\x7f"',
    );
  });

  it('give sizes and times', () => {
    expect([0, 9, 10, 999, 1000, 20_480, 16_384, 24_576, 1_500_000, 2 ** 40].map(humanBytes)).toEqual([
      '0 B', '9 B', '10 B', '999 B', '1.0 kB', '20 kB', '16 kB', '25 kB', '1.5 MB', '1.1 TB',
    ]); // prettier-ignore
    expect([0, 0.0005, 0.75, 1.196435, 2500, 63_000, 3_723_004].map(goDuration)).toEqual([
      '0s', '500ns', '750µs', '1.196435ms', '2.5s', '1m3s', '1h2m3.004s',
    ]); // prettier-ignore
  });

  it('draw tables, breaking cells that are long', () => {
    expect(
      drawTable(
        ['ID', 'is_leader'],
        [
          ['a', 'true'],
          ['bcd', 'false'],
        ],
      ),
    ).toBe(
      '+-----+-----------+\n| ID  | IS LEADER |\n+-----+-----------+\n|   a |      true |\n| bcd |     false |\n+-----+-----------+\n',
    );
    const long = drawTable(['error'], [['one two three four five six seven eight nine']]);
    expect(long).toBe(
      '+-----------------------------+\n|            ERROR            |\n+-----------------------------+\n' +
        '| one two three four five six |\n|            seven eight nine |\n+-----------------------------+\n',
    );
  });

  it('write messages as JSON in the order of Go structs, without zeros', () => {
    const type = messageType('etcdserverpb.TxnResponse');
    const bytes = encodeMessage(type, {
      header: { cluster_id: '18446744073709551615', revision: '7' },
      succeeded: true,
      responses: [
        { response_range: { kvs: [{ key: Buffer.from('<k>'), version: 1 }], count: 1 } },
        { response_put: {} },
      ],
    });
    const message = decodeMessage(type, bytes);
    const head = '{"header":{"cluster_id":18446744073709551615,"revision":7},"succeeded":true,"responses":';
    expect(messageJson(type, message, { oneofNames: 'go' })).toBe(
      `${head}[{"Response":{"ResponseRange":{"kvs":[{"key":"PGs+","version":1}],"count":1}}},{"Response":{"ResponsePut":{}}}]}`,
    );
    expect(messageJson(type, message, { oneofNames: 'wire' })).toContain('{"Response":{"response_put":{}}}');
  });
});
