/** The picture of one difference: the signal, and when each version is in alarm. */

import type uPlot from "uplot";

import type { AlarmSide, BacktestDifference, Reading } from "../../api/records";

/** Times in seconds, values, and for a signal of states their words by value. */
export interface Course {
  times: number[];
  values: number[];
  states: string[];
  stepped: boolean;
}

/** Readings as a chart takes them; a state becomes its place in `states`. */
export function courseOf(readings: Pick<Reading, "ts" | "value">[]): Course {
  const words = readings.map(({ value }) => value).filter((value) => typeof value === "string");
  const states = [...new Set(words)].sort();
  const values = readings.map(({ value }) =>
    typeof value === "string" ? states.indexOf(value) : value,
  );
  return {
    times: readings.map(({ ts }) => Date.parse(ts) / 1000),
    values,
    states,
    stepped: states.length > 0 || values.every((value) => value === 0 || value === 1),
  };
}

const LANE = 22;
const LANES = 2 * LANE + 8;

interface Look {
  ink: string;
  muted: string;
  grid: string;
  current: string;
  tried: string;
  ground: string;
  font: string;
}

/** The colours of the page, as it is now: light or dark. */
export function lookOf(element: Element): Look {
  const style = getComputedStyle(element);
  const colour = (name: string) => {
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    element.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  };
  return {
    ink: colour("--ink"),
    muted: colour("--ink-3"),
    grid: colour("--line"),
    current: colour("--ink-3"),
    tried: colour("--p4"),
    ground: colour("--surface"),
    font: `12px ${style.fontFamily}`,
  };
}

/**
 * Options of the chart; `words` names the lanes, `locale` the language of its times. `stepped` draws
 * a value that holds until the next one comes.
 */
export function optionsOf(
  difference: BacktestDifference,
  course: Course,
  span: { from: number; to: number },
  size: { width: number; height: number },
  look: Look,
  words: { current: string; tried: string; locale: string },
  stepped: uPlot.Series.PathBuilder,
): uPlot.Options {
  const time = new Intl.DateTimeFormat(words.locale, { hour: "2-digit", minute: "2-digit", hour12: false });
  const date = new Intl.DateTimeFormat(words.locale, { month: "short", day: "numeric" });
  const axis = {
    stroke: look.muted,
    font: look.font,
    grid: { stroke: look.grid, width: 1 },
    ticks: { stroke: look.grid, width: 1, size: 4 },
  };
  return {
    ...size,
    padding: [12, 12, LANES, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: true, range: [span.from / 1000, span.to / 1000] },
      y: { range: rangeOf(course) },
    },
    axes: [
      {
        ...axis,
        side: 0,
        space: 80,
        values: (_, splits) =>
          splits.map((at, n) => {
            const moment = new Date(at * 1000);
            const day = date.format(moment);
            const before = n === 0 ? "" : date.format(new Date(splits[n - 1]! * 1000));
            return day === before ? time.format(moment) : `${day} ${time.format(moment)}`;
          }),
      },
      {
        ...axis,
        size: course.states.length > 0 ? 84 : 56,
        ...(course.states.length > 0
          ? { splits: () => course.states.map((_, n) => n), values: () => course.states }
          : {}),
      },
    ],
    series: [{}, seriesOf(course, look, stepped)],
    hooks: { draw: [(plot) => drawDecisions(plot, difference, span, look, words)] },
  };
}

function rangeOf(course: Course): uPlot.Range.Function {
  return (_, low, high) => {
    if (course.states.length > 0) return [-0.3, course.states.length - 0.7];
    const pad = (high - low || Math.abs(high) || 1) * 0.12;
    return [low - pad, high + pad];
  };
}

function seriesOf(course: Course, look: Look, stepped: uPlot.Series.PathBuilder): uPlot.Series {
  return {
    stroke: look.ink,
    width: 1.5,
    points: { show: course.times.length < 40, size: 5, stroke: look.ink, fill: look.ground },
    ...(course.stepped ? { paths: stepped } : {}),
  };
}

/** A lane for each version below the signal, with a dashed line up to where its alarm begins. */
function drawDecisions(
  plot: uPlot,
  difference: BacktestDifference,
  span: { from: number; to: number },
  look: Look,
  words: { current: string; tried: string },
): void {
  const { ctx, bbox } = plot;
  const scale = bbox.width / plot.over.clientWidth || 1;
  const lanes: [AlarmSide | null, string, string][] = [
    [difference.current, words.current, look.current],
    [difference.tried, words.tried, look.tried],
  ];
  ctx.save();
  ctx.font = look.font.replace("12px", `${12 * scale}px`);
  ctx.textBaseline = "middle";
  lanes.forEach(([side, word, colour], n) => {
    const top = bbox.top + bbox.height + (8 + n * LANE) * scale;
    const height = (LANE - 8) * scale;
    ctx.fillStyle = look.grid;
    ctx.fillRect(bbox.left, top + height / 2 - scale / 2, bbox.width, scale);
    ctx.fillStyle = look.muted;
    ctx.textAlign = "right";
    ctx.fillText(word, bbox.left - 8 * scale, top + height / 2);
    if (!side) return;
    const begins = place(plot, side.raised_at, span);
    const ends = side.cleared_at ? place(plot, side.cleared_at, span) : bbox.left + bbox.width;
    ctx.fillStyle = colour;
    ctx.fillRect(begins, top, Math.max(ends - begins, 2 * scale), height);
    mark(ctx, begins, top, bbox.top, colour, scale, [4, 3]);
    if (side.cleared_at) mark(ctx, ends, top, bbox.top, colour, scale, [1, 3]);
  });
  ctx.restore();
}

function place(plot: uPlot, at: string, span: { from: number; to: number }): number {
  const ms = Math.min(span.to, Math.max(span.from, Date.parse(at)));
  return plot.valToPos(ms / 1000, "x", true);
}

function mark(
  ctx: CanvasRenderingContext2D,
  x: number,
  from: number,
  to: number,
  colour: string,
  scale: number,
  dash: number[],
): void {
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.5 * scale;
  ctx.setLineDash(dash.map((part) => part * scale));
  ctx.beginPath();
  ctx.moveTo(x, from);
  ctx.lineTo(x, to);
  ctx.stroke();
}
