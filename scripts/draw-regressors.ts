/**
 * Draws `docs/img/regressors.svg`: what each trainer makes of the same measurements, and of usage beyond them.
 *
 *     npx tsx scripts/draw-regressors.ts
 */
import { writeFileSync } from 'node:fs'
import { seededRandom } from '../src/numeric/random.js'
import { regressor } from '../src/regression/regressor-by-name.js'

const trainers = [
  ['LinearRegressionTrainer', 'b + w·x, w ≥ 0'],
  ['PolynomialRegressionTrainer', 'b + w·(x, x²)'],
  ['SGDRegressorTrainer', 'b + w·x, by steps'],
  ['ExponentialRegressionTrainer', 'a·exp(bx) + c'],
  ['LogarithmicRegressionTrainer', 'a·ln(bx + 1) + c'],
  ['LogisticRegressionTrainer', 'A/(1 + exp(−k(x − x₀))) + d'],
  ['KNeighborsRegressorTrainer', 'mean of the 6 nearest'],
  ['SVRRegressorTrainer', 'Σ aᵢ·exp(−γ(x − xᵢ)²) + b'],
  ['GradientBoostingRegressorTrainer', 'mean + 0.1·Σ trees'],
  ['XgboostFitTrainer', '0.5 + Σ trees'],
  ['QuantileForestRegressorTrainer', 'middle of what trees hold'],
] as const

const [columns, width, height, gap] = [3, 280, 180, 20] as const
const [rows, seen, shown] = [120, 1, 1.4] as const
const most = 180

/** Usage from idle to full load, as a share, and watts that bend as those of a package do. */
const random = seededRandom(3)
const usage = Array.from({ length: rows }, (_, i) => (seen * ((i * 61) % rows)) / (rows - 1))
const watts = usage.map((x) => 36 + 95 * x ** 0.7 + 12 * (random.next() - 0.5))
const points = Array.from({ length: 141 }, (_, i) => (shown * i) / 140)

const panels = trainers.map(([name, formula], i) => {
  const fitted = regressor(name, { seed: 0 }).fit(
    usage.map((x) => [x]),
    watts,
  )
  const predicted = fitted.predict(points.map((x) => [x]))
  const left = (i % columns) * (width + gap)
  const top = Math.floor(i / columns) * (height + gap)
  const x = (value: number) => ((width * value) / shown).toFixed(1)
  const y = (value: number) => (height - ((height - 40) * Math.min(most, Math.max(0, value))) / most).toFixed(1)
  const dots = usage.map((value, k) => `<circle cx="${x(value)}" cy="${y(watts[k]!)}" r="1.6"/>`).join('')
  const line = points.map((value, k) => `${k === 0 ? 'M' : 'L'}${x(value)} ${y(predicted[k]!)}`).join('')
  return `<g transform="translate(${left + 10} ${top + 40})">
  <rect class="beyond" x="${x(seen)}" width="${(width - Number(x(seen))).toFixed(1)}" height="${height - 40}" y="40"/>
  <g class="dots">${dots}</g><path class="line" d="${line}"/><path class="axis" d="M0 40V${height}H${width}"/>
  <text class="name" x="6" y="14">${name}</text><text class="formula" x="6" y="32">${formula}</text></g>`
})

const whole = [columns * (width + gap), Math.ceil(trainers.length / columns) * (height + gap) + 50] as const
writeFileSync(
  'docs/img/regressors.svg',
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${whole.join(' ')}" width="${whole[0]}" height="${whole[1]}" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="13" role="img" aria-labelledby="t d">
<title id="t">What each trainer makes of the same measurements</title>
<desc id="d">Watts against usage. Dots are measurements, the line is the model; usage in the grey part was not in training. Made by scripts/draw-regressors.ts.</desc>
<style>
  .card { fill: #ffffff } text { fill: #1f2328 } .formula, .note { fill: #59636e; font-size: 12px } .name { font-weight: 600 }
  .axis { stroke: #8c959f; fill: none } .dots { fill: #8c959f } .line { stroke: #0072b2; stroke-width: 2; fill: none } .beyond { fill: #8c959f; opacity: .18 }
  @media (prefers-color-scheme: dark) { .card { fill: #0d1117 } text { fill: #e6edf3 } .formula, .note { fill: #9198a1 } .line { stroke: #56b4e9 } }
</style>
<rect class="card" width="100%" height="100%" rx="6"/>
<text class="note" x="10" y="20">watts against usage; dots: measurements, line: the model, grey: usage that was not in training</text>
${panels.join('\n')}
</svg>
`,
)
