import { onBeforeUnmount } from 'vue';
import type { Ref } from 'vue';
import { pairKey } from '../layout/links.ts';
import type { PlayerStage } from './message-player.ts';

/** Real milliseconds that a heartbeat is to be seen. */
const BEAT = 220;

/** Lights links and blocks up for a moment, straight on the elements: it happens too often to go through the components. */
export function useLights(
  root: Ref<HTMLElement | undefined>,
  thingOf: (actor: string) => string | undefined,
) {
  const timers = new Map<Element, ReturnType<typeof setTimeout>>();
  const beats = new Map<Element, ReturnType<typeof setTimeout>>();

  const found = new Map<string, Element>();

  function find(selector: string): Element | null {
    const known = found.get(selector);
    if (known?.isConnected === true) return known;
    const element = root.value?.querySelector(selector) ?? null;
    if (element === null) found.delete(selector);
    else found.set(selector, element);
    return element;
  }

  const light: PlayerStage['light'] = (what, milliseconds, lost) => {
    const element = 'link' in what ? linkElement(what.link) : thingElement(what.thing);
    if (element === null) return;
    clearTimeout(timers.get(element));
    element.classList.add('lit');
    element.classList.toggle('lost', lost);
    timers.set(
      element,
      setTimeout(() => {
        element.classList.remove('lit', 'lost');
        timers.delete(element);
      }, milliseconds),
    );
  };

  /** A heartbeat on a link: a thin sign that leaves a stronger light alone. */
  const beat: PlayerStage['beat'] = (from, to) => {
    const element = linkElement([from, to]);
    if (element === null) return;
    clearTimeout(beats.get(element));
    element.classList.add('beat');
    beats.set(
      element,
      setTimeout(() => {
        element.classList.remove('beat');
        beats.delete(element);
      }, BEAT),
    );
  };

  function linkElement([from, to]: readonly [string, string]): Element | null {
    const a = thingOf(from);
    const b = thingOf(to);
    return a === undefined || b === undefined ? null : find(`[data-link="${CSS.escape(pairKey(a, b))}"]`);
  }

  function thingElement(actor: string): Element | null {
    const thing = thingOf(actor);
    if (thing === undefined) return null;
    return (
      find(`[data-thing="${CSS.escape(`component:${thing}`)}"]`) ??
      find(`[data-thing="${CSS.escape(`machine:${thing}`)}"]`)
    );
  }

  onBeforeUnmount(() => {
    for (const timer of [...timers.values(), ...beats.values()]) clearTimeout(timer);
    timers.clear();
    beats.clear();
  });
  return { light, beat };
}
