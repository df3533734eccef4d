import type uPlot from 'uplot'

/** A line of a chart, with the interval around it. */
export interface PlotLine {
  readonly label: string
  /** Custom property of the style sheet that holds its colour. */
  readonly color: string
  readonly values: readonly (number | null)[]
  readonly low?: readonly (number | null)[]
  readonly high?: readonly (number | null)[]
  /** Drawn dashed: another look beside another colour. */
  readonly dashed?: boolean
}

export interface PlotOptions {
  readonly x: readonly number[]
  readonly lines: readonly PlotLine[]
  /** Whether `x` is seconds since the epoch; else it is labelled with `xUnit`. */
  readonly isTime: boolean
  readonly xLabel: string
  readonly xUnit: string
  readonly height: number
  /** Values at the cursor, by line; `undefined` when it leaves. */
  readonly onCursor: (index: number | undefined) => void
}

/** What a chart takes from the element that it stands in. */
export interface PlotSurroundings {
  readonly width: number
  readonly fontFamily: string
  /** The value of a custom property. */
  readonly color: (name: string) => string
}

/** Between two labels of an axis that is no time. */
const steps = [10, 20, 50, 100]
const leastWidth = 200

/** A chart is as wide as its element, but never too narrow to be read. */
export function plotWidth(element: { readonly clientWidth: number }): number {
  return Math.max(leastWidth, element.clientWidth)
}

/** The options and the data of a chart of watts, as uPlot takes them. */
export function plotOptions(
  { x, lines, isTime, xLabel, xUnit, height, onCursor }: PlotOptions,
  { width, fontFamily, color }: PlotSurroundings,
): { readonly options: uPlot.Options; readonly data: readonly (readonly (number | null)[])[] } {
  const axis = {
    stroke: color('--muted'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { stroke: color('--line'), width: 1 },
    font: `12px ${fontFamily}`,
    labelFont: `12px ${fontFamily}`,
    labelSize: 18,
  }
  const series: uPlot.Series[] = [{}]
  const bands: uPlot.Band[] = []
  const data: (readonly (number | null)[])[] = [x]
  for (const { label, color: name, values, low, high, dashed } of lines) {
    const stroke = color(name)
    if (low && high) {
      bands.push({ series: [series.length + 1, series.length], fill: translucent(stroke) })
      for (const edge of [low, high]) {
        series.push({ stroke: translucent(stroke, 0.5), width: 1, points: { show: false } })
        data.push(edge)
      }
    }
    series.push({ label, stroke, width: 2.5, points: { show: false }, ...(dashed ? { dash: [7, 4] } : {}) })
    data.push(values)
  }
  const options: uPlot.Options = {
    width,
    height,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
    padding: [12, 26, 0, 0],
    scales: {
      x: { time: isTime, range: (_, low, high) => [low, high] },
      y: { range: (_, __, high) => [0, (high || 1) * 1.06] },
    },
    axes: [
      {
        ...axis,
        label: xLabel,
        size: 34,
        ...(isTime ? {} : { incrs: steps, values: (_, values) => values.map((value) => `${value} ${xUnit}`) }),
      },
      { ...axis, label: 'Watts', size: 52 },
    ],
    series,
    bands,
    hooks: { setCursor: [({ cursor }) => onCursor(cursor.idx ?? undefined)] },
  }
  return { options, data }
}

/** A colour of the style sheet, `#rrggbb`, with a part of its strength. */
function translucent(color: string, strength = 0.16): string {
  return (
    color +
    Math.round(strength * 255)
      .toString(16)
      .padStart(2, '0')
  )
}
