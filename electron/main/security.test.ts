import { EventEmitter } from 'node:events';
import type { WebContents } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import {
  guardContents,
  isAllowedExternal,
  isAllowedPermission,
  isAppUrl,
  windowOptions,
} from './security.ts';

describe('windowOptions', () => {
  it('isolates and sandboxes the page, exactly so', () => {
    expect(windowOptions('/x/preload.cjs').webPreferences).toEqual({
      preload: '/x/preload.cjs',
      nodeIntegration: false,
      contextIsolation: true,
      sandbox: true,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    });
  });
});

describe('isAppUrl', () => {
  it.each(['app://leme', 'app://leme/', 'app://leme/index.html', 'app://leme/a?b#c'])('%s is ours', (url) => {
    expect(isAppUrl(url)).toBe(true);
  });

  it.each([
    'app://leme.evil.example/',
    'app://lemeevil/',
    'app://evil/app://leme/',
    'app://leme@evil.example/',
    'app://leme:1234/',
    'app:leme',
    'https://leme/',
    'apps://leme/',
    'file:///index.html',
    'about:blank',
    'data:text/html,app://leme',
    'javascript:app://leme',
    '',
    'not a url',
  ])('%s is not', (url) => {
    expect(isAppUrl(url)).toBe(false);
  });
});

describe('isAllowedExternal', () => {
  it.each([
    'https://kubernetes.io/docs/concepts/',
    'https://etcd.io/docs/',
    'https://docs.oracle.com/en-us/iaas/',
    'https://www.cncf.io/',
    'https://github.com/kubernetes/kubernetes',
    'https://KUBERNETES.io/',
  ])('%s may be opened', (url) => {
    expect(isAllowedExternal(url)).toBe(true);
  });

  it.each([
    'http://kubernetes.io/',
    'https://kubernetes.io.evil.example/',
    'https://kubernetes.io@evil.example/',
    'https://evil.example/https://kubernetes.io/',
    'https://evil.example/?kubernetes.io',
    'https://evilkubernetes.io/',
    'https://sub.kubernetes.io/',
    'https://kubernetes.io:8443/',
    'https://user:word@kubernetes.io/',
    'https://kubernetes.io./',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'smb://kubernetes.io/share',
    'ms-msdt:/id',
    '//kubernetes.io/',
    '',
  ])('%s may not', (url) => {
    expect(isAllowedExternal(url)).toBe(false);
  });
});

describe('isAllowedPermission', () => {
  it('grants the clipboard and nothing else', () => {
    const asked = [
      'clipboard-read', 'clipboard-sanitized-write', 'deprecated-sync-clipboard-read', 'media', 'notifications',
      'geolocation', 'openExternal', 'fullscreen', 'pointerLock', 'display-capture', 'usb', 'serial', 'hid',
      'fileSystem', 'unknown',
    ]; // prettier-ignore
    expect(asked.filter(isAllowedPermission)).toEqual(['clipboard-read', 'clipboard-sanitized-write']);
  });
});

type OpenHandler = Parameters<WebContents['setWindowOpenHandler']>[0];

describe('guardContents', () => {
  function guarded(): {
    emit: (event: string, ...args: unknown[]) => boolean;
    open: (url: string) => ReturnType<OpenHandler>;
    opened: string[];
  } {
    const events = new EventEmitter();
    const opened: string[] = [];
    let handler: OpenHandler | undefined;
    const contents = Object.assign(events, {
      setWindowOpenHandler: (given: OpenHandler) => {
        handler = given;
      },
    }) as unknown as WebContents;
    guardContents(contents, (url) => opened.push(url));
    return {
      opened,
      emit: (event, ...args) => {
        const preventDefault = vi.fn();
        events.emit(event, { preventDefault }, ...args);
        return preventDefault.mock.calls.length > 0;
      },
      open: (url) => {
        if (handler === undefined) throw new Error('no window open handler was set');
        return handler({ url } as Parameters<OpenHandler>[0]);
      },
    };
  }

  it('keeps the window on its origin', () => {
    const { emit } = guarded();
    expect(emit('will-navigate', 'https://kubernetes.io/')).toBe(true);
    expect(emit('will-navigate', 'app://leme.evil.example/')).toBe(true);
    expect(emit('will-navigate', 'file:///etc/passwd')).toBe(true);
    expect(emit('will-navigate', 'app://leme/index.html')).toBe(false);
    expect(emit('will-redirect', 'https://kubernetes.io/')).toBe(true);
    expect(emit('will-redirect', 'app://leme/')).toBe(false);
  });

  it('attaches no web view', () => {
    expect(guarded().emit('will-attach-webview')).toBe(true);
  });

  it('opens no window; a known site goes to the person’s browser', () => {
    const { open, opened } = guarded();
    expect(open('https://kubernetes.io/docs/')).toEqual({ action: 'deny' });
    expect(open('https://kubernetes.io.evil.example/')).toEqual({ action: 'deny' });
    expect(open('app://leme/')).toEqual({ action: 'deny' });
    expect(opened).toEqual(['https://kubernetes.io/docs/']);
  });
});
