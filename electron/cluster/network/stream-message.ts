import type { HttpBody } from './http.ts';

/** The channels of a process that runs elsewhere: upstream's remotecommand protocol. */
export type ProcessStream = 'stdin' | 'stdout' | 'stderr';

/**
 * What crosses an upgraded call (exec, attach, port-forward), whatever protocol the client outside speaks. `data` holds
 * bytes, one Latin-1 character each, so that a person can read it in a record.
 */
export type StreamMessage =
  | { readonly type: 'data'; readonly stream: ProcessStream; readonly data: string }
  | { readonly type: 'close'; readonly stream: ProcessStream }
  | { readonly type: 'resize'; readonly width: number; readonly height: number }
  /** The last word of exec and attach: a `Status`, with the exit code among its causes. */
  | { readonly type: 'status'; readonly status: unknown }
  /** Port-forward: connections are told apart by a number that the client chose. */
  | { readonly type: 'port-open'; readonly connection: number; readonly port: number }
  | { readonly type: 'port-data'; readonly connection: number; readonly data: string }
  | { readonly type: 'port-error'; readonly connection: number; readonly message: string }
  | { readonly type: 'port-close'; readonly connection: number };

export function streamBody(message: StreamMessage): HttpBody {
  return { type: 'object', value: message };
}

/** Undefined for what is no stream message. */
export function streamMessageOf(body: HttpBody): StreamMessage | undefined {
  return body.type === 'object' ? (body.value as StreamMessage) : undefined;
}

/** One line for the record of a message. */
export function streamSummary(message: StreamMessage): string {
  switch (message.type) {
    case 'data':
      return `${message.stream}: ${message.data.length} bytes`;
    case 'close':
      return `${message.stream} closed`;
    case 'resize':
      return `terminal ${message.width}x${message.height}`;
    case 'status':
      return `status ${(message.status as { status?: string }).status ?? ''}`;
    case 'port-open':
      return `connection ${message.connection} to port ${message.port}`;
    case 'port-data':
      return `connection ${message.connection}: ${message.data.length} bytes`;
    case 'port-error':
      return `connection ${message.connection}: ${message.message}`;
    case 'port-close':
      return `connection ${message.connection} closed`;
  }
}
