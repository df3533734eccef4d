/**
 * Draws `docs/img/isolators.svg`: what each isolator leaves of a node's power, beside what its workload caused in truth.
 *
 *     npx tsx scripts/draw-isolators.ts
 */
import { writeFileSync } from 'node:fs'
import { isolatedRun } from '../test/support/isolation-truth.js'

const isolators = [
  ['none', 'P'],
  ['min', 'P − min P'],
  ['profile', 'P − middle of an idle run'],
  ['trainer', 'P − model(usage of the background)'],
  ['auto', 'idle windows of the run, else min'],
] as const

const scenarios = [
  ['bursty', 'rests between bursts'],
  ['steady', 'never rests'],
  ['background-heavy', 'background moves'],
] as const

const [width, height, gap] = [280, 96, 20] as const
/** Space above the panels, and of the title of each. */
const [head, title] = [50, 24] as const
/** Seconds of each run that are shown, from its begin, and the highest watts. */
const [shown, most] = [300, 360] as const

const runs = scenarios.map(([scenario, what]) => ({ scenario, what, run: isolatedRun(scenario, 'acpi') }))

const columns = runs.map(({ scenario, what, run: { times, measured, truth, isolated } }, column) => {
  const rows = times.filter((time) => time - times[0]! <= shown).length
  const left = 10 + column * (width + gap)
  const line = (watts: Float64Array) => Array.from(watts.subarray(0, rows), (value, i) => `${x(i, rows)} ${y(value)}`)
  const panels = isolators.map(([name, formula], row) => {
    const own = isolated.get(name)
    if (own === undefined) throw new Error(`there is no isolator ${name}`)
    const drawn =
      typeof own === 'string'
        ? `<text class="note" x="6" y="${height - 8}">refused: the node was never idle</text>`
        : `<path class="line" d="M${line(own).join('L')}"/>`
    return `<g transform="translate(${left} ${head + title + row * (height + title + gap)})">
  <use href="#t${column}"/><use href="#m${column}"/>${drawn}<path class="axis" d="M0 0V${height}H${width}"/>
  <text class="name" y="-8">${name}</text><text class="formula" x="56" y="-8">${formula}</text></g>`
  })
  return `<defs><path id="t${column}" class="truth" d="M0 ${height}L${line(truth).join('L')}V${height}z"/><path id="m${column}" class="measured" d="M${line(measured).join('L')}"/></defs>
<text class="name" x="${left}" y="40">${scenario}: ${what}</text>
${panels.join('\n')}`
})

function x(row: number, rows: number): string {
  return ((width * row) / (rows - 1)).toFixed(0)
}

function y(watts: number): string {
  return (height - (height * Math.min(most, watts)) / most).toFixed(1)
}

const whole = [scenarios.length * (width + gap), head + isolators.length * (height + title + gap)] as const
writeFileSync(
  'docs/img/isolators.svg',
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${whole.join(' ')}" width="${whole[0]}" height="${whole[1]}" font-family="system-ui, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="13" role="img" aria-labelledby="t d">
<title id="t">What each isolator leaves of a node's power</title>
<desc id="d">Watts of the platform over five minutes of three simulated nodes. Grey line: measured, area: what the workload caused in truth, blue line: what the isolator leaves. Made by scripts/draw-isolators.ts.</desc>
<style>
  .card { fill: #ffffff } text { fill: #1f2328 } .formula, .note { fill: #59636e; font-size: 12px } .name { font-weight: 600 }
  .axis { stroke: #8c959f; fill: none } .measured { stroke: #8c959f; fill: none } .truth { fill: #e69f00; opacity: .4 } .line { stroke: #0072b2; stroke-width: 1.5; fill: none }
  @media (prefers-color-scheme: dark) { .card { fill: #0d1117 } text { fill: #e6edf3 } .formula, .note { fill: #9198a1 } .line { stroke: #56b4e9 } }
</style>
<rect class="card" width="100%" height="100%" rx="6"/>
<text class="note" x="10" y="16">watts (0 to ${most}) over five minutes; grey line: measured, P; area: what the workload caused in truth; blue line: what the isolator leaves</text>
${columns.join('\n')}
</svg>
`,
)
