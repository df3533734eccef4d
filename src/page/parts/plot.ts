import uPlot from 'uplot'

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

/** Between two labels of an axis that is no time. */
const steps = [10, 20, 50, 100]

/** Draws a chart of watts into an element, in the colours of its style sheet. @returns what takes it away */
export function drawPlot(element: HTMLElement, options: PlotOptions): () => void {
  const { x, lines, isTime, xLabel, xUnit, height, onCursor } = options
  const style = getComputedStyle(element)
  const color = (name: string) => style.getPropertyValue(name).trim()
  const axis = {
    stroke: color('--muted'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { stroke: color('--line'), width: 1 },
    font: `12px ${style.fontFamily}`,
    labelFont: `12px ${style.fontFamily}`,
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
  const plot = new uPlot(
    {
      width: Math.max(200, element.clientWidth),
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
    },
    data as uPlot.AlignedData,
    element,
  )
  const watcher = new ResizeObserver(() => plot.setSize({ width: Math.max(200, element.clientWidth), height }))
  watcher.observe(element)
  return () => {
    watcher.disconnect()
    plot.destroy()
  }
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
