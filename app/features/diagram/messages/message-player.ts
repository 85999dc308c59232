import type { RecordBatch } from '../../../../electron/shared/contract/records.ts';
import { along, beside } from '../layout/geometry.ts';
import type { Segment } from '../layout/geometry.ts';
import { FlightPlan } from './plan-flights.ts';
import type { Flight } from './plan-flights.ts';

/** Dots drawn at once; what is more shows as light on its link and in its rate. */
const MAX_DOTS = 90;
/** Real milliseconds that an arrival stays lit. */
const GLOW = 500;
/** Requests and answers pass beside one another, in world units. */
const LANE = 3;

export interface PlayerStage {
  /** The way from one actor to another; undefined when it cannot be shown. */
  wayOf(from: string, to: string): Segment | undefined;
  /** A heartbeat passed. */
  beat(from: string, to: string): void;
  /** Lights a link, or a thing, for so many real milliseconds. */
  light(
    what: { readonly link: readonly [string, string] } | { readonly thing: string },
    milliseconds: number,
    lost: boolean,
  ): void;
  reducedMotion(): boolean;
}

interface Moving {
  readonly flight: Flight;
  readonly dot: HTMLElement;
  readonly segment: Segment;
}

/** Draws messages as dots that travel on the links. One animation frame loop, which sleeps while nothing moves. */
export class MessagePlayer {
  readonly #layer: HTMLElement;
  readonly #stage: PlayerStage;
  readonly #plan = new FlightPlan();
  readonly #free: HTMLElement[] = [];
  #waiting: Flight[] = [];
  #moving: Moving[] = [];
  #frame = 0;

  constructor(layer: HTMLElement, stage: PlayerStage) {
    this.#layer = layer;
    this.#stage = stage;
  }

  play(batch: RecordBatch): void {
    if (document.hidden) return;
    const now = performance.now();
    this.#waiting.push(...this.#plan.plan(batch.records, now, this.#waiting.length + this.#moving.length));
    for (const { from, to } of batch.beats ?? []) this.#stage.beat(from, to);
    for (const flow of batch.flows) this.#stage.light({ link: [flow.from, flow.to] }, GLOW, false);
    if (this.#frame === 0 && this.#waiting.length > 0)
      this.#frame = requestAnimationFrame((time) => this.#tick(time));
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#waiting = [];
    for (const one of this.#moving) one.dot.remove();
    for (const dot of this.#free) dot.remove();
    this.#moving = [];
    this.#free.length = 0;
  }

  #tick(now: number): void {
    const later: Flight[] = [];
    for (const flight of this.#waiting) {
      if (flight.start > now) later.push(flight);
      else this.#depart(flight);
    }
    this.#waiting = later;
    this.#moving = this.#moving.filter((one) => this.#move(one, now));
    const busy = this.#waiting.length + this.#moving.length > 0;
    this.#frame = busy ? requestAnimationFrame((time) => this.#tick(time)) : 0;
  }

  #depart(flight: Flight): void {
    const { record } = flight;
    if (record.kind !== 'message') {
      this.#stage.light({ thing: record.actor }, GLOW, false);
      return;
    }
    const segment = this.#stage.wayOf(record.actor, flight.to);
    const lost = record.dropped !== null;
    this.#stage.light({ link: [record.actor, flight.to] }, flight.end - flight.start + GLOW, lost);
    if (segment === undefined) return;
    if (this.#stage.reducedMotion() || this.#moving.length >= MAX_DOTS) {
      this.#stage.light({ thing: lost ? record.actor : flight.to }, GLOW * 2, lost);
      return;
    }
    const dot = this.#free.pop() ?? this.#newDot();
    dot.className = `dot ${record.phase ?? 'request'}${lost ? ' lost' : ''}`;
    dot.hidden = false;
    this.#moving.push({ flight, dot, segment });
  }

  /** False when it has arrived. */
  #move(one: Moving, now: number): boolean {
    const { flight, dot, segment } = one;
    const { record } = flight;
    const lost = record.dropped !== null;
    const whole = (now - flight.start) / (flight.end - flight.start);
    // A lost message gets half way, and lies there for a moment.
    const done = lost ? whole >= 2.2 : whole >= 1;
    if (done) {
      dot.hidden = true;
      this.#free.push(dot);
      if (!lost) this.#stage.light({ thing: flight.to }, GLOW, false);
      return false;
    }
    const part = Math.max(0, lost ? Math.min(whole, 0.5) : whole);
    const at = along(segment, part);
    const side = beside(segment, part);
    const x = at.x + side.x * LANE;
    const y = at.y + side.y * LANE;
    dot.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
    return true;
  }

  #newDot(): HTMLElement {
    const dot = document.createElement('i');
    this.#layer.append(dot);
    return dot;
  }
}
