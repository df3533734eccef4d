/**
 * What size costs, beside the plain way in the same run: matching a spec with 10,000 node types, sorting 50,000 models in
 * pieces, and reading the same archive again; and the memory of `train` beside that of `extract` on the same responses, with
 * `BENCH_LARGE=1` of a gigabyte, too.
 */
import { readModelArchive } from '../src/archive/read-model-archive.js'
import { writeModelArchive } from '../src/archive/write-model-archive.js'
import { archiveReader } from '../src/estimate/archive-reader.js'
import { matrix } from '../src/numeric/matrix.js'
import type { PowerModel } from '../src/predictor/power-model.js'
import { type ModelEntry, parseModelFolder } from '../src/registry/model-entry.js'
import { createPipeline, type Pipeline } from '../src/registry/pipeline.js'
import { folderStore } from '../src/registry/store/folder-store.js'
import { gradientBoostingRegressor } from '../src/regression/gradient-boosting.js'
import { atOnce } from '../src/runtime/in-turns.js'
import { nodeTypeMatcher } from '../src/selection/match-node-type.js'
import { createModelOrder } from '../src/selection/model-order.js'
import { createServedPipelines } from '../src/selection/served-pipelines.js'
import { comparedWithAll } from '../test/support/compared-with-all.js'
import { printTrainingMemory } from './support/training-memory.js'

const types = 10_000
const index = Array.from({ length: types }, (_, id) => ({
  id,
  spec: {
    processor: `intel_xeon_${id % 600}_v${id % 4}`,
    cores: 4 + (id % 60),
    chips: 1 + (id % 2),
    memory: 16 + (id % 500),
    frequency: 2000 + (id % 1500),
  },
  members: id % 7,
}))
const numbers = (i: number) => ({ cores: 5.5, chips: 1, memory: i, frequency: 3000 })
const specs = [
  ['a known processor', (i: number) => ({ processor: `intel_xeon_${i % 600}_v${i % 4}`, ...numbers(i) })],
  ['another processor', (i: number) => ({ processor: `amd_epyc_${i}`, ...numbers(i) })],
  ['no processor', numbers],
] as const

console.log(`| a new spec, ${types} node types | comparing with all, ms | matcher, ms | times |`)
console.log('| --- | --- | --- | --- |')
const match = nodeTypeMatcher(index)
for (const [name, specOf] of specs) {
  const plain: number[] = []
  const matched: number[] = []
  for (let i = 0; i < 60; i++) {
    plain.push(timed(() => comparedWithAll(index, specOf(i))))
    matched.push(timed(() => match(specOf(i))))
  }
  const [a, b] = [median(plain.slice(20)), median(matched.slice(20))]
  console.log(`| ${[name, a.toFixed(2), b.toFixed(3), (a / b).toFixed(0)].join(' | ')} |`)
}

const models = 50_000
const ranked = (pipeline: Pipeline) =>
  createServedPipelines([pipeline], { defaults: {}, local: '' }, createModelOrder<ModelEntry>())
const whole = timed(() => atOnce(ranked(largePipeline())))
const pieces = ranked(largePipeline())
let longest = 0
for (let done = false; !done; ) {
  longest = Math.max(
    longest,
    timed(() => {
      done = pieces.next().done ?? false
    }),
  )
}
console.log(
  `\nSorting ${models} models keeps the event loop ${whole.toFixed(0)} ms at once, in pieces ${longest.toFixed(0)} ms at most.`,
)

const archive = await writeModelArchive(forestModel(), { mae: 1, mape: 1 })
const read = archiveReader()
const again: number[] = []
const anew: number[] = []
for (let i = 0; i < 20; i++) {
  anew.push(timed(() => readModelArchive(archive)))
  again.push(timed(() => read(archive)))
}
const [first, second] = [median(anew), median(again.slice(1))]
console.log(`An archive of ${archive.length} bytes: read ${first.toFixed(1)} ms, read again ${second.toFixed(3)} ms.`)

printTrainingMemory()

function largePipeline(): Pipeline {
  const folders = ['BPFOnly', 'CounterOnly', 'BPFIRQ', 'Basic', 'CounterIRQCombined'].map((group) =>
    known(parseModelFolder(`rapl-sysfs/AbsPower/${group}`)),
  )
  const features = folders.map((_, i) => [`feature_${i}`])
  const keys = ['mae', 'mape']
  const entries = Array.from(
    { length: models },
    (_, i): ModelEntry => ({
      name: `SGDRegressorTrainer_${i}`,
      trainer: 'SGDRegressorTrainer',
      nodeType: Math.floor(i / folders.length),
      folder: folders[i % folders.length]!,
      features: features[i % folders.length]!,
      numbers: { keys, values: [(i * 7919) % 997, 1] },
      archive: 'zip',
      loadableByOriginal: true,
      weights: undefined,
    }),
  )
  const index = { nodeTypes: [], entries, damaged: [] }
  return createPipeline({ name: 'large-1', store: folderStore('demo'), index, loadedAt: 0 })
}

function known<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('these are folders of models')
  return value
}

/** A gradient boosting of 100 trees, as large as published ones. */
function forestModel(): PowerModel {
  const rows = 400
  const x = matrix(Array.from({ length: rows }, (_, i) => [i, (i * 37) % rows]))
  const y = Float64Array.from({ length: rows }, (_, i) => 40 + (i % 90) + Math.sin(i))
  const predictor = gradientBoostingRegressor().fit(x, y)
  const names = ['bpf_cpu_time_ms', 'bpf_page_cache_hit']
  return {
    name: 'GradientBoostingRegressorTrainer_0',
    features: names,
    components: [{ component: 'package', features: names, transformers: [], predictor }],
  }
}

function timed(run: () => unknown): number {
  const start = performance.now()
  run()
  return performance.now() - start
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}
