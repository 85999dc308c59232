import { z } from 'zod';
import { contract } from '../../../shared/contract/contract.ts';
import { RpcError } from '../../../shared/rpc/rpc-error.ts';
import type { SchedulingService } from './scheduling-service.ts';

/** What the lab shell's `kubectl explain-scheduling` asks: the calls `scheduling.*` of the contract, by their last word. */
export function schedulingRoute(
  service: SchedulingService | undefined,
  action: string,
  body: unknown,
): { readonly status: number; readonly body: unknown } | undefined {
  try {
    if (service === undefined) throw new RpcError('NotRunning', 'the cluster is not running yet');
    switch (action) {
      case 'cycle':
        return { status: 200, body: service.cycle(contract['scheduling.cycle'].input.parse(body)) };
      case 'whyNot': {
        const { node, ...which } = contract['scheduling.whyNot'].input.parse(body);
        return { status: 200, body: service.whyNot(which, node) };
      }
      case 'whatIf': {
        const { changes, ...which } = contract['scheduling.whatIf'].input.parse(body);
        return { status: 200, body: service.whatIf(which, changes) };
      }
      case 'queues':
        return { status: 200, body: service.queues() };
      default:
        return undefined;
    }
  } catch (error) {
    if (error instanceof RpcError) return { status: 409, body: { error: error.message, code: error.code } };
    if (error instanceof z.ZodError) return { status: 400, body: { error: error.message } };
    throw error;
  }
}
