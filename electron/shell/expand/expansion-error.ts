/** An expansion that cannot be done; `message` is bash's text without `bash: `. `fatal` ones end a script (`${x:?}`, `set -u`). */
export class ExpansionError extends Error {
  override readonly name = 'ExpansionError';
  readonly fatal: boolean;

  constructor(message: string, fatal = false) {
    super(message);
    this.fatal = fatal;
  }
}
