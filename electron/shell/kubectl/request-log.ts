import { quote } from './go-format.ts';

/**
 * What `-v` shows of requests: from 6 the line with status and time, from 7 also headers, from 8 also bodies (cut).
 * Models client-go's transport/round_trippers.go and klog's header.
 */
export class RequestLog {
  private readonly level: number;
  private readonly write: (line: string) => void;

  constructor(level: number, write: (line: string) => void) {
    this.level = level;
    this.write = write;
  }

  /** Notes a request; the function it answers notes the response. */
  begin(
    method: string,
    url: string,
    headers: Readonly<Record<string, string | string[]>>,
    body: string | undefined,
  ): (status: number, text: string, rawHeaders: readonly string[]) => void {
    const started = Date.now();
    if (this.level >= 8 && body !== undefined)
      this.line('helpers.go:246', `"Request Body" body=${this.cut(body)}`);
    if (this.level >= 7) {
      const shown = Object.entries(headers)
        .filter(([name]) => name !== 'Content-Length')
        .map(
          ([name, value]) => `${name}: ${name === 'Authorization' ? masked(String(value)) : String(value)}`,
        );
      this.line(
        'round_trippers.go:527',
        `"Request" verb=${quote(method)} url=${quote(url)} headers=<\n${shown.map((text) => `\t${text}\n`).join('')} >`,
      );
    }
    return (status, text, rawHeaders) => {
      const status_ = status === 0 ? '' : `${status} ${text}`;
      const ms = Date.now() - started;
      if (this.level >= 7) {
        const shown: string[] = [];
        for (let i = 0; i + 1 < rawHeaders.length; i += 2)
          shown.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`);
        shown.sort();
        const block = this.level >= 8 ? ` headers=<\n${shown.map((line) => `\t${line}\n`).join('')} >` : '';
        this.line('round_trippers.go:632', `"Response" status=${quote(status_)}${block} milliseconds=${ms}`);
      } else {
        this.line(
          'round_trippers.go:632',
          `"Response" verb=${quote(method)} url=${quote(url)} status=${quote(status_)} milliseconds=${ms}`,
        );
      }
    };
  }

  body(text: string): void {
    if (this.level >= 8) this.line('helpers.go:246', `"Response Body" body=${this.cut(text)}`);
  }

  private cut(text: string): string {
    const limit = this.level >= 10 ? Number.POSITIVE_INFINITY : this.level >= 9 ? 10_240 : 1024;
    const shown =
      text.length <= limit ? text : `${text.slice(0, limit)} [truncated ${text.length - limit} chars]`;
    if (!shown.includes('\n')) return quote(shown);
    return `<\n${shown
      .split('\n')
      .map((line) => `\t${line}\n`)
      .join('')} >`;
  }

  private line(source: string, text: string): void {
    this.write(klogLine('I', source, text));
  }
}

/** One line of klog: severity, date, time, process, where, text. */
export function klogLine(severity: 'I' | 'W' | 'E', source: string, text: string): string {
  const now = new Date();
  const two = (value: number): string => String(value).padStart(2, '0');
  const stamp = `${two(now.getMonth() + 1)}${two(now.getDate())} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}.${String(now.getMilliseconds()).padStart(3, '0')}000`;
  return `${severity}${stamp} ${String(process.pid).padStart(7)} ${source}] ${text}\n`;
}

function masked(value: string): string {
  return value.replace(/^(\S+) .*$/, '$1 <masked>');
}
