import { type Component, componentsOf, type EnergySource } from '../../src/core/energy-source.js'
import { ModelError } from '../../src/core/errors.js'
import { groupFeatures } from '../../src/core/feature-group.js'
import { type Dataset, trainingData } from '../../src/extract/dataset.js'
import { defaultExtractor } from '../../src/extract/default.js'
import { autoIsolator } from '../../src/isolate/auto.js'
import type { Isolation, Isolator } from '../../src/isolate/isolator.js'
import { minIsolator } from '../../src/isolate/min.js'
import { noneIsolator } from '../../src/isolate/none.js'
import { profileIsolator } from '../../src/isolate/profile.js'
import { profileIdle } from '../../src/isolate/profiler.js'
import { sumContainers } from '../../src/isolate/sum-containers.js'
import { type BackgroundModel, trainedIsolator } from '../../src/isolate/trained.js'
import type { Matrix } from '../../src/numeric/matrix.js'
import { maxAbsScaler } from '../../src/predictor/scalers.js'
import type { PrometheusResponse } from '../../src/prometheus/response.js'
import { gradientBoostingRegressor } from '../../src/regression/gradient-boosting.js'
import { energyComponents } from '../../src/simulate/container.js'
import { type ScenarioName, scenarioNamed } from '../../src/simulate/scenario.js'
import { type ResponseOptions, trueSamples } from '../../src/simulate/write-response.js'
import { idleScenario } from './idle-scenario.js'
import { simulatedResponse } from './simulated-response.js'

const columns: readonly string[] = energyComponents

/** How far from the truth the dynamic watts of an isolator are, on one scenario and source. */
export interface IsolationFigure {
  readonly isolator: string
  /** Mean absolute difference from what the workload caused, in watts: of package and dram, or of the platform. */
  readonly mae: number
  /** Mean difference: above 0 where it leaves too much. */
  readonly bias: number
  /** Why the isolator leaves it: then there are no errors. */
  readonly refused?: string
}

export interface IsolationFigures {
  readonly scenario: ScenarioName
  readonly source: EnergySource
  /** Mean true watts of the workload. */
  readonly workload: number
  readonly figures: readonly IsolationFigure[]
}

const features = groupFeatures.Basic

/** Core and uncore are within the package. */
const counted: ReadonlySet<Component> = new Set(['package', 'dram', 'platform'])

/** What the model of the trainer isolator has seen: idle times, full load, and work of all kinds. */
const modelScenarios: readonly ScenarioName[] = ['idle', 'staircase', 'mixed']

/** What isolators make of one simulated run, beside what was measured and what is true, in watts at the same times. */
export interface IsolatedRun {
  /** Unix seconds. */
  readonly times: Float64Array
  /** Of package and dram, or of the platform. */
  readonly measured: Float64Array
  /** What the workload caused. */
  readonly truth: Float64Array
  /** Mean true watts of the workload. */
  readonly workload: number
  /** By isolator, the dynamic watts; or why it refuses the run. */
  readonly isolated: ReadonlyMap<string, Float64Array | string>
}

export interface RunOptions {
  readonly seed?: number
  readonly duration?: number
}

/** The errors of each isolator on a simulated run, see {@link isolatedRun}. */
export function isolationFigures(
  scenario: ScenarioName,
  source: EnergySource,
  options: RunOptions = {},
): IsolationFigures {
  const { truth, workload, isolated } = isolatedRun(scenario, source, options)
  return {
    scenario,
    source,
    workload,
    figures: [...isolated].map(([isolator, watts]) => {
      if (typeof watts === 'string') return { isolator, mae: Number.NaN, bias: Number.NaN, refused: watts }
      const differences = Array.from(watts, (value, i) => value - truth[i]!)
      const average = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
      return { isolator, mae: average(differences.map(Math.abs)), bias: average(differences) }
    }),
  }
}

/**
 * Isolates the dynamic power of a simulated node with each isolator, beside what the workload caused in truth. The profile
 * is of another run of the same node with its background only; the model of the trainer isolator is learnt from other runs
 * too, by gradient boosting.
 */
export function isolatedRun(
  scenario: ScenarioName,
  source: EnergySource,
  { seed = 11, duration = 1500 }: RunOptions = {},
): IsolatedRun {
  const run: ResponseOptions = { scenario: scenarioNamed(scenario), seed, duration }
  const response = simulatedResponse(run)
  const idle = simulatedResponse({ scenario: idleScenario(run.scenario), seed: seed + 1, duration: 300 })
  const names = new Set(run.scenario.workloads.filter(({ background }) => background).map(({ name }) => name))
  const isolators = [
    noneIsolator(),
    minIsolator(),
    profileIsolator(profileIdle(idle).profile),
    trainedIsolator([absoluteModel(source, seed + 2, duration)], { names }),
    autoIsolator(undefined),
  ]
  const containers = extract(response, source, 'DynPower')
  const truth = new Map<number, number>()
  const indices = componentsOf(source)
    .filter((component) => counted.has(component))
    .map((component) => columns.indexOf(component))
  for (const { time, workload } of trueSamples(run))
    truth.set(
      time,
      indices.reduce((sum, c) => sum + workload[c]!, 0),
    )
  const whole = sumContainers(containers)
  return {
    times: whole.timestamps,
    measured: wattsOf(whole),
    truth: whole.timestamps.map((time) => truth.get(time)!),
    workload: [...truth.values()].reduce((sum, watts) => sum + watts, 0) / truth.size,
    isolated: new Map(
      isolators.map((isolator) => {
        const isolated = isolate(isolator, containers)
        return [isolator.name, typeof isolated === 'string' ? isolated : wattsOf(isolated.dataset)]
      }),
    ),
  }
}

/** Watts of the components that are not part of another one. */
function wattsOf(dataset: Dataset): Float64Array {
  const y = trainingData(dataset).y.filter(({ component }) => counted.has(component))
  return Float64Array.from({ length: dataset.rows }, (_, i) => y.reduce((sum, { watts }) => sum + watts[i]!, 0))
}

/** The isolation, or why there is none. */
function isolate(isolator: Isolator, containers: Dataset): Isolation | string {
  try {
    return isolator.isolate(containers)
  } catch (error) {
    if (error instanceof ModelError && error.code === 'INVALID_DATA') return error.message
    throw error
  }
}

function absoluteModel(source: EnergySource, seed: number, duration: number): BackgroundModel {
  const runs = modelScenarios.map((name) =>
    trainingData(extract(simulatedResponse({ scenario: scenarioNamed(name), seed, duration }), source, 'AbsPower')),
  )
  const cols = features.length
  const x: Matrix = {
    rows: runs.reduce((sum, run) => sum + run.x.rows, 0),
    cols,
    data: Float64Array.from(runs.flatMap((run) => [...run.x.data])),
  }
  const y = componentsOf(source).map((component, c) => ({
    component,
    watts: Float64Array.from(runs.flatMap((run) => [...run.y[c]!.watts])),
  }))
  const scale = new Float64Array(cols)
  x.data.forEach((value, k) => {
    scale[k % cols] = Math.max(scale[k % cols]!, Math.abs(value))
  })
  const scaler = maxAbsScaler(scale)
  const scaled = scaler.transform(x)
  const models = y.map(({ component, watts }) => ({ component, model: gradientBoostingRegressor().fit(scaled, watts) }))
  return {
    name: 'gradient boosting',
    error: 0,
    features,
    predict: (rows) => {
      const inputs = scaler.transform(rows)
      return new Map(models.map(({ component, model }) => [component, model.predict(inputs)]))
    },
  }
}

function extract(response: PrometheusResponse, source: EnergySource, outputType: 'AbsPower' | 'DynPower'): Dataset {
  return defaultExtractor().extract(response, { features, source, outputType }).dataset
}
