import type { HttpBody } from '../../../cluster/network/http.ts';
import type { StreamMessage } from '../../../cluster/network/stream-message.ts';

/** Both directions of an upgraded call, as the transport below sees it. */
export interface StreamPeer {
  send(message: StreamMessage): void;
  /** The client has gone. */
  gone(): void;
}

/** What the simulated side tells the client. */
export interface StreamClient {
  deliver(body: HttpBody): void;
  end(error: Error | undefined): void;
}
