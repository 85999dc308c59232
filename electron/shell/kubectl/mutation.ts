import { KubectlError } from './errors.ts';
import type { JsonObject } from './json.ts';
import { quote } from './go-format.ts';
import { klogLine } from './request-log.ts';
import { objectName, objectPrinter, noPrinter } from './printers/object-printer.ts';
import type { Session } from './session.ts';

export type DryRun = 'none' | 'client' | 'server';

/** `--dry-run` as typed. */
export async function dryRunOf(session: Session): Promise<DryRun> {
  const value = session.flags.string('dry-run');
  switch (value) {
    case 'none':
    case 'client':
    case 'server':
      return value;
    case 'unchanged':
      await session.err(
        klogLine('W', 'helpers.go:703', '--dry-run is deprecated and can be replaced with --dry-run=client.'),
      );
      return 'client';
    case 'true':
    case 'false':
      throw new KubectlError(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`);
    default:
      throw new KubectlError(`Invalid dry-run value (${value}). Must be "none", "server", or "client".`);
  }
}

/** The query a write carries. */
export function writeQuery(
  session: Session,
  dryRun: DryRun,
  validate = false,
): Record<string, string | undefined> {
  return {
    dryRun: dryRun === 'server' ? 'All' : undefined,
    fieldManager: session.flags.has('field-manager')
      ? session.flags.string('field-manager') || undefined
      : undefined,
    fieldValidation: validate ? fieldValidation(session) : undefined,
  };
}

function fieldValidation(session: Session): string {
  const value = session.flags.string('validate');
  switch (value) {
    case 'true':
    case 'strict':
    case '':
      return 'Strict';
    case 'warn':
      return 'Warn';
    case 'false':
    case 'ignore':
      return 'Ignore';
    default:
      throw new KubectlError(
        `invalid - validate option ${quote(value)}; must be one of: strict (or true), warn, ignore (or false)`,
      );
  }
}

/**
 * Prints what became of an object: with `-o` the object, otherwise `kind.group/name operation`. Makes one printer for the
 * whole command, so that separators are right.
 */
export class ResultPrinter {
  private readonly session: Session;
  private readonly print: ((object: JsonObject, operation: string) => string) | undefined;

  private constructor(
    session: Session,
    print: ((object: JsonObject, operation: string) => string) | undefined,
  ) {
    this.session = session;
    this.print = print;
  }

  static async make(session: Session, dryRun: DryRun = 'none', typed = false): Promise<ResultPrinter> {
    const output = session.flags.string('output');
    const suffix = dryRun === 'client' ? ' (dry run)' : dryRun === 'server' ? ' (server dry run)' : '';
    if (output === '' && session.flags.string('template') === '') {
      return new ResultPrinter(
        session,
        (object, operation) => `${objectName(object)} ${operation}${suffix}\n`,
      );
    }
    const printer = await objectPrinter(session, output === '' ? 'go-template' : output, typed);
    if (!printer) throw noPrinter(output);
    return new ResultPrinter(session, (object) => printer.print(object));
  }

  async done(object: JsonObject, operation: string): Promise<void> {
    if (this.print) await this.session.out(this.print(object, operation));
  }
}
