import { z } from 'zod';
import { viewLab } from '../../labs/lab-view.ts';
import { RpcError } from '../../shared/rpc/rpc-error.ts';
import type { LabService } from './lab-service.ts';

const Answer = z.object({ step: z.string(), question: z.string(), answer: z.array(z.string()).min(1) });
const Hint = z.object({ step: z.string(), task: z.string(), hint: z.number().int().min(0) });
/** `seconds` of the cluster's time. */
const Wait = z.object({ step: z.string(), task: z.string().optional(), seconds: z.number().positive() });

export interface RouteAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** What the lab shell's `lab` command asks: `state`, `answer`, `hint`, `wait`. `signal`: the caller has gone. */
export async function labRoute(
  service: LabService,
  action: string,
  body: unknown,
  signal: AbortSignal,
): Promise<RouteAnswer | undefined> {
  try {
    switch (action) {
      case 'state':
        return { status: 200, body: viewLab(service.session, false) };
      case 'answer': {
        const { step, question, answer } = Answer.parse(body);
        service.act((session) => session.answer(step, question, answer));
        return { status: 200, body: {} };
      }
      case 'hint': {
        const { step, task, hint } = Hint.parse(body);
        service.act((session) => session.openHint(step, task, hint));
        return { status: 200, body: {} };
      }
      case 'wait': {
        const { step, task, seconds } = Wait.parse(body);
        if (service.session.attempt.steps[step] === undefined)
          throw new RpcError('NotFound', `there is no step ${step}`);
        const met = await service.wait(
          ({ attempt }) => {
            const progress = attempt.steps[step];
            return task === undefined ? progress?.done === true : progress?.tasks[task]?.passed === true;
          },
          seconds * 1000,
          signal,
        );
        return { status: 200, body: { met } };
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
