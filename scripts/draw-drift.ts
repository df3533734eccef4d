/**
 * Draws `docs/img/drift.svg`: a simulated machine whose power curve changes, and whose counters are garbage for a while; how far
 * off the model that the online trainer serves is on the twenty seconds that come next, beside the first one, kept for ever.
 *
 *     npx tsx scripts/draw-drift.ts
 */
import { allMeasurements } from '../src/extract/measurements.js'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLogger } from '../src/runtime/ports.js'
import { seededRandom } from '../src/numeric/random.js'
import { openHistory } from '../src/online/history/history.js'
import { openProfileFile } from '../src/online/profile-file.js'
import { extractMachines } from '../src/online/round/datasets.js'
import { machineTypes } from '../src/online/round/machine-types.js'
import { machinesIn } from '../src/online/round/machines.js'
import { measured } from '../src/online/round/measure.js'
import { openServed } from '../src/online/round/served.js'
import { createOnlineTrainer } from '../src/online/online-trainer.js'
import { pipelineVersions } from '../src/online/versions/versions.js'
import { mergeParts } from '../src/prometheus/merge.js'
import type { PrometheusResponse } from '../src/prometheus/response.js'
import type { PipelineLocation } from '../src/registry/load-pipeline.js'
import { defaultMachine } from '../src/simulate/machine.js'
import { defaultCurve, type PowerCurve } from '../src/simulate/power-curve.js'
import { rowsAt, type TrainingSet, trainingSets } from '../src/train/training-set.js'
import { hastyScenario } from '../test/support/hasty-scenario.js'
import { simulatedPrometheus } from '../test/support/simulated-prometheus.js'
import { simulatedResponse } from '../test/support/simulated-response.js'
import { type Drift, driftChart } from './drift-chart.js'

const start = 1_700_000_000
const step = 2
const interval = 20
/** Seconds at which the machine changes, garbage begins and ends, and the picture ends. */
const [changes, garbageFrom, garbageUntil, end] = [900, 1500, 1620, 2400] as const
const otherCurve = { packageIdle: 36, packageDynamic: 170 }
const slot = { source: 'rapl-sysfs', outputType: 'AbsPower', group: 'Basic', nodeType: 0 } as const

const response = joined([
  life(0, changes),
  life(changes, garbageFrom, otherCurve),
  garbage(life(garbageFrom, garbageUntil, otherCurve)),
  life(garbageUntil, end + interval, otherCurve),
])
const folder = mkdtempSync(join(tmpdir(), 'draw-drift-'))
try {
  writeFileSync('docs/img/drift.svg', driftChart(await watch(folder)))
} finally {
  rmSync(folder, { recursive: true })
}

/** What a machine measures from one second to another. */
function life(from: number, until: number, curve: Partial<PowerCurve> = {}): PrometheusResponse {
  const machine = { ...defaultMachine, curve: { ...defaultCurve, ...curve } }
  const duration = until - from - step
  return simulatedResponse({ scenario: hastyScenario, machine, seed: from, start: start + from, duration, step })
}

/** Counters that have nothing to do with what the machine does. */
function garbage(response: PrometheusResponse): PrometheusResponse {
  const random = seededRandom(1)
  const series = new Map(response.series)
  for (const [metric, all] of series) {
    if (!metric.startsWith('kepler_container_')) continue
    const broken = all.map((one) => {
      let sum = 0
      return { ...one, values: one.values.map(() => (sum += Math.floor(random.next() * 1e10))) }
    })
    series.set(metric, broken)
  }
  return { ...response, series }
}

function joined(parts: readonly PrometheusResponse[]): PrometheusResponse {
  const series = new Map(
    [...parts[0]!.series.keys()].map((name) => [name, mergeParts(parts.map((part) => part.series.get(name) ?? []))]),
  )
  return { ...parts[0]!, series }
}

/** Round after round, and after each how far off what is served is on what comes next. */
async function watch(folder: string): Promise<Drift> {
  const versions = pipelineVersions(folder, 'std', 1000)
  const history = join(folder, 'history')
  let now = 0
  const trainer = createOnlineTrainer({
    client: simulatedPrometheus(response),
    history: await openHistory({ folder: history, seconds: 3600, maxBytes: 1e9, interval: 300, step }),
    versions,
    learned: await openProfileFile(history),
    specs: new Map(),
    trainers: ['SGDRegressorTrainer', 'LinearRegressionTrainer', 'GradientBoostingRegressorTrainer'],
    publishInterval: 600_000,
    interval: interval * 1000,
    recentSeconds: 300,
    minRows: 30,
    maxRows: 10_000,
    margin: 0.1,
    maxError: 30,
    errorKey: 'mae',
    logger: silentLogger,
    clock: () => now,
  })
  const all = measurements()
  const first: PipelineLocation = { name: 'first', path: join(folder, '.first.zip'), kind: 'zip' }
  const points: Drift['points'][number][] = []
  const published: Drift['published'][number][] = []
  for (let second = interval; second <= end; second += interval) {
    now = (start + second) * 1000
    const { outcome } = await trainer.round(new AbortController().signal)
    const served = versions.served()
    if (outcome === 'published') {
      if (published.length === 0) copyFileSync(served!.path, first.path)
      published.push({ minute: second / 60, version: versions.liveNumber() })
    }
    process.stderr.write(`\r${second} of ${end} s, version ${versions.liveNumber()} `)
    if (served === undefined) continue
    const next = rowsAt(all, (time) => time > start + second && time <= start + second + interval)
    points.push({ minute: second / 60, served: await errorOf(served, next), first: await errorOf(first, next) })
  }
  process.stderr.write('\n')
  const garbage = { from: garbageFrom / 60, until: garbageUntil / 60 }
  return { points, published, changes: changes / 60, garbage, minutes: end / 60 }
}

function measurements(): TrainingSet {
  const found = machinesIn(response)
  const types = machineTypes(
    found.map(({ machine }) => machine),
    new Map(),
    [],
    new Set(),
  )
  const { data } = extractMachines(found, types, allMeasurements)
  const dataset = data.find(({ source }) => source === slot.source)?.node.get(slot.group)
  const [set] = dataset ? trainingSets(dataset, slot.group) : []
  if (set === undefined) throw new Error(`nothing was measured of ${slot.source}`)
  return set
}

/** Percent of the mean power. */
async function errorOf(location: PipelineLocation, rows: TrainingSet): Promise<number> {
  const pipeline = await openServed(location, 'mae', silentLogger)
  try {
    const watts = pipeline.best(slot)?.watts(rows)
    return watts ? measured(rows, watts).percent : Number.NaN
  } finally {
    pipeline.close()
  }
}
