import { CommandError } from '../interface.ts';

const STACK_TRACE = 'To see the stack trace of this error execute with --v=5 or higher\n';

/** What kubeadm ends with. Models cmd/kubeadm/app/util/error.go (v1.34). */
export function kubeadmError(message: string): CommandError {
  return new CommandError(`error: ${message}\n${STACK_TRACE}`);
}

/** A step that failed, with what it says of itself before. Bugs are thrown on. */
export function failedIn(what: string, error: unknown): CommandError {
  if (error instanceof TypeError || error instanceof CommandError) throw error;
  return kubeadmError(`${what}: ${error instanceof Error ? error.message : String(error)}`);
}
