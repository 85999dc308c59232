import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import type { HandlerDetails, MessagePortMain, WebContents, WebFrameMain } from 'electron';
import type { CDPSession, Page } from 'playwright-core';
import { decodeCarried, encodeCarried } from './carried.ts';
import type { Listener } from './events.ts';
import { ask, Events } from './events.ts';
import { ipcEvents } from './ipc-main.ts';
import type { ShimPort } from './message-channel.ts';
import { portOf } from './message-channel.ts';
import { toBrowser, toElectron } from './origin.ts';
import { BINDING, isolatedScript, pageScript, WORLD } from './page-scripts.ts';
import { answerRequest } from './protocol.ts';
import { strict } from './strict.ts';

type OpenHandler = Parameters<WebContents['setWindowOpenHandler']>[0];
type PausedRequest = {
  requestId: string;
  frameId: string;
  resourceType: string;
  redirectedRequestId?: string;
  request: { url: string; method: string };
};

let nextId = 1;
/** A port's number is good in all pages. */
let nextPort = 1;

/** One page: its preload in a world of its own, its requests, its navigations, its messages. */
export class ShimWebContents implements Pick<
  WebContents,
  'id' | 'mainFrame' | 'setWindowOpenHandler' | 'on' | 'once' | 'isDestroyed' | 'getURL'
> {
  readonly id = nextId++;
  readonly mainFrame: WebFrameMain;
  readonly events = new Events('WebContents', [
    'will-navigate',
    'will-redirect',
    'will-attach-webview',
    'did-finish-load',
    'destroyed',
  ]);
  readonly #self: WebContents;
  readonly #ports = new Map<number, ShimPort>();
  #openHandler: OpenHandler = () => ({ action: 'allow' });
  #session: CDPSession | undefined;
  #page: Page | undefined;
  /** Main frame, and the isolated world in it. */
  #frameId = '';
  #world: number | undefined;
  #outbox: object[] = [];
  /** Addresses that the main process itself asked for: `loadURL` raises no will-navigate. */
  #own: string | undefined;

  constructor() {
    this.mainFrame = strict('WebFrameMain', {
      url: '',
      postMessage: (channel: string, message: unknown, transfer: MessagePortMain[] = []): void =>
        this.#post({
          op: 'ipc',
          channel,
          args: [message],
          ports: transfer.map((port) => this.#take(portOf(port))),
        }),
    } satisfies Pick<WebFrameMain, 'url' | 'postMessage'>) as unknown as WebFrameMain;
    this.#self = strict('WebContents', this) as unknown as WebContents;
  }

  /** What Electron's callers get to see. */
  get self(): WebContents {
    return this.#self;
  }

  on(event: string, listener: Listener): WebContents {
    this.events.add(event, listener);
    return this.#self;
  }

  once(event: string, listener: Listener): WebContents {
    this.events.add(event, listener, true);
    return this.#self;
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }

  isDestroyed(): boolean {
    return this.#page?.isClosed() ?? false;
  }

  getURL(): string {
    return toElectron(this.#page?.url() ?? '');
  }

  /** Ties this to a page of Chromium, before anything is loaded in it. */
  async attach(page: Page, preload: string | undefined): Promise<void> {
    this.#page = page;
    const session = await page.context().newCDPSession(page);
    this.#session = session;
    session.on('Fetch.requestPaused', (paused) => void this.#request(paused as PausedRequest));
    session.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === BINDING && executionContextId === this.#world) this.#receive(payload);
    });
    session.on('Runtime.executionContextCreated', ({ context }) => {
      const { frameId } = context.auxData as { frameId?: string };
      if (context.name !== WORLD || frameId !== this.#frameId) return;
      this.#world = context.id;
      this.#flush();
    });
    session.on('Runtime.executionContextDestroyed', ({ executionContextId }) => {
      if (executionContextId === this.#world) this.#leave();
    });
    session.on('Runtime.executionContextsCleared', () => this.#leave());
    session.on('Page.windowOpen', ({ url, windowName }) => this.#windowOpen(url, windowName));
    session.on('Page.frameNavigated', ({ frame }) => {
      if (frame.id === this.#frameId) (this.mainFrame as { url: string }).url = toElectron(frame.url);
    });
    session.on('Page.loadEventFired', () => this.events.emit('did-finish-load'));
    page.on('close', () => {
      this.#leave();
      this.events.emit('destroyed');
    });
    await session.send('Page.enable');
    const { frameTree } = await session.send('Page.getFrameTree');
    this.#frameId = frameTree.frame.id;
    await session.send('Fetch.enable', { patterns: [{ urlPattern: '*', requestStage: 'Request' }] });
    if (preload !== undefined) {
      const secret = randomUUID();
      const source = readFileSync(preload, 'utf8');
      await session.send('Runtime.addBinding', { name: BINDING, executionContextName: WORLD });
      await session.send('Page.addScriptToEvaluateOnNewDocument', { source: pageScript(secret) });
      await session.send('Page.addScriptToEvaluateOnNewDocument', {
        source: isolatedScript(secret, source),
        worldName: WORLD,
      });
    }
    await session.send('Runtime.enable');
  }

  async load(url: string): Promise<void> {
    if (this.#page === undefined) throw new Error('no page');
    this.#own = toBrowser(url);
    await this.#page.goto(this.#own);
  }

  /** Everything a page asks of the outside comes by here; the network does not exist. */
  async #request(paused: PausedRequest): Promise<void> {
    const { url } = paused.request;
    const isNavigation = paused.resourceType === 'Document' && paused.frameId === this.#frameId;
    if (isNavigation && this.#own !== url) {
      const event = paused.redirectedRequestId === undefined ? 'will-navigate' : 'will-redirect';
      if (!ask(this.events, event, toElectron(url))) return this.#fail(paused, 'Aborted');
    }
    this.#own = undefined;
    const answer = await answerRequest(toElectron(url), paused.request.method);
    if (answer === undefined) return this.#fail(paused, 'InternetDisconnected');
    await this.#command('Fetch.fulfillRequest', {
      requestId: paused.requestId,
      responseCode: answer.status,
      responseHeaders: [...answer.headers].map(([name, value]) => ({ name, value })),
      body: Buffer.from(await answer.arrayBuffer()).toString('base64'),
    });
  }

  #fail({ requestId }: PausedRequest, errorReason: 'Aborted' | 'InternetDisconnected'): Promise<void> {
    return this.#command('Fetch.failRequest', { requestId, errorReason });
  }

  #windowOpen(url: string, frameName: string): void {
    const details: Partial<HandlerDetails> = strict('HandlerDetails', { url: toElectron(url), frameName });
    const { action } = this.#openHandler(details as HandlerDetails);
    if (action === 'allow') throw new Error('the shim of Electron opens no windows for a page');
  }

  #take(port: ShimPort): number {
    const number = nextPort++;
    this.#ports.set(number, port);
    port.transfer({
      message: (data) => this.#post({ op: 'port', port: number, data }),
      closed: () => this.#post({ op: 'close', port: number }),
    });
    return number;
  }

  #receive(payload: string): void {
    const message = decodeCarried(payload) as
      { op: 'send'; channel: string; args: unknown[] } | { op: 'port'; port: number; data: unknown };
    if (message.op === 'port') return this.#ports.get(message.port)?.send(message.data);
    const event = strict('IpcMainEvent', { sender: this.#self, senderFrame: this.mainFrame });
    ipcEvents.emit(message.channel, event, ...message.args);
  }

  /** In order, many at once: what is posted before the page's world exists waits for it. */
  #post(message: object): void {
    this.#outbox.push(message);
    if (this.#outbox.length === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    if (this.#world === undefined || this.#outbox.length === 0) return;
    const text = encodeCarried(this.#outbox);
    this.#outbox = [];
    void this.#command('Runtime.evaluate', {
      expression: `${BINDING}Receive(${JSON.stringify(text)})`,
      contextId: this.#world,
    });
  }

  /** The document is gone, and with it the far ends of its ports. */
  #leave(): void {
    this.#world = undefined;
    this.#outbox = [];
    for (const port of this.#ports.values()) port.close();
    this.#ports.clear();
  }

  async #command(method: Parameters<CDPSession['send']>[0], params: object): Promise<void> {
    try {
      await this.#session?.send(method, params as never);
    } catch (error) {
      // A page that is being closed or has gone on answers nothing any more.
      if (!/closed|Invalid InterceptionId|Cannot find context/i.test(String(error))) throw error;
    }
  }
}
