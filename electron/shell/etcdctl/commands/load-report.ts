/** Times of requests under load. Models pkg/report as far as `etcdctl check` reads it. */
export class LoadReport {
  readonly errors = new Map<string, number>();
  readonly #took: number[] = [];
  #first = Infinity;
  #last = 0;

  /** Both in milliseconds of one clock. */
  add(begun: number, ended: number): void {
    this.#took.push((ended - begun) / 1000);
    this.#first = Math.min(this.#first, begun);
    this.#last = Math.max(this.#last, ended);
  }

  fail(text: string): void {
    this.errors.set(text, (this.errors.get(text) ?? 0) + 1);
  }

  /** Requests a second; the slowest and the standard deviation in seconds. */
  summary(): { readonly perSecond: number; readonly slowest: number; readonly deviation: number } {
    const count = this.#took.length;
    if (count === 0) return { perSecond: 0, slowest: 0, deviation: 0 };
    const mean = this.#took.reduce((sum, each) => sum + each, 0) / count;
    const variance = this.#took.reduce((sum, each) => sum + (each - mean) ** 2, 0) / count;
    return {
      perSecond: count / ((this.#last - this.#first) / 1000),
      slowest: this.#took.reduce((most, each) => Math.max(most, each), 0),
      deviation: Math.sqrt(variance),
    };
  }
}
