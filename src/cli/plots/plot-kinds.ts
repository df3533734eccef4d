import { readModelArchive } from '../../archive/read-model-archive.js'
import { nearestName } from '../../config/nearest-name.js'
import { ModelError, quote } from '../../core/errors.js'
import type { Chart } from '../../plot/chart.js'
import { curveChart, mostCurves } from '../../plot/charts/curve-chart.js'
import { driftChart } from '../../plot/charts/drift-chart.js'
import { errorChart } from '../../plot/charts/error-chart.js'
import { estimateChart } from '../../plot/charts/estimate-chart.js'
import { isolationChart } from '../../plot/charts/isolation-chart.js'
import { metadataChart } from '../../plot/charts/metadata-chart.js'
import { preprocessChart } from '../../plot/charts/preprocess-chart.js'
import { residualChart } from '../../plot/charts/residual-chart.js'
import { driftHistory, driftOverTime } from '../../plot/data/drift.js'
import { type EstimatedPower, estimatedPower } from '../../plot/data/estimated-power.js'
import { trainerErrors } from '../../plot/data/held-out-errors.js'
import { isolationSplit } from '../../plot/data/isolation-split.js'
import { metadataErrors } from '../../plot/data/metadata-errors.js'
import { modelLabel } from '../../plot/data/model-label.js'
import { curvesOfNodeTypes } from '../../plot/data/node-type-curves.js'
import { preprocessed } from '../../plot/data/preprocessed.js'
import { residualsOf } from '../../plot/data/residuals.js'
import type { ModelEntry } from '../../registry/model-entry.js'
import { readArchive } from '../../registry/model-files.js'
import type { Pipeline } from '../../registry/pipeline.js'
import { knownFolder } from '../../service/writable-folder.js'
import { withNamedPipeline } from '../inputs/named-pipeline.js'
import { isolatorOf } from '../options/isolate-options.js'
import { bestModel, wantedModels } from './chosen-models.js'
import { chosenInput } from '../inputs/estimate-input.js'
import { measuredDataset, namedInput } from './measured.js'
import type { PlotContext } from './plot-options.js'
import { preprocessedOf } from './preprocessed-data.js'

/** The numbers of a plot, and the plot of them. */
export interface MadePlot {
  readonly data: object
  readonly chart: Chart
}

interface PlotKind {
  /** What it shows, in a few words. */
  readonly summary: string
  readonly make: (context: PlotContext) => Promise<MadePlot>
}

const kinds = {
  preprocess: {
    summary: 'usage and power in the course of time: what models learn from',
    async make(context) {
      const { input } = context.options
      const { dataset, findings } =
        input === undefined
          ? await withPipeline(context, (pipeline) => preprocessedOf(pipeline, context.options))
          : await measuredDataset(context, input)
      const data = preprocessed(dataset, findings)
      return { data, chart: preprocessChart(data) }
    },
  },
  estimate: {
    summary: 'measured and estimated power in the course of time, with the 90 % interval',
    async make(context) {
      const { estimated } = await estimatedOf(context, 'estimate')
      return { data: estimated, chart: estimateChart(estimated) }
    },
  },
  residuals: {
    summary: 'estimated minus measured power by load',
    async make(context) {
      const { estimated } = await estimatedOf(context, 'residuals')
      const data = residualsOf(estimated, false)
      return { data, chart: residualChart(data) }
    },
  },
  error: {
    summary: 'errors by trainer on held-out rows, with the spread over the folds',
    make: (context) =>
      withPipeline(context, (pipeline) => {
        const data = trainerErrors(pipeline, wantedModels(pipeline, context.options))
        return { data: { pipeline: pipeline.name, slots: data }, chart: errorChart(pipeline.name, data) }
      }),
  },
  metadata: {
    summary: 'errors in the metadata of all models, by trainer (--error mae, mape, package_mae, ...)',
    make: (context) =>
      withPipeline(context, (pipeline) => {
        const key = context.options.error
        const data = metadataErrors(wantedModels(pipeline, context.options), key)
        if (data.length === 0) throw noSuchError(pipeline, key)
        const { name } = pipeline
        return { data: { pipeline: name, error: key, kinds: data }, chart: metadataChart(name, key, data) }
      }),
  },
  power_curve: {
    summary: 'watts of node types from no usage to the highest in training',
    make: (context) =>
      withPipeline(context, (pipeline) => {
        const models = wantedModels(pipeline, context.options)
        const data = curvesOfNodeTypes(pipeline, models, context.config.ERROR_KEY, mostCurves)
        if (data.curves.length === 0) {
          throw new ModelError('NO_MODEL', `no curve can be drawn: ${data.unreadable.join('; ')}`)
        }
        return { data, chart: curveChart(data) }
      }),
  },
  isolation: {
    summary: 'idle, background and dynamic power, as an isolator splits it',
    async make(context) {
      const { io, config, options } = context
      const { dataset, findings, isolator } = await measuredDataset(
        context,
        namedInput(context, 'isolation'),
        (source) => isolatorOf(io, config, options, source),
      )
      if (isolator === undefined) throw new ModelError('INVALID_REQUEST', 'no isolator', { field: 'isolator' })
      const data = isolationSplit(isolator, dataset, findings)
      return { data, chart: isolationChart(data) }
    },
  },
  drift: {
    summary: 'how far off models are in the course of time: on --input, and by version of the online trainer',
    make: madeDrift,
  },
} as const satisfies Readonly<Record<string, PlotKind>>

export type PlotName = keyof typeof kinds
export const plotNames: readonly PlotName[] = Object.keys(kinds).filter(isPlotName)

export function plotSummary(name: PlotName): string {
  return kinds[name].summary
}

/** @throws ModelError `INVALID_REQUEST` with the nearest name */
export function plotNamed(text: string): PlotName {
  const name = text.replaceAll('-', '_')
  if (isPlotName(name)) return name
  const nearest = nearestName(name, plotNames)
  const hint = nearest === undefined ? '' : `did you mean ${nearest}? `
  throw new ModelError('INVALID_REQUEST', `there is no plot ${quote(text)}; ${hint}there are ${plotNames.join(', ')}`, {
    field: 'what',
  })
}

export function makePlot(name: PlotName, context: PlotContext): Promise<MadePlot> {
  return kinds[name].make(context)
}

function isPlotName(name: string): name is PlotName {
  return Object.hasOwn(kinds, name)
}

function withPipeline<T>(
  { io, config, options }: PlotContext,
  use: (pipeline: Pipeline) => T | Promise<T>,
): Promise<T> {
  return withNamedPipeline(options.pipelineName, config, io.signal, use)
}

async function estimatedOf(
  context: PlotContext,
  what: string,
): Promise<{ readonly entry: ModelEntry; readonly estimated: EstimatedPower }> {
  const name = namedInput(context, what)
  return withPipeline(context, async (pipeline) => {
    const entry = bestModel(pipeline, context)
    const { source, outputType } = entry.folder
    const { io, config, options } = context
    const input = await chosenInput(io, config, { ...options, energySource: source, outputType }, name)
    const dataset = await input.dataset(entry.features, source, outputType)
    const archive = readModelArchive(readArchive(pipeline.store, entry, pipeline.specOf(entry.nodeType)))
    return { entry, estimated: estimatedPower(modelLabel(pipeline, entry), archive, dataset, input.findings()) }
  })
}

async function madeDrift(context: PlotContext): Promise<MadePlot> {
  const { io, config, options } = context
  const { pipelineVersions } = await import('../../online/versions/versions.js')
  let overTime: ReturnType<typeof driftOverTime> | undefined
  if (options.input !== undefined) {
    const { entry, estimated } = await estimatedOf(context, 'drift')
    overTime = driftOverTime(entry, estimated)
  }
  const folder = knownFolder(config, 'MODEL_PATH')
  const name = /^[\w.-]+$/.test(options.pipelineName) ? options.pipelineName.replace(/\.zip$/, '') : undefined
  const history =
    name === undefined
      ? undefined
      : await driftHistory(pipelineVersions(folder, name, config.ONLINE_KEEP_VERSIONS), io.signal)
  const kept = history !== undefined && history.versions.length + history.events.length > 0 ? history : undefined
  if (kept === undefined && overTime === undefined) {
    throw new ModelError(
      'INVALID_REQUEST',
      `the online trainer has published nothing under ${quote(options.pipelineName)} in ${folder}; give --model-path, or measurements with --input`,
      { field: 'pipeline-name', reason: 'file_not_found' },
    )
  }
  return { data: { over_time: overTime ?? null, history: kept ?? null }, chart: driftChart(kept, overTime) }
}

function noSuchError({ entries, name }: Pipeline, key: string): ModelError {
  const keys = [...new Set(entries.flatMap(({ numbers }) => numbers.keys))].filter((one) => /mae$|mape$/.test(one))
  const nearest = nearestName(key, keys)
  const hint = nearest === undefined ? '' : `did you mean ${nearest}? `
  return new ModelError(
    'INVALID_REQUEST',
    `--error: no model of ${quote(name)} has ${quote(key)}; ${hint}there are ${keys.sort().slice(0, 20).join(', ') || 'none'}`,
    { field: 'error' },
  )
}
