import { quoteForShell } from '../expand/parameter-ops.ts';

/** What `printf` wrote, and what it complains about. */
export interface Printed {
  text: string;
  errors: string[];
}

const named: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '?': '?',
};

/** Backslash escapes of a format (`octal` without a leading 0) or of `echo -e`/`%b` (`\0nnn`). `stop` is true after `\c`. */
export function unescape(text: string, style: 'format' | 'echo'): { text: string; stop: boolean } {
  let out = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (char !== '\\' || at === text.length - 1) {
      out += char;
      continue;
    }
    const rest = text.slice(at + 1);
    const next = rest[0] as string;
    if (next === 'c' && style === 'echo') return { text: out, stop: true };
    const octal =
      style === 'echo'
        ? (/^0([0-7]{0,3})/.exec(rest) ?? /^([1-7][0-7]{0,2})/.exec(rest))
        : /^([0-7]{1,3})/.exec(rest);
    const hex =
      /^x([0-9a-fA-F]{1,2})/.exec(rest) ??
      /^u([0-9a-fA-F]{1,4})/.exec(rest) ??
      /^U([0-9a-fA-F]{1,8})/.exec(rest);
    if (octal !== null) {
      out += String.fromCharCode(parseInt(octal[1] === '' ? '0' : (octal[1] as string), 8) & 255);
      at += octal[0].length;
    } else if (hex !== null) {
      out += String.fromCodePoint(parseInt(hex[1] as string, 16));
      at += hex[0].length;
    } else if (
      named[next] !== undefined &&
      !(style === 'echo' && (next === "'" || next === '"' || next === '?'))
    ) {
      out += named[next];
      at++;
    } else out += char;
  }
  return { text: out, stop: false };
}

const directive = /^%([-+ 0#']*)(\*|\d+)?(?:\.(\*|-?\d+)?)?([a-zA-Z%]|\([^)]*\)T)/;

/** Models bash's `printf` builtin (5.2): the format is used again until the arguments are used up. */
export function printfFormat(format: string, args: readonly string[]): Printed {
  const printer = new Printer(args);
  do printer.pass(format);
  while (!printer.stopped && printer.consumed && printer.left);
  return { text: printer.text, errors: printer.errors };
}

class Printer {
  text = '';
  errors: string[] = [];
  stopped = false;
  consumed = false;
  readonly #args: string[];

  constructor(args: readonly string[]) {
    this.#args = [...args];
  }

  get left(): boolean {
    return this.#args.length > 0;
  }

  pass(format: string): void {
    this.consumed = false;
    let at = 0;
    while (at < format.length && !this.stopped) {
      const next = format.indexOf('%', at);
      const plain = next < 0 ? format.slice(at) : format.slice(at, next);
      this.text += unescape(plain, 'format').text;
      if (next < 0) return;
      const match = directive.exec(format.slice(next));
      if (match === null) {
        this.errors.push(`\`${format.charAt(next + 1)}': invalid format character`);
        this.stopped = true;
        return;
      }
      this.#convert(match);
      at = next + match[0].length;
    }
  }

  #next(): string | undefined {
    this.consumed = true;
    return this.#args.shift();
  }

  #convert(match: RegExpExecArray): void {
    const [whole, flagText = '', widthText, precisionText, conversion = ''] = match;
    if (conversion === '%') {
      this.text += '%';
      return;
    }
    let flags = flagText;
    let width = widthText === '*' ? Number(this.#next() ?? 0) : Number(widthText ?? 0);
    if (width < 0) {
      flags += '-';
      width = -width;
    }
    const hasPrecision = whole.includes('.');
    const precision = hasPrecision
      ? precisionText === '*'
        ? Number(this.#next() ?? 0)
        : Number(precisionText ?? 0)
      : undefined;
    const pad = (body: string, numeric = false): string => {
      if (flags.includes('-')) return body.padEnd(width);
      if (numeric && flags.includes('0')) {
        const sign = /^[+-]|^ /.exec(body)?.[0] ?? '';
        return sign + body.slice(sign.length).padStart(width - sign.length, '0');
      }
      return body.padStart(width);
    };
    if (conversion.endsWith('T')) {
      const seconds = this.#next();
      const date = seconds === undefined || seconds === '-1' ? new Date() : new Date(Number(seconds) * 1000);
      this.text += pad(date.toISOString());
      return;
    }
    switch (conversion) {
      case 's': {
        const value = this.#next() ?? '';
        this.text += pad(precision === undefined ? value : [...value].slice(0, precision).join(''));
        break;
      }
      case 'q':
        this.text += pad(quoteForShell(this.#next() ?? '', 'printf'));
        break;
      case 'b': {
        const shown = unescape(this.#next() ?? '', 'echo');
        this.text += pad(shown.text);
        if (shown.stop) this.stopped = true;
        break;
      }
      case 'c':
        this.text += pad([...(this.#next() ?? '')][0] ?? '');
        break;
      case 'd':
      case 'i':
      case 'u':
      case 'o':
      case 'x':
      case 'X':
        this.text += pad(this.#integer(conversion, flags, precision), precision === undefined);
        break;
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G':
        this.text += pad(this.#float(conversion, flags, precision ?? 6), true);
        break;
      default:
        this.errors.push(`\`${conversion}': invalid format character`);
        this.stopped = true;
    }
  }

  #integer(conversion: string, flags: string, precision: number | undefined): string {
    const typed = this.#next() ?? '';
    let value = this.#parse(typed);
    if (conversion !== 'd' && conversion !== 'i') value = BigInt.asUintN(64, value);
    const negative = value < 0n;
    const size = negative ? -value : value;
    let digits =
      conversion === 'o'
        ? size.toString(8)
        : conversion === 'x' || conversion === 'X'
          ? size.toString(16)
          : size.toString();
    if (precision !== undefined) digits = digits.padStart(precision, '0');
    if (flags.includes('#') && size !== 0n)
      digits =
        conversion === 'o' ? `0${digits}` : conversion === 'x' || conversion === 'X' ? `0x${digits}` : digits;
    if (conversion === 'X') digits = digits.toUpperCase();
    const sign = negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
    return sign + digits;
  }

  #parse(typed: string): bigint {
    const text = typed.trim();
    if (text === '') return 0n;
    if (/^['"]/.test(text)) return BigInt(text.codePointAt(1) ?? 0);
    const match = /^([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text);
    if (match === null) {
      this.errors.push(`${typed}: invalid number`);
      return 0n;
    }
    if (match[0].length < text.length) this.errors.push(`${typed}: invalid number`);
    const digits = match[2] as string;
    const size = /^0[0-7]+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
    return match[1] === '-' ? -size : size;
  }

  #float(conversion: string, flags: string, precision: number): string {
    const typed = this.#next() ?? '';
    const value = typed.trim() === '' ? 0 : Number(typed);
    if (Number.isNaN(value)) this.errors.push(`${typed}: invalid number`);
    const shown = Number.isNaN(value) ? 0 : value;
    const lower = conversion.toLowerCase();
    const exponent = (text: string): string => text.replace(/e([+-])(\d)$/, 'e$10$2');
    let text =
      lower === 'f'
        ? shown.toFixed(precision)
        : lower === 'e'
          ? exponent(shown.toExponential(precision))
          : general(shown, precision, exponent);
    if (conversion !== lower) text = text.toUpperCase();
    return flags.includes('+') && shown >= 0 ? `+${text}` : text;
  }
}

/** `%g`: the shorter of the two notations, without trailing zeros. */
export function general(value: number, precision: number, exponent: (text: string) => string): string {
  if (value === 0) return '0';
  const digits = Math.max(1, precision);
  const power = Number(value.toExponential(digits - 1).split('e')[1]);
  if (power < -4 || power >= digits) return exponent(value.toExponential(digits - 1).replace(/\.?0+e/, 'e'));
  const text = value.toFixed(Math.max(0, digits - 1 - power));
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
