/**
 * Draws the examples of docs/plots.md with the command itself, from simulated machines: `docs/img/plot-*.svg`.
 *
 *     npx tsx scripts/draw-plots.ts
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { keplerModelProgram } from '../src/cli/program.js'
import { defaultMachine } from '../src/simulate/machine.js'
import { scenarioNamed } from '../src/simulate/scenario.js'
import { responseChunks } from '../src/simulate/write-response.js'
import { runCli } from '../test/support/cli.js'

/** Unix seconds at which the simulated machines begin. */
const start = 1_700_000_000
const folder = mkdtempSync(join(tmpdir(), 'draw-plots-'))
const environment = { DATAPATH: folder, MODEL_PATH: join(folder, 'models') }

async function run(line: string, ...more: readonly string[]): Promise<void> {
  const { code, stderr } = await runCli(keplerModelProgram, [...line.split(' '), ...more], { environment })
  if (code !== 0) throw new Error(`${line}: ${stderr}`)
}

const plots: readonly (readonly [name: string, line: string])[] = [
  ['preprocess', 'preprocess -i gap -e rapl-sysfs'],
  ['estimate', 'estimate -i gap -p mine -e rapl-sysfs'],
  ['residuals', 'residuals -i other -p mine -e acpi'],
  ['error', 'error -p mine -e acpi -fg BPFOnly -ot AbsPower'],
  ['metadata', 'metadata -p demo -ot AbsPower --error mape'],
  ['power-curve', 'power_curve -p demo -e acpi'],
  ['isolation', 'isolation -i heavy -e acpi --isolator trainer --abs-pipeline-name mine --target-hints default'],
  ['drift', 'drift -i changed -p mine -e acpi'],
  ['estimate-dark', 'estimate -i gap -p mine -e acpi --theme dark'],
]

try {
  await run('simulate -o loaded --scenario mixed --duration 1200 --step 5 --seed 1')
  await run('simulate -o heavy --scenario background-heavy --duration 900 --step 5 --seed 6')
  await run('simulate -o other --scenario mixed --duration 900 --step 5 --seed 2')
  writeFileSync(join(folder, 'gap.json'), JSON.stringify(withPause(simulated({ seed: 3, duration: 900 }))))
  const before = simulated({ seed: 4, duration: 600 })
  const curve = { ...defaultMachine.curve, packageDynamic: 1.7 * defaultMachine.curve.packageDynamic }
  const after = simulated({ seed: 5, duration: 600, start: start + 600, machine: { ...defaultMachine, curve } })
  writeFileSync(join(folder, 'changed.json'), JSON.stringify(joined(before, after)))
  await run('train -i loaded -p mine --isolator min --feature-group BPFOnly,Basic --trainers', trainers().join())
  for (const [name, line] of plots) {
    const demo = line.replace('-p demo', `-p ${resolve('demo/demo-0.1.0.zip')}`)
    await run(`plot ${demo} -o`, resolve(`docs/img/plot-${name}.svg`))
  }
} finally {
  rmSync(folder, { recursive: true })
}

function trainers(): readonly string[] {
  const names = [
    'SGDRegressor',
    'LinearRegression',
    'PolynomialRegression',
    'LogarithmicRegression',
    'KNeighborsRegressor',
  ]
  return [...names, 'GradientBoostingRegressor', 'QuantileForestRegressor'].map((name) => `${name}Trainer`)
}

type Response = Record<string, { metric: Record<string, string>; values: [number, string][] }[]>

function simulated(options: Partial<Parameters<typeof responseChunks>[0]>): Response {
  const text = [...responseChunks({ scenario: scenarioNamed('mixed'), seed: 0, step: 5, start, ...options })].join('')
  return JSON.parse(text)
}

/** Two minutes in which nothing was scraped. */
function withPause(response: Response): Response {
  for (const series of Object.values(response).flat()) {
    series.values = series.values.filter(([time]) => time < start + 400 || time > start + 520)
  }
  return response
}

/** One response after the other; counters of the second begin anew, as after a restart. */
function joined(first: Response, second: Response): Response {
  for (const [metric, all] of Object.entries(second)) {
    for (const series of all) {
      const key = JSON.stringify(series.metric)
      const before = first[metric]?.find((one) => JSON.stringify(one.metric) === key)
      if (before) before.values.push(...series.values)
      else first[metric] = [...(first[metric] ?? []), series]
    }
  }
  return first
}
