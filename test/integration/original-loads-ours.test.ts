import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readModelArchive } from '../../src/archive/read-model-archive.js'
import { type FeatureGroup, featuresOf } from '../../src/core/feature-group.js'
import type { MachineSpec } from '../../src/core/machine-spec.js'
import { matrix } from '../../src/numeric/matrix.js'
import { seededRandom } from '../../src/numeric/random.js'
import { type TrainerName, trainerNames } from '../../src/regression/trainers.js'
import { trainModel } from '../../src/train/train-model.js'
import type { TrainingSet } from '../../src/train/training-set.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const python = ['/usr/bin/python3', 'python3'].find(
  (path) => spawnSync(path, ['-c', 'import sklearn, xgboost, joblib'], { stdio: 'ignore' }).status === 0,
)
const skip = python ? false : 'needs python3-sklearn and python3-xgboost (apt-get install them)'

/** Trees of scikit-learn are memory of compiled classes that differ by version; it has no quantile forest. */
const inOurFormat: readonly TrainerName[] = ['GradientBoostingRegressorTrainer', 'QuantileForestRegressorTrainer']
const machineSpec: MachineSpec = { processor: 'intel_xeon', cores: 8, chips: 1, memory: 32, frequency: 3000 }

/** Usage in the units of counters, and watts that follow the main features, with some noise. */
function trainingSet(group: FeatureGroup): TrainingSet {
  const features = featuresOf(group)
  const random = seededRandom(7)
  const rows = Array.from({ length: 120 }, () => features.map((_, j) => random.next() * 10 ** (3 + (j % 4) * 2)))
  const x = matrix(rows)
  const watts = (name: string, idle: number, slope: number) => {
    const column = Math.max(0, features.indexOf(name))
    const most = Math.max(...rows.map((row) => row[column]!))
    return Float64Array.from(rows, (row) => idle + slope * Math.sqrt(row[column]! / most) + random.normal())
  }
  const counters = features.includes('cpu_instructions')
  return {
    source: 'rapl-sysfs',
    outputType: 'AbsPower',
    group,
    nodeType: 3,
    features,
    x,
    targets: [
      { component: 'package', watts: watts(counters ? 'cpu_instructions' : 'bpf_cpu_time_ms', 40, 90) },
      { component: 'dram', watts: watts(counters ? 'cache_miss' : 'bpf_page_cache_hit', 5, 12) },
    ],
    timestamps: Float64Array.from(rows, (_, i) => 1_700_000_000 + 3 * i),
  }
}

interface Case {
  readonly name: string
  readonly trainer: TrainerName
  readonly zip: Uint8Array
  readonly set: TrainingSet
}

async function trained(group: FeatureGroup, trainer: TrainerName): Promise<Case> {
  const set = trainingSet(group)
  const { zip } = await trainModel(set, trainer, { seed: 1, crossValidation: true, machineSpec })
  return { name: `${group}/${trainer}`, trainer, zip, set }
}

describe('the original', { skip }, async () => {
  const groups: readonly FeatureGroup[] = ['Basic', 'BPFOnly', 'BPFIRQ', 'CounterIRQCombined', 'WorkloadOnly']
  const cases = await Promise.all(
    groups.flatMap((group) => trainerNames.map((trainer) => (skip ? undefined : trained(group, trainer)))),
  )
  const folder = temporaryFolder()
  const rowsOf = ({ set: { x } }: Case) =>
    Array.from({ length: 20 }, (_, i) => [...x.data.subarray(i * x.cols, (i + 1) * x.cols)])
  const requests = cases
    .filter((one) => one !== undefined)
    .map((one, i) => {
      const zip = join(folder, `${i}.zip`)
      writeFileSync(zip, one.zip)
      return { one, request: { zip, metrics: one.set.features, rows: rowsOf(one) } }
    })
  const [input, output] = [join(folder, 'archives.json'), join(folder, 'answers.json')]
  writeFileSync(input, JSON.stringify(requests.map(({ request }) => request)))
  const script = join(import.meta.dirname, 'original-loader.py')
  const run = python ? spawnSync(python, ['-W', 'ignore', script, input, output], { encoding: 'utf8' }) : undefined
  const answers: Record<string, number[]>[] = run?.status === 0 ? JSON.parse(readFileSync(output, 'utf8')) : []

  it('ran', () => assert.equal(run?.status, 0, run?.stderr))

  requests.forEach(({ one, request }, i) => {
    if (inOurFormat.includes(one.trainer)) {
      it(`does not know ${one.name}, and says so`, () => assert.match(String(answers[i]?.error), /native/))
      return
    }
    it(`loads ${one.name} and predicts what we predict`, () => {
      const ours = readModelArchive(one.zip).predict(request.metrics, request.rows)
      const theirs = answers[i]!
      assert.equal(theirs.error, undefined)
      assert.deepEqual(Object.keys(theirs), Object.keys(ours))
      for (const [component, watts] of Object.entries(ours)) {
        assert.ok(Math.max(...watts) > Math.min(...watts) || component === 'dram', `${component} does not move`)
        watts.forEach((value, row) => {
          const other = theirs[component]![row]!
          assert.ok(Math.abs(other - value) <= 1e-6 * (1 + value), `${component}, row ${row}: ${other}, ours ${value}`)
        })
      }
    })
  })
})
