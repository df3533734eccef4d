import { existsSync } from 'node:fs'
import { readModelArchive } from '../../../src/archive/read-model-archive.js'
import type { Component } from '../../../src/core/energy-source.js'
import type { MachineSpec } from '../../../src/core/machine-spec.js'
import type { OutputType } from '../../../src/core/output-type.js'
import { indexPipeline } from '../../../src/registry/index-pipeline.js'
import { readArchive } from '../../../src/registry/model-files.js'
import { createPipeline, type Pipeline } from '../../../src/registry/pipeline.js'
import { zipStore } from '../../../src/registry/store/zip-store.js'
import { createModelSelector } from '../../../src/selection/create-model-selector.js'
import { parseModelRequest } from '../../../src/selection/model-request.js'
import { createUniversalModels } from '../../../src/selection/universal/universal-models.js'
import { createMachinePowers } from '../../../src/universal/machine-powers.js'

/** A node type that was left out of a published pipeline, with the watts that its own models give and those of others. */
export interface LeftOutNodeType {
  readonly spec: MachineSpec
  readonly nearest: MachineSpec
  /** Watts at loads of 0, 10 % ... 100 %. */
  readonly own: readonly number[]
  readonly ofNearest: readonly number[]
  readonly universal: readonly number[]
  /** At how many loads its own watts are inside the interval of the universal model. */
  readonly covered: number
}

const publishedPipeline = '../shared/data/model-db/ec2-0.7.11.zip'
const loads = Array.from({ length: 11 }, (_, i) => i / 10)
const metrics = ['bpf_cpu_time_ms', 'bpf_page_cache_hit', 'cache_miss', 'cpu_cycles', 'cpu_instructions']
/** Trainers that follow what was measured closely enough to stand for it: there is nothing else of these machines. */
const closest = ['GradientBoostingRegressorTrainer', 'XgboostFitTrainer', 'KNeighborsRegressorTrainer']

/**
 * Leaves out each node type of the published rapl-sysfs pipeline in turn, with all types of its processor, and lets the most
 * similar other type and the universal model say what it draws. `undefined` where the pipeline is not here.
 */
export async function leftOutNodeTypes(
  component: Component,
  outputType: OutputType,
): Promise<readonly LeftOutNodeType[] | undefined> {
  if (!existsSync(publishedPipeline)) return undefined
  const store = zipStore(publishedPipeline)
  const index = await indexPipeline(store)
  const all = createPipeline({ name: 'ec2-0.7.11', store, index, loadedAt: 0 })
  const universal = createUniversalModels({
    powers: createMachinePowers(),
    own: () => ({ spec: {}, question: { machine: {} } }),
    errorKey: 'mae',
    startedAt: 0,
  })
  try {
    return all.nodeTypes.map(({ id, spec }) => {
      const rows = usageOf(all, id)
      const others = index.nodeTypes.filter(({ spec: other }) => other.processor !== spec.processor)
      const kept = new Set(others.map((type) => type.id))
      const without = createPipeline({
        name: all.name,
        store,
        index: { ...index, nodeTypes: others, entries: index.entries.filter(({ nodeType }) => kept.has(nodeType)) },
        loadedAt: 0,
      })
      const selector = createModelSelector({ preference: { defaults: {}, local: '' } })
      selector.use([without])
      const request = parseModelRequest({ metrics, output_type: outputType, machine_spec: spec })
      const wattsOf = (body: Buffer) => readModelArchive(body).predict(metrics, rows)[component]!
      const chosen = selector.findModel(request)
      const own = ownWatts(all, id, component, outputType, rows)
      const { body } = universal.find(request)!
      const { lower, upper } = readModelArchive(body).estimate(metrics, rows).intervals[component]!
      return {
        spec,
        nearest: chosen.selection.machineSpec ?? {},
        own,
        ofNearest: wattsOf(chosen.body),
        universal: wattsOf(body),
        covered: own.filter((watts, u) => watts >= lower[u]! && watts <= upper[u]!).length,
      }
    })
  } finally {
    store.close()
  }
}

/** Rows of usage from idle to the most that the type had in training, of all features alike. */
function usageOf({ entries, store }: Pipeline, nodeType: number): readonly (readonly number[])[] {
  const most = new Map<string, number>()
  for (const entry of entries) {
    if (entry.nodeType !== nodeType || entry.archive === undefined) continue
    for (const { feature, upper } of readModelArchive(readArchive(store, entry, undefined)).uncertainty.inputs) {
      most.set(feature, Math.max(upper, most.get(feature) ?? 0))
    }
  }
  return loads.map((load) => metrics.map((metric) => load * (most.get(metric) ?? 0)))
}

function ownWatts(
  { entries, store }: Pipeline,
  nodeType: number,
  component: Component,
  outputType: OutputType,
  rows: readonly (readonly number[])[],
): readonly number[] {
  const models = entries.filter(
    ({ nodeType: type, folder, trainer, archive }) =>
      type === nodeType &&
      folder.featureGroup === 'Basic' &&
      folder.outputType === outputType &&
      closest.includes(trainer) &&
      archive,
  )
  const watts = models.flatMap((entry) => {
    const predicted = readModelArchive(readArchive(store, entry, undefined)).predict(metrics, rows)[component]
    return predicted ? [predicted] : []
  })
  return loads.map((_, u) => {
    const sorted = watts.map((one) => one[u]!).sort((a, b) => a - b)
    // Nothing: the type has no model of this kind.
    return sorted[sorted.length >> 1] ?? 0
  })
}
