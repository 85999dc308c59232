/** World units; one is a CSS pixel at zoom 1. */
export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Segment {
  readonly from: Point;
  readonly to: Point;
  /** Control point of a quadratic curve; a straight line without. */
  readonly bend?: Point;
}

export function centre(rect: Rect): Point {
  return { x: rect.x + rect.w / 2, y: rect.y + rect.h / 2 };
}

/** Where the line from the centre of `rect` towards `target` leaves `rect`. */
export function leave(rect: Rect, target: Point): Point {
  const from = centre(rect);
  const dx = target.x - from.x;
  const dy = target.y - from.y;
  if (dx === 0 && dy === 0) return from;
  const scale = Math.min(rect.w / 2 / Math.abs(dx || 1e-9), rect.h / 2 / Math.abs(dy || 1e-9));
  return { x: from.x + dx * Math.min(scale, 1), y: from.y + dy * Math.min(scale, 1) };
}

/** The straight line between the borders of two things. */
export function between(a: Rect, b: Rect): Segment {
  return { from: leave(a, centre(b)), to: leave(b, centre(a)) };
}

/** How far above `top` an arc rises between things so far apart. */
function rise(distance: number): number {
  return 16 + distance * 0.03;
}

/** An arc from top to top, above everything between the two; `top` is the upper edge of what it must clear. */
export function over(a: Rect, b: Rect, top: number): Segment {
  const from = { x: a.x + a.w / 2, y: a.y };
  const to = { x: b.x + b.w / 2, y: b.y };
  const peak = top - rise(Math.abs(to.x - from.x));
  // A quadratic curve gets half way to its control point.
  return { from, to, bend: { x: (from.x + to.x) / 2, y: 2 * peak - (from.y + to.y) / 2 } };
}

/** The point at `part` (0 to 1) of the way. */
export function along({ from, to, bend }: Segment, part: number): Point {
  const rest = 1 - part;
  if (bend === undefined) return { x: from.x * rest + to.x * part, y: from.y * rest + to.y * part };
  const [a, b, c] = [rest * rest, 2 * rest * part, part * part];
  return { x: a * from.x + b * bend.x + c * to.x, y: a * from.y + b * bend.y + c * to.y };
}

/** Unit vector to the left of the way there, at `part` of it. */
export function beside({ from, to, bend }: Segment, part: number): Point {
  const [p, q] =
    bend === undefined ? [from, to] : [along({ from, to: bend }, part), along({ from: bend, to }, part)];
  const dx = q.x - p.x;
  const dy = q.y - p.y;
  const length = Math.hypot(dx, dy) || 1;
  return { x: -dy / length, y: dx / length };
}

/** As the `d` of an SVG path. */
export function pathOf({ from, to, bend }: Segment): string {
  const start = `M${from.x} ${from.y}`;
  return bend === undefined ? `${start}L${to.x} ${to.y}` : `${start}Q${bend.x} ${bend.y} ${to.x} ${to.y}`;
}

/** The smallest rectangle around all of them. */
export function bounds(rects: readonly Rect[]): Rect {
  if (rects.length === 0) return { x: 0, y: 0, w: 0, h: 0 };
  const x = Math.min(...rects.map((rect) => rect.x));
  const y = Math.min(...rects.map((rect) => rect.y));
  const right = Math.max(...rects.map((rect) => rect.x + rect.w));
  const bottom = Math.max(...rects.map((rect) => rect.y + rect.h));
  return { x, y, w: right - x, h: bottom - y };
}
