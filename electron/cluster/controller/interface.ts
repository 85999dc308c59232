import type { ComponentContext } from '../client/component-context.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { InformerFactory } from '../client/informer-factory.ts';
import type { ApiClient } from '../client/interface.ts';

import type { FileSystem } from '../machine/interface.ts';
import type { ControllerJournal } from './controller-journal.ts';

/** What kube-controller-manager gives each controller. The factory is shared; client and recorder are its own. */
export interface ControllerContext {
  readonly context: ComponentContext;
  readonly client: ApiClient;
  readonly factory: InformerFactory;
  readonly recorder: EventRecorder;
  /** Makes its work queues, and keeps what it did last for whoever looks. */
  readonly journal: ControllerJournal;
  /** The machine's files; absent where a controller needs none. */
  readonly files?: FileSystem;
  /** The process was frozen with the app, not restarted: what was announced before is not announced again. */
  readonly thawed?: boolean;
}

/** A control loop. Its constructor adds informers and handlers; `run` starts the workers once the caches are filled. */
export interface Controller {
  run(): void;
}
