/** A signature's lines as they are drawn, and how a pen draws them; free of the page. */

/** As fractions of the pad's width, so that a pad of any size shows the same. */
export interface Point {
  x: number;
  y: number;
}

export type Stroke = readonly Point[];

/** Height of the pad over its width. */
export const ASPECT = 0.4;

const THICK = 0.007;

/** What of a canvas's context draws lines. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | "fillStyle"
  | "strokeStyle"
  | "lineWidth"
  | "lineCap"
  | "lineJoin"
  | "fillRect"
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "quadraticCurveTo"
  | "stroke"
>;

/** Black ink on white paper `width` pixels wide, whatever the page's colours are. */
export function draw(pen: Pen, strokes: readonly Stroke[], width: number): void {
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, width, width * ASPECT);
  pen.strokeStyle = "#10151a";
  pen.lineWidth = width * THICK;
  pen.lineCap = pen.lineJoin = "round";
  for (const stroke of strokes) trace(pen, stroke, width);
}

/** Curves through the middle of each two points; a touch without a way is a dot. */
function trace(pen: Pen, stroke: Stroke, width: number): void {
  const [first, ...rest] = stroke.map(({ x, y }) => ({ x: x * width, y: y * width }));
  const last = rest.at(-1) ?? first;
  if (!first || !last) return;
  pen.beginPath();
  pen.moveTo(first.x, first.y);
  rest.forEach((point, i) => {
    const next = rest[i + 1] ?? point;
    pen.quadraticCurveTo(point.x, point.y, (point.x + next.x) / 2, (point.y + next.y) / 2);
  });
  pen.lineTo(last.x, last.y);
  pen.stroke();
}
