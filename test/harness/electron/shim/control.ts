/** What the program tells the test that started it. */
export type Told =
  | { readonly event: 'ready'; readonly browser: string }
  | { readonly event: 'openExternal'; readonly url: string }
  | { readonly event: 'errorBox'; readonly title: string; readonly content: string }
  | { readonly event: 'shown'; readonly window: number }
  | { readonly event: 'focused'; readonly window: number }
  | { readonly event: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: string };

/** What a test may do from outside, as the platform would. */
export type Asked =
  | { readonly do: 'menu'; readonly path: readonly string[] }
  | { readonly do: 'closeWindow'; readonly window: number }
  | { readonly do: 'permissions' }
  | { readonly do: 'menuShape' }
  /** Opens a second window of our own origin, which the program did not open. */
  | { readonly do: 'foreignWindow'; readonly preload: string; readonly url: string };

type Handlers = { readonly [K in Asked['do']]: (asked: Extract<Asked, { do: K }>) => unknown };

export function tellTest(told: Told): void {
  process.send?.(told);
}

/** Serves the test's wishes. */
export function serveTest(handlers: Handlers): void {
  process.on('message', (message: { id: number; asked: Asked }) => {
    const { id, asked } = message;
    void Promise.resolve()
      .then(() => (handlers[asked.do] as (one: Asked) => unknown)(asked))
      .then(
        (value) => tellTest({ event: 'answer', id, value }),
        (error: unknown) =>
          tellTest({ event: 'answer', id, error: error instanceof Error ? error.message : String(error) }),
      );
  });
  // The test is gone: nobody would ever close this.
  process.on('disconnect', () => process.exit(1));
}
