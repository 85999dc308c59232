import type { Operation } from '../linearizability/checker.testing.ts';
import type { RegisterInput } from '../linearizability/register-model.testing.ts';
import type { SimMember } from './sim-member.testing.ts';

/** An operation of a client, and the member it was sent to. */
export interface Pending {
  readonly input: RegisterInput;
  readonly member: SimMember;
  readonly called: number;
  output: string | undefined;
  returned: number | undefined;
}

/**
 * What is judged. Left out: what can have happened at the very end, or need not have happened at all, because nobody has
 * seen it: reads without an answer, swaps that failed, and writes without an answer whose value was never seen.
 */
export function withoutUnseen(all: readonly (Pending | undefined)[]): Operation<RegisterInput, string>[] {
  const operations = all.filter(
    (operation) => operation !== undefined && operation.output !== 'failed',
  ) as Pending[];
  const seen = new Set<string | undefined>();
  for (const { input, output } of operations)
    if (input.op === 'read') seen.add(output);
    else if (input.op === 'cas' && output === 'ok') seen.add(input.from);
  // A swap without an answer that was seen has seen another in its turn.
  for (let size = -1; size !== seen.size;) {
    size = seen.size;
    for (const { input } of operations) if (input.op === 'cas' && seen.has(input.value)) seen.add(input.from);
  }
  return operations
    .filter(({ input, returned }) => returned !== undefined || (input.op !== 'read' && seen.has(input.value)))
    .map(toOperation);
}

export function toOperation({
  input,
  member,
  called,
  output,
  returned,
}: Pending): Operation<RegisterInput, string> {
  return { client: member.id, input, output, called, returned };
}

export function describeOperation({
  client,
  input,
  output,
  called,
  returned,
}: Operation<RegisterInput, string>): string {
  const { op, key, ...rest } = input;
  const values = Object.values(rest).map((value) => `'${value}'`);
  return `[${called}, ${returned ?? 'never'}] at ${client}: ${op} ${[key, ...values].join(' ')} -> ${output === undefined ? 'unknown' : `'${output}'`}`;
}
