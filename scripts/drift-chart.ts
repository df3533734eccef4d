/** How far off models were in the course of time, in percent of the mean power. Times in minutes. */
export interface Drift {
  readonly points: readonly { readonly minute: number; readonly served: number; readonly first: number }[]
  readonly published: readonly { readonly minute: number; readonly version: number }[]
  /** When the machine changed. */
  readonly changes: number
  readonly garbage: { readonly from: number; readonly until: number }
  readonly minutes: number
}

const [width, height] = [860, 320]
const plot = { left: 56, right: 840, top: 44, bottom: 262 }
const highest = 60

/** The chart as SVG. */
export function driftChart({ points, published, changes, garbage, minutes }: Drift): string {
  const x = (minute: number) => round(plot.left + ((plot.right - plot.left) * minute) / minutes)
  const y = (percent: number) => round(plot.bottom - ((plot.bottom - plot.top) * Math.min(percent, highest)) / highest)
  const calm = (minute: number) => minute < garbage.from || minute >= garbage.until
  const line = (kind: 'served' | 'first') => {
    let pen = 'M'
    return points
      .map((point) => {
        if (!calm(point.minute)) {
          pen = 'M'
          return ''
        }
        const command = `${pen}${x(point.minute)} ${y(point[kind])}`
        pen = 'L'
        return command
      })
      .join('')
  }
  const grid = [0, 20, 40, 60].map(
    (percent) =>
      `<path class="grid" d="M${plot.left} ${y(percent)}H${plot.right}"/><text class="s e" x="${plot.left - 8}" y="${y(percent) + 4}">${percent} %</text>`,
  )
  const ticks = Array.from({ length: Math.floor(minutes / 5) + 1 }, (_, i) => 5 * i).map(
    (minute) => `<text class="s m" x="${x(minute)}" y="${plot.bottom + 34}">${minute}</text>`,
  )
  const marks = published.map(
    ({ minute, version }) =>
      `<path class="mark" d="M${x(minute)} ${plot.bottom + 4}l4 8h-8z"><title>version ${version}</title></path>`,
  )
  const middle = (garbage.from + garbage.until) / 2
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="13" role="img" aria-labelledby="t d">
  <title id="t">Models that stay right</title>
  <desc id="d">Error of the model that the online trainer serves, and of the first one kept for ever, while a simulated machine changes and its counters are garbage for two minutes. Made by scripts/draw-drift.ts.</desc>
  <style>
    .grid { stroke: #d0d7de; fill: none }
    .served { stroke: #2da44e; stroke-width: 2; fill: none }
    .first { stroke: #bf8700; stroke-width: 1.5; fill: none; stroke-dasharray: 5 3 }
    .mark { fill: #2da44e }
    .event { stroke: #57606a; stroke-dasharray: 3 3; fill: none }
    .garbage { fill: #eaeef2 }
    text { fill: #1f2328 }
    .s { fill: #57606a; font-size: 12px }
    .m { text-anchor: middle }
    .e { text-anchor: end }
  </style>
  <rect width="${width}" height="${height}" fill="#ffffff"/>
  <rect class="garbage" x="${x(garbage.from)}" y="${plot.top}" width="${round(x(garbage.until) - x(garbage.from))}" height="${plot.bottom - plot.top}"/>
  ${grid.join('\n  ')}
  <path class="event" d="M${x(changes)} ${plot.top - 6}V${plot.bottom}"/>
  <text class="s m" x="${x(changes)}" y="${plot.top - 12}">the machine changes</text>
  <text class="s m" x="${x(middle)}" y="${plot.top - 12}">garbage counters: nothing is published</text>
  <path class="first" d="${line('first')}"/>
  <path class="served" d="${line('served')}"/>
  ${marks.join('\n  ')}
  ${ticks.join('\n  ')}
  <text class="s e" x="${plot.right}" y="${plot.bottom + 52}">minutes; triangles: versions that were published</text>
  <path class="served" d="M${plot.left} ${plot.bottom + 48}h24"/><text class="s" x="${plot.left + 30}" y="${plot.bottom + 52}">what is served</text>
  <path class="first" d="M${plot.left + 130} ${plot.bottom + 48}h24"/><text class="s" x="${plot.left + 160}" y="${plot.bottom + 52}">the first model, kept for ever</text>
</svg>
`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
