import type { EtcdGatewayConnection } from '../../../cluster/gateway/etcd-interface.ts';
import { encodeHeaders } from '../http2/hpack-encoder.ts';
import { ErrorCode } from '../http2/errors.ts';
import type { ServerStream, StreamHandler } from '../http2/interface.ts';
import type { Barrier } from '../interface.ts';
import type { AddressTranslation } from './address-translation.ts';
import { callMetadata } from './call-metadata.ts';
import type { MethodType } from './codec/schema.ts';
import { METHODS } from './codec/schema.ts';
import { GrpcExchange } from './grpc-exchange.ts';
import type { GrpcFailure } from './grpc-status.ts';
import { failureHead } from './grpc-status.ts';
import type { CallHandler } from './calls/interface.ts';
import { ConcurrencyCall, isConcurrency } from './calls/concurrency-call.ts';
import { KeepAliveCall } from './calls/keep-alive-call.ts';
import { SnapshotCall } from './calls/snapshot-call.ts';
import { UnaryCall } from './calls/unary-call.ts';
import { WatchCall } from './calls/watch-call.ts';
import { MessageReader } from './message-reader.ts';
import { ProtoError } from './codec/decode.ts';

/** Bytes of one message: etcd's default request limit and what gRPC adds to it. Larger ones never reach the member. */
const MAX_MESSAGE = 2 * 1024 * 1024;
/** Bytes of unfinished messages that one client may leave with us. */
const MAX_BUFFERED = 64 * 1024 * 1024;

const METHOD_NOT_ALLOWED = encodeHeaders([[':status', '405']]);
const UNSUPPORTED_MEDIA_TYPE = encodeHeaders([[':status', '415']]);
const FORBIDDEN = encodeHeaders([
  [':status', '403'],
  ['content-type', 'text/plain; charset=utf-8'],
]);
const NO_TRAILERS = encodeHeaders([]);
const DROPPED: StreamHandler = { onData: () => undefined, onEnd: () => undefined, onReset: () => undefined };

export interface GrpcServiceOptions {
  readonly connection: EtcdGatewayConnection;
  readonly barrier: Barrier;
  readonly translation: AddressTranslation;
}

/** etcd's gRPC services for one client's connection. */
export class GrpcService {
  readonly #options: GrpcServiceOptions;
  #buffered = 0;

  constructor(options: GrpcServiceOptions) {
    this.#options = options;
  }

  /** Takes a request of the HTTP/2 session. */
  open(stream: ServerStream): StreamHandler {
    const header = (name: string): string | undefined => stream.headers.get(name);
    const kind = this.#options.translation.kindOf(header(':authority') ?? header('host'));
    if (kind === 'foreign') {
      stream.respond(FORBIDDEN, false);
      stream.write(Buffer.from('forbidden: unexpected authority, use 127.0.0.1\n', 'utf8'));
      stream.end(NO_TRAILERS);
      return DROPPED;
    }
    if (header(':method') !== 'POST') {
      stream.respond(METHOD_NOT_ALLOWED, true);
      return DROPPED;
    }
    if (header('content-type')?.startsWith('application/grpc') !== true) {
      stream.respond(UNSUPPORTED_MEDIA_TYPE, true);
      return DROPPED;
    }
    const path = header(':path') ?? '';
    const method = METHODS.get(path);
    const encoding = header('grpc-encoding');
    const failure =
      method === undefined
        ? unknownMethod(path)
        : encoding !== undefined && encoding !== 'identity'
          ? unimplemented(`grpc: Decompressor is not installed for grpc-encoding "${encoding}"`)
          : undefined;
    if (method === undefined || failure !== undefined) {
      stream.respond(failureHead(failure ?? unknownMethod(path)), true);
      return DROPPED;
    }
    return this.#serve(method, stream, kind === 'loopback');
  }

  #serve(method: MethodType, stream: ServerStream, isOutside: boolean): StreamHandler {
    const exchange = new GrpcExchange(method, stream);
    const { connection, barrier, translation } = this.#options;
    const call = createCall({
      exchange,
      connection,
      barrier,
      metadata: callMetadata((name) => stream.headers.get(name)),
      outward: isOutside ? (response) => translation.outward(response) : (response) => response,
    });
    const reader = new MessageReader(MAX_MESSAGE);
    let held = 0;
    call.onIdle = (): void => {
      stream.consume(held);
      held = 0;
    };
    const fail = (failure: GrpcFailure): void => {
      exchange.fail(failure);
      call.onReset();
    };
    return {
      onData: (bytes) => {
        if (exchange.ended) return;
        const before = reader.buffered;
        let failure: GrpcFailure | undefined;
        try {
          failure = reader.read(bytes, (message) => {
            if (!exchange.ended) call.onMessage(message);
          });
        } catch (error) {
          if (!(error instanceof ProtoError)) throw error;
          failure = { code: 'Internal', message: `grpc: error unmarshalling request: ${error.message}` };
        }
        this.#buffered += reader.buffered - before;
        if (failure !== undefined) fail(failure);
        else if (this.#buffered > MAX_BUFFERED) stream.reset(ErrorCode.enhanceYourCalm);
        else if (call.isBusy?.() === true) held += bytes.length;
        else stream.consume(bytes.length);
      },
      onEnd: () => {
        if (exchange.ended) return;
        if (reader.buffered > 0) {
          this.#buffered -= reader.buffered;
          fail({ code: 'Internal', message: 'unexpected EOF' });
        } else call.onEnd();
      },
      onReset: () => {
        this.#buffered -= reader.buffered;
        if (exchange.ended) {
          call.onReset();
          return;
        }
        exchange.abandon();
        call.onReset();
      },
    };
  }
}

function createCall(options: ConstructorParameters<typeof UnaryCall>[0]): CallHandler {
  if (isConcurrency(options.exchange.method)) return new ConcurrencyCall(options);
  switch (options.exchange.method.path) {
    case '/etcdserverpb.Watch/Watch':
      return new WatchCall(options);
    case '/etcdserverpb.Lease/LeaseKeepAlive':
      return new KeepAliveCall(options);
    case '/etcdserverpb.Maintenance/Snapshot':
      return new SnapshotCall(options);
    default:
      return new UnaryCall(options);
  }
}

function unimplemented(message: string): GrpcFailure {
  return { code: 'Unimplemented', message };
}

function unknownMethod(path: string): GrpcFailure {
  const [, service = '', method = ''] = path.split('/');
  const isService = [...METHODS.keys()].some((known) => known.startsWith(`/${service}/`));
  if (path.split('/').length !== 3) return unimplemented(`malformed method name: "${path}"`);
  return unimplemented(
    isService ? `unknown method ${method} for service ${service}` : `unknown service ${service}`,
  );
}
