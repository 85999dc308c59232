import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import type { IMarker, ITheme } from '@xterm/xterm';
import type { Contract } from '../../../electron/shared/contract/contract.ts';
import type { DuplexHandle } from '../../../electron/shared/rpc/rpc-client.ts';
import type { z } from 'zod';
import type { HostClient } from '../../rpc/interface.ts';
import { isMac } from '../commands/chords.ts';
import { hasRealGpu } from './real-gpu.ts';

/** Bytes drawn before the host is told, so that it keeps sending. */
const ACK_EVERY = 32 * 1024;
const DEFAULT_FONT = 13;

export interface LiveTerminalOptions {
  readonly fontSize: number;
  readonly screenReader: boolean;
  readonly theme: ITheme;
  readonly onFontSize: (size: number) => void;
  readonly onAttached: (attached: boolean) => void;
}

export interface SearchOptions {
  readonly caseSensitive: boolean;
}

/** xterm on one terminal of the host: bytes both ways, flow control, size, clipboard, search, prompt marks. */
export class LiveTerminal {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon();
  readonly #options: LiveTerminalOptions;
  readonly #encoder = new TextEncoder();
  #handle: DuplexHandle<z.input<Contract['terminal.attach']['up']>> | undefined;
  #undrawn = 0;
  #prompts: IMarker[] = [];
  #disposed = false;

  constructor(element: HTMLElement, options: LiveTerminalOptions) {
    this.#options = options;
    this.#terminal = new Terminal({
      allowProposedApi: true,
      fontFamily:
        getComputedStyle(document.documentElement).getPropertyValue('--font-mono').trim() || 'monospace',
      fontSize: options.fontSize,
      lineHeight: 1.2,
      scrollback: 10_000,
      cursorBlink: false,
      macOptionIsMeta: true,
      minimumContrastRatio: 4.5,
      screenReaderMode: options.screenReader,
      theme: options.theme,
    });
    const terminal = this.#terminal;
    terminal.loadAddon(this.#fit);
    terminal.loadAddon(this.#search);
    terminal.loadAddon(new WebLinksAddon());
    terminal.loadAddon(new Unicode11Addon());
    terminal.unicode.activeVersion = '11';
    terminal.open(element);
    void this.#useGpu();
    terminal.onData((text) => this.#handle?.sendBytes(this.#encoder.encode(text)));
    terminal.onBinary((text) => this.#handle?.sendBytes(Uint8Array.from(text, (char) => char.charCodeAt(0))));
    terminal.onResize(({ cols, rows }) => this.#handle?.send({ type: 'resize', cols, rows }));
    terminal.attachCustomKeyEventHandler((event) => this.#onKey(event));
    // OSC 133;A: a prompt begins here.
    terminal.parser.registerOscHandler(133, (data) => {
      if (data.startsWith('A')) this.#markPrompt();
      return true;
    });
  }

  attach(client: HostClient, id: string): void {
    this.#handle?.cancel();
    this.#terminal.reset();
    this.#prompts = [];
    this.#undrawn = 0;
    this.fit();
    const { cols, rows } = this.#terminal;
    const handle = client.duplex(
      'terminal.attach',
      { id, cols: Math.max(2, cols), rows: Math.max(1, rows) },
      {
        onBytes: (bytes) => this.#draw(bytes),
        onItem: () => undefined,
        onEnd: () => {
          if (this.#handle !== handle) return;
          this.#handle = undefined;
          this.#options.onAttached(false);
        },
      },
    );
    this.#handle = handle;
    this.#options.onAttached(true);
  }

  fit(): void {
    if (this.#disposed || (this.#terminal.element?.offsetParent ?? null) === null) return;
    this.#fit.fit();
  }

  focus(): void {
    this.#terminal.focus();
  }

  paste(text: string): void {
    this.#terminal.paste(text);
  }

  clear(): void {
    this.#terminal.clear();
  }

  setFontSize(size: number): void {
    this.#terminal.options.fontSize = size;
    this.fit();
  }

  setScreenReader(on: boolean): void {
    this.#terminal.options.screenReaderMode = on;
  }

  setTheme(theme: ITheme): void {
    this.#terminal.options.theme = theme;
  }

  setLabel(text: string): void {
    this.#terminal.textarea?.setAttribute('aria-label', text);
    this.#terminal.textarea?.setAttribute('data-pane-focus', '');
  }

  find(text: string, back: boolean, options: SearchOptions): void {
    const decorations = {
      matchOverviewRuler: '#808080',
      activeMatchColorOverviewRuler: '#808080',
      matchBackground: '#e2b24d',
      activeMatchBackground: '#ff8b82',
    };
    if (back) this.#search.findPrevious(text, { ...options, decorations });
    else this.#search.findNext(text, { ...options, decorations });
  }

  /** Calls back with the index of the match in front (from 0, -1: none) and how many there are. */
  onResults(listener: (index: number, count: number) => void): { dispose(): void } {
    return this.#search.onDidChangeResults((event) => listener(event.resultIndex, event.resultCount));
  }

  endSearch(): void {
    this.#search.clearDecorations();
  }

  /** Scrolls to the prompt before or after the first line that is shown. */
  jump(by: -1 | 1): void {
    const top = this.#terminal.buffer.active.viewportY;
    const lines = this.#prompts.filter((marker) => !marker.isDisposed).map((marker) => marker.line);
    const line = by < 0 ? lines.findLast((one) => one < top) : lines.find((one) => one > top);
    if (line === undefined) {
      if (by > 0) this.#terminal.scrollToBottom();
    } else this.#terminal.scrollToLine(line);
  }

  dispose(): void {
    this.#disposed = true;
    this.#handle?.cancel();
    this.#handle = undefined;
    this.#terminal.dispose();
  }

  #draw(bytes: Uint8Array): void {
    this.#terminal.write(bytes, () => {
      this.#undrawn += bytes.length;
      // Small answers are told at once, floods in portions.
      if (this.#undrawn < ACK_EVERY && bytes.length >= 4096) return;
      this.#handle?.send({ type: 'ack', bytes: this.#undrawn });
      this.#undrawn = 0;
    });
  }

  #markPrompt(): void {
    const marker = this.#terminal.registerMarker(0);
    this.#prompts = [...this.#prompts.filter((one) => !one.isDisposed), marker].slice(-500);
  }

  async #useGpu(): Promise<void> {
    if (!hasRealGpu()) return;
    const { WebglAddon } = await import('@xterm/addon-webgl');
    if (this.#disposed) return;
    const addon = new WebglAddon();
    addon.onContextLoss(() => addon.dispose());
    this.#terminal.loadAddon(addon);
  }

  /** False: the key is dealt with here and does not reach the shell. */
  #onKey(event: KeyboardEvent): boolean {
    if (event.type !== 'keydown') return true;
    const mod = isMac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
    const key = event.key.toLowerCase();
    if (mod && !event.altKey && ['+', '=', '-', '0'].includes(key)) {
      const now = this.#terminal.options.fontSize ?? DEFAULT_FONT;
      const size = key === '0' ? DEFAULT_FONT : now + (key === '-' ? -1 : 1);
      if (size >= 9 && size <= 28) this.#options.onFontSize(size);
      event.preventDefault();
      return false;
    }
    if (mod && !event.shiftKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      this.jump(event.key === 'ArrowUp' ? -1 : 1);
      event.preventDefault();
      return false;
    }
    const copy = isMac ? event.metaKey && key === 'c' : event.ctrlKey && event.shiftKey && key === 'c';
    if (copy) {
      if (this.#terminal.hasSelection()) void navigator.clipboard.writeText(this.#terminal.getSelection());
      event.preventDefault();
      return false;
    }
    // Without preventDefault the browser's own paste reaches xterm, with no permission asked.
    if (isMac ? event.metaKey && key === 'v' : event.ctrlKey && event.shiftKey && key === 'v') return false;
    return true;
  }
}
