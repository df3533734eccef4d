/**
 * Draws `docs/img/intervals.svg`: 90 % bands of two models beside measurements of another run, of which they saw nothing.
 *
 *     npx tsx scripts/draw-intervals.ts
 */
import { writeFileSync } from 'node:fs'
import { extract, simulateResponse, trainModel } from '../src/index.js'

const group = { featureGroup: 'BPFOnly' } as const
const [seen, other] = [
  { seed: 4, duration: 3600 },
  { seed: 5, duration: 1800 },
].map((run) => extract(simulateResponse({ scenario: 'mixed', step: 5, ...run }), group).dataset)
if (seen === undefined || other === undefined) throw new Error('nothing was simulated')

const measured = other.powers
  .filter(({ component }) => component === 'package')
  .reduce((sum, { values }) => sum.map((watts, i) => watts + values[i]!), new Float64Array(other.rows))
const features = other.features.map(({ name }) => name)
const rows = Array.from(measured, (_, i) => other.features.map(({ values }) => values[i]!))

const [width, height, left, top, gap] = [400, 260, 44, 64, 56] as const
/** The range of both axes, in watts. */
const [least, most] = [20, 180] as const

interface Band {
  readonly predicted: ArrayLike<number>
  readonly lower: ArrayLike<number>
  readonly upper: ArrayLike<number>
}

async function bandOf(trainer: Parameters<typeof trainModel>[1]): Promise<Band> {
  const model = await trainModel(seen!, trainer, { seed: 0 })
  const { powers, intervals } = model.archive().estimate(features, rows)
  const [predicted, interval] = [powers.package, intervals?.package]
  if (predicted === undefined || interval === undefined) throw new Error(`${trainer} gave no interval of the package`)
  return { predicted, ...interval }
}

const share = (watts: number) => (Math.max(least, Math.min(most, watts)) - least) / (most - least)
const y = (watts: number) => (height * (1 - share(watts))).toFixed(1)

/** A panel with the rows in `order`, each at its place along the axis. */
function panel(
  index: number,
  title: string,
  axis: string,
  band: Band,
  order: readonly number[],
  place: (row: number) => number,
): string {
  const x = (row: number) => (width * place(row)).toFixed(1)
  const edge = (bound: ArrayLike<number>, list: readonly number[]) => list.map((row) => `${x(row)} ${y(bound[row]!)}`)
  const inside = (row: number) => measured[row]! >= band.lower[row]! && measured[row]! <= band.upper[row]!
  const dots = (list: readonly number[]) => list.map((row) => `M${x(row)} ${y(measured[row]!)}h0`).join('')
  const percent = (100 * order.filter(inside).length) / order.length
  const ticks = [0, 1, 2, 3, 4].map((i) => {
    const watts = least + ((most - least) * i) / 4
    return `<path class="grid" d="M0 ${y(watts)}H${width}"/><text class="note e" x="-6" y="${Number(y(watts)) + 4}">${watts}</text>`
  })
  return `<g transform="translate(${left + index * (width + gap)} ${top})">
  <text class="name" y="-28">${title}</text><text class="note" y="-10">${percent.toFixed(0)} % of ${order.length} measurements lie in the band</text>
  ${ticks.join('')}<path class="band" d="M${[...edge(band.lower, order), ...edge(band.upper, [...order].reverse())].join('L')}z"/>
  <path class="line" d="M${edge(band.predicted, order).join('L')}"/>
  <path class="dots" d="${dots(order.filter(inside))}"/><path class="dots out" d="${dots(order.filter((row) => !inside(row)))}"/>
  <text class="note e" x="${width}" y="${height + 20}">${axis}</text></g>`
}

const boosting = await bandOf('GradientBoostingRegressorTrainer')
const forest = await bandOf('QuantileForestRegressorTrainer')
const byPrediction = Array.from(measured.keys()).sort((a, b) => boosting.predicted[a]! - boosting.predicted[b]!)
const inTime = Array.from(measured.keys()).slice(0, 120)

const whole = [left + 2 * width + gap + 10, top + height + 32] as const
writeFileSync(
  'docs/img/intervals.svg',
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${whole.join(' ')}" width="${whole[0]}" height="${whole[1]}" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="13" role="img" aria-labelledby="t d">
<title id="t">90 % intervals beside measurements that were held out</title>
<desc id="d">Left: measured over predicted watts of gradient boosting with its split-conformal band. Right: measured watts over time with the band of the quantile forest. Dots outside a band are red. Made by scripts/draw-intervals.ts.</desc>
<style>
  .card { fill: #ffffff } text { fill: #1f2328 } .note { fill: #59636e; font-size: 12px } .name { font-weight: 600 } .e { text-anchor: end }
  .grid { stroke: #8c959f; opacity: .3 } .band { fill: #0072b2; opacity: .2 } .line { stroke: #0072b2; stroke-width: 1.5; fill: none }
  .dots { stroke: #6e7781; stroke-width: 3.2; stroke-linecap: round } .out { stroke: #d55e00; stroke-width: 4.4 }
  @media (prefers-color-scheme: dark) { .card { fill: #0d1117 } text { fill: #e6edf3 } .note { fill: #9198a1 } .line { stroke: #56b4e9 } .band { fill: #56b4e9 } .dots { stroke: #b1bac4 } .out { stroke: #e69f00 } }
</style>
<rect class="card" width="100%" height="100%" rx="6"/>
<text class="note" x="10" y="16">watts of a package; dots: another run than that of training, line: the model, area: its 90 % interval</text>
${panel(0, 'Gradient boosting: split-conformal by level', `predicted watts, ${least} to ${most}`, boosting, byPrediction, (row) => share(boosting.predicted[row]!))}
${panel(1, 'Quantile forest: its own band, calibrated', 'ten minutes', forest, inTime, (row) => row / (inTime.length - 1))}
</svg>
`,
)
