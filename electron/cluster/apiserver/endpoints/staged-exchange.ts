import type {
  EndReason,
  HttpBody,
  HttpExchange,
  HttpHeaders,
  HttpRequest,
  HttpResponse,
} from '../../network/http.ts';
import type { UserInfo } from '../auth/user.ts';

/** Told what happens to a request, as the audit needs to know. */
export interface RequestObserver {
  onImpersonation(user: UserInfo): void;
  onAuthorization(allowed: boolean, reason: string): void;
  /** The object that came with it, decoded. */
  onRequestObject(object: unknown): void;
  onPatch(patch: unknown): void;
  /** The head of the answer, with its body unless it is a stream, and what admission noted. */
  onResponse(response: HttpResponse, annotations: ReadonlyMap<string, string> | undefined): void;
  /** Nothing more comes: the answer or the stream has ended, or the client has gone. May come twice. */
  onEnd(): void;
  /** Serving it failed for a reason that is no answer. */
  onPanic(message: string): void;
}

const NONE: HttpHeaders = {};

/** An exchange whose answer carries what the stages before the endpoint add to it. */
export class StagedExchange implements HttpExchange {
  readonly request: HttpRequest;
  readonly #exchange: HttpExchange;
  /** Added to those of the answer. */
  headers = NONE;
  /** The first of the answer's warnings. */
  warning: string | undefined;
  observer: RequestObserver | undefined;
  /** What admission noted, once there is any. */
  annotations: ReadonlyMap<string, string> | undefined;
  /** The code of the answer; 0 before there is one. */
  status = 0;

  constructor(exchange: HttpExchange) {
    this.#exchange = exchange;
    this.request = exchange.request;
  }

  respond(response: HttpResponse, detail?: Readonly<Record<string, unknown>>): void {
    this.status = response.status;
    const { headers, warning, observer } = this;
    const answer: HttpResponse = {
      ...response,
      ...(headers === NONE ? {} : { headers: { ...response.headers, ...headers } }),
      ...(warning === undefined ? {} : { warnings: [warning, ...(response.warnings ?? [])] }),
    };
    observer?.onResponse(answer, this.annotations);
    this.#exchange.respond(answer, detail);
    if (response.stream !== true) observer?.onEnd();
  }

  sendItem(body: HttpBody, summary: string): void {
    this.#exchange.sendItem(body, summary);
  }

  end(reason?: EndReason): void {
    this.#exchange.end(reason);
    this.observer?.onEnd();
  }

  onUpload(handler: (body: HttpBody) => void): void {
    this.#exchange.onUpload(handler);
  }

  onCancel(handler: () => void): void {
    this.#exchange.onCancel(() => {
      handler();
      this.observer?.onEnd();
    });
  }
}
