/** The chart of alarms per 10 minutes, with the line that no slot should cross. */

import type uPlot from "uplot";

const LIMIT = 10;
const LEAST_HEIGHT = 14;

export interface ChartLook {
  muted: string;
  grid: string;
  bar: string;
  over: string;
  font: string;
}

/** The colours of the page as it is now, light or dark. */
export function lookOf(element: HTMLElement): ChartLook {
  const probe = document.createElement("span");
  element.append(probe);
  const colour = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const look = {
    muted: colour("--ink-2"),
    grid: colour("--line"),
    bar: colour("--ink-3"),
    over: colour("--p2"),
    font: `12px ${getComputedStyle(element).fontFamily}`,
  };
  probe.remove();
  return look;
}

/** Bars up to the limit in grey, those over it in the colour that calls for a look. */
export function dataOf({ times, peaks }: { times: number[]; peaks: number[] }): uPlot.AlignedData {
  return [
    times,
    peaks.map((n) => (n > LIMIT ? null : n)),
    peaks.map((n) => (n > LIMIT ? n : null)),
  ];
}

export function optionsOf(
  Plot: typeof uPlot,
  size: { width: number; height: number },
  look: ChartLook,
  locale: string,
  pointed: (index: number | null) => void,
): uPlot.Options {
  const bars = Plot.paths.bars!({ size: [0.8, 24], align: 1 });
  const axis = {
    stroke: look.muted,
    font: look.font,
    grid: { stroke: look.grid, width: 1 },
    ticks: { stroke: look.grid, width: 1, size: 4 },
  };
  return {
    ...size,
    padding: [8, 12, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: true },
      y: { range: (_, __, high) => [0, Math.max(LEAST_HEIGHT, Math.ceil(high * 1.1))] },
    },
    axes: [
      { ...axis, size: 32, space: 90, values: (_, splits) => labels(splits, locale) },
      { ...axis, size: 40, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
    ],
    series: [
      {},
      { paths: bars, fill: look.bar, width: 0, points: { show: false } },
      { paths: bars, fill: look.over, width: 0, points: { show: false } },
    ],
    hooks: {
      draw: [(plot) => drawLimit(plot, look)],
      setCursor: [(plot) => pointed(plot.cursor.idx ?? null)],
    },
  };
}

/** The date where a new day begins, the time of day between. */
function labels(splits: number[], locale: string): string[] {
  const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hour12: false });
  const date = new Intl.DateTimeFormat(locale, { month: "short", day: "numeric" });
  let before = "";
  return splits.map((at) => {
    const moment = new Date(at * 1000);
    const day = date.format(moment);
    const label = day === before ? time.format(moment) : day;
    before = day;
    return label;
  });
}

function drawLimit(plot: uPlot, look: ChartLook): void {
  const { ctx, bbox } = plot;
  const scale = bbox.width / (plot.over.clientWidth || bbox.width);
  const y = Math.round(plot.valToPos(LIMIT, "y", true));
  ctx.save();
  ctx.strokeStyle = look.over;
  ctx.lineWidth = 1.5 * scale;
  ctx.setLineDash([6 * scale, 4 * scale]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}
