/** Why a topology cannot be built: a sentence, and the same as a code with what it is about, for other languages. */
export class TopologyError extends Error {
  readonly code: string;
  readonly params: Readonly<Record<string, string>>;

  constructor(code: string, params: Readonly<Record<string, string>>, message: string) {
    super(message);
    this.code = code;
    this.params = params;
  }
}
