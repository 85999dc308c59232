import { z } from 'zod';
import { contract } from '../../../shared/contract/contract.ts';
import { RpcError } from '../../../shared/rpc/rpc-error.ts';
import type { ControllersService } from './controllers-service.ts';

/** What the lab shell's `kubectl explain-controller` asks: the calls `controllers.*` of the contract, by their last word. */
export function controllersRoute(
  service: ControllersService | undefined,
  action: string,
  body: unknown,
): { readonly status: number; readonly body: unknown } | undefined {
  try {
    if (service === undefined) throw new RpcError('NotRunning', 'the cluster is not running yet');
    switch (action) {
      case 'list': {
        const { machine } = contract['controllers.list'].input.parse(body);
        return { status: 200, body: service.list(machine) };
      }
      case 'get': {
        const { machine, name } = contract['controllers.get'].input.parse(body);
        return { status: 200, body: service.get(machine, name) };
      }
      default:
        return undefined;
    }
  } catch (error) {
    if (error instanceof RpcError) return { status: 409, body: { error: error.message, code: error.code } };
    if (error instanceof z.ZodError) return { status: 400, body: { error: error.message } };
    throw error;
  }
}
