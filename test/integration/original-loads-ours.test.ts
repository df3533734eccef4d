import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readModelArchive } from '../../src/archive/read-model-archive.js'
import type { FeatureGroup } from '../../src/core/feature-group.js'
import type { MachineSpec } from '../../src/core/machine-spec.js'
import { type TrainerName, trainerNames } from '../../src/regression/trainers.js'
import { trainModel } from '../../src/train/train-model.js'
import type { TrainingSet } from '../../src/train/training-set.js'
import { madeTrainingSet } from '../support/made-training-set.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const python = ['/usr/bin/python3', 'python3'].find(
  (path) => spawnSync(path, ['-c', 'import sklearn, xgboost, joblib'], { stdio: 'ignore' }).status === 0,
)
const skip = python ? false : 'needs python3-sklearn and python3-xgboost (apt-get install them)'

/** Trees of scikit-learn are memory of compiled classes that differ by version; it has no quantile forest. */
const inOurFormat: readonly TrainerName[] = ['GradientBoostingRegressorTrainer', 'QuantileForestRegressorTrainer']
const machineSpec: MachineSpec = { processor: 'intel_xeon', cores: 8, chips: 1, memory: 32, frequency: 3000 }

interface Case {
  readonly name: string
  readonly trainer: TrainerName
  readonly zip: Uint8Array
  readonly set: TrainingSet
}

async function trained(group: FeatureGroup, trainer: TrainerName): Promise<Case> {
  const set = madeTrainingSet(group)
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
