import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteStringToBytes, byteStringToUtf8, bytesToByteString, utf8ToByteString } from './byte-string.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

describe('byte strings', () => {
  it('are ASCII text itself', () => {
    const text = '{"kind":"Pod"}\n\0';
    expect(utf8ToByteString(text)).toBe(text);
    expect(byteStringToUtf8(text)).toBe(text);
  });

  it('hold the UTF-8 bytes of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const bytes = utf8ToByteString(text);
        expect(byteStringToBytes(bytes)).toEqual(encoder.encode(text));
        expect(byteStringToUtf8(bytes)).toBe(decoder.decode(encoder.encode(text)));
      }),
    );
    expect(byteStringToUtf8(utf8ToByteString('ação ⎈ 🚢'))).toBe('ação ⎈ 🚢');
    expect(utf8ToByteString('\ud800')).toBe('\xef\xbf\xbd');
  });

  it('come from bytes and go back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 9000 }), (bytes) => {
        expect(byteStringToBytes(bytesToByteString(bytes))).toEqual(new Uint8Array(bytes));
      }),
    );
  });

  it('compare as their bytes do, which is not how UTF-16 text compares', () => {
    const [high, low] = ['\u{1f6a2}', '\uffee'];
    expect(high < low).toBe(true);
    expect(utf8ToByteString(high) < utf8ToByteString(low)).toBe(false);
  });

  it.each(['\xff', '\xc3', '\xc0\xaf', '\xe2\x82', '\xed\xa0\x80', '\xf4\x90\x80\x80', 'a\x80b'])(
    'show bytes that are no UTF-8 as replacement characters: %j',
    (bytes) => {
      const text = byteStringToUtf8(bytes);
      expect(text).toContain('\ufffd');
      expect(text.replaceAll('\ufffd', '')).toBe(bytes.replaceAll(/[^\0-\x7f]/g, ''));
    },
  );
});
