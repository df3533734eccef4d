import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type ModelArchive, readModelArchive } from '../../src/archive/read-model-archive.js'
import { fileSource } from '../../src/archive/zip/byte-source.js'
import { openZip } from '../../src/archive/zip/zip.js'
import { outputTypes } from '../../src/core/output-type.js'
import { type Random, seededRandom } from '../../src/numeric/random.js'
import { type OnnxOptions, toOnnx } from '../../src/onnx/to-onnx.js'
import { createMachinePowers } from '../../src/universal/machine-powers.js'
import { createUniversalModels } from '../../src/selection/universal/universal-models.js'
import { parseModelRequest } from '../../src/selection/model-request.js'
import { trainerNames } from '../../src/regression/trainers.js'
import { keplerModelProgram } from '../../src/cli/program.js'
import { trainModel } from '../../src/train/train-model.js'
import { runCli } from '../support/cli.js'
import { madeTrainingSet } from '../support/made-training-set.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const python = process.env.ONNX_PYTHON ?? 'python3'
const found = spawnSync(python, ['-c', 'import onnx, onnxruntime'])
const skip =
  found.status === 0 ? false : 'needs ONNX Runtime (pip install onnx onnxruntime; ONNX_PYTHON names its Python)'
const published = '../shared/data/model-db'

interface Case {
  readonly name: string
  readonly archive: ModelArchive
  readonly options?: OnnxOptions
}

interface Answer {
  readonly error?: string
  readonly powers: Record<string, number[]>
  readonly types: Record<string, string>
  readonly properties: Record<string, string>
}

/** Rows inside the range of training, at its edges, beyond it, and nothing at all. */
function rowsFor({ model, uncertainty }: ModelArchive, random: Random): number[][] {
  const highest = (feature: string) => uncertainty.inputs.find((range) => range.feature === feature)?.upper ?? 1
  const inside = Array.from({ length: 12 }, () => model.features.map((feature) => random.next() * highest(feature)))
  const scaled = [0, 1e-3, 1, 3].map((share) => model.features.map((feature) => share * highest(feature)))
  return [...inside, ...scaled]
}

/** What ONNX Runtime makes of each model, beside what we predict. */
function evaluated(cases: readonly Case[]) {
  const folder = temporaryFolder()
  const random = seededRandom(5)
  const requests = cases.map(({ archive, options }, i) => {
    const file = join(folder, `${i}.onnx`)
    writeFileSync(file, toOnnx(archive, options))
    return { file, rows: rowsFor(archive, random) }
  })
  const [input, output] = [join(folder, 'files.json'), join(folder, 'answers.json')]
  writeFileSync(input, JSON.stringify(requests))
  const run = spawnSync(python, [join(import.meta.dirname, 'onnx-runtime.py'), input, output], { encoding: 'utf8' })
  assert.equal(run.status, 0, run.stderr)
  const answers: Answer[] = JSON.parse(readFileSync(output, 'utf8'))
  return cases.map((one, i) => ({ ...one, rows: requests[i]!.rows, answer: answers[i]! }))
}

/** What we say of these rows, by the names of the outputs. */
function expectedWatts(
  { archive, options = {} }: Case,
  rows: readonly number[][],
): Readonly<Record<string, readonly number[]>> {
  const { features } = archive.model
  if (!options.intervals) return archive.predict(features, rows)
  const { powers, intervals } = archive.estimate(features, rows)
  return Object.fromEntries([
    ...Object.entries(powers),
    ...Object.entries(intervals).flatMap(([component, { lower, upper }]) => [
      [`${component}_lower`, [...lower]] as const,
      [`${component}_upper`, [...upper]] as const,
    ]),
  ])
}

function expectEqual({ rows, answer, ...one }: ReturnType<typeof evaluated>[number]): void {
  const { name, archive, options } = one
  assert.equal(answer.error, undefined, name)
  const ours = expectedWatts(one, rows)
  const wanted = options?.component === undefined ? Object.keys(ours) : [options.component]
  assert.deepEqual(Object.keys(answer.powers).sort(), [...wanted].sort(), name)
  for (const output of wanted) {
    assert.equal(answer.types[output], 'tensor(double)', name)
    ours[output]!.forEach((value, row) => {
      const other = answer.powers[output]![row]!
      assert.ok(
        Math.abs(other - value) <= 1e-9 * (1 + value),
        `${name}, ${output}, row ${row}: ${other}, ours ${value}`,
      )
    })
  }
  assert.deepEqual(JSON.parse(answer.properties.features!), archive.model.features, name)
}

/** Every so many of the archives of a published pipeline. */
function sampleOf(pipeline: string, step: number): readonly Case[] {
  const zip = openZip(fileSource(`${published}/${pipeline}.zip`))
  return [...zip.entries.keys()]
    .filter((path) => path.endsWith('.zip'))
    .sort()
    .filter((_, i) => i % step === 0)
    .map((path) => ({ name: `${pipeline}/${path}`, archive: readModelArchive(zip.read(path)) }))
}

describe('ONNX Runtime computes what we compute', { skip }, () => {
  it('of archives of scikit-learn, XGBoost and curve fits of several versions', () => {
    const folder = new URL('../fixtures/archives/', import.meta.url)
    const cases = readdirSync(folder)
      .filter((file) => file.endsWith('.zip'))
      .map((file) => ({ name: file, archive: readModelArchive(readFileSync(new URL(file, folder))) }))
    for (const one of evaluated(cases)) expectEqual(one)
    for (const one of evaluated(cases.map((own) => ({ ...own, options: { intervals: true } })))) expectEqual(one)
  })

  it('of models that were trained here, by every trainer, for both outputs, of all components and of one', async () => {
    const cases: Case[] = []
    for (const outputType of outputTypes) {
      for (const trainer of trainerNames) {
        const { zip } = await trainModel(madeTrainingSet('Basic', outputType), trainer, {
          seed: 1,
          crossValidation: trainer !== 'KNeighborsRegressorTrainer',
        })
        const archive = readModelArchive(zip)
        cases.push({ name: `${outputType} ${trainer}`, archive })
        cases.push({ name: `${outputType} ${trainer}, dram`, archive, options: { component: 'dram' } })
        cases.push({ name: `${outputType} ${trainer} with intervals`, archive, options: { intervals: true } })
      }
    }
    const answers = evaluated(cases)
    for (const one of answers) expectEqual(one)
    const watts = (name: string) => answers.find((one) => one.name === name)!.answer.powers.package!
    assert.ok(new Set(watts('AbsPower QuantileForestRegressorTrainer')).size > 8, 'the forest does not move')
    // The last rows are: nothing, next to nothing, full load, three times that.
    assert.equal(watts('DynPower QuantileForestRegressorTrainer').at(-4), 0)
  })

  it('of the universal model', () => {
    const own = { spec: {}, question: { machine: { processor: 'AMD EPYC 9654', threads: 384, chips: 2, memory: 384 } } }
    const models = createUniversalModels({
      powers: createMachinePowers(),
      own: () => own,
      errorKey: 'mae',
      startedAt: 0,
    })
    const cases = outputTypes.flatMap((output_type) =>
      ['acpi', 'rapl-sysfs'].flatMap((source) => {
        const request = parseModelRequest({ metrics: ['bpf_cpu_time_ms'], output_type, source })
        const archive = readModelArchive(models.find(request)!.body)
        const name = `universal ${source} ${output_type}`
        return [
          { name, archive },
          { name: `${name} with intervals`, archive, options: { intervals: true } },
        ]
      }),
    )
    for (const one of evaluated(cases)) expectEqual(one)
  })

  it('in the Python of docs/onnx.md, from a file that the command wrote', async () => {
    const folder = temporaryFolder()
    const training = { seed: 1, crossValidation: true }
    const { zip } = await trainModel(madeTrainingSet('BPFOnly'), 'GradientBoostingRegressorTrainer', training)
    writeFileSync(join(folder, 'model.zip'), zip)
    const [from, to] = [join(folder, 'model.zip'), join(folder, 'model.onnx')]
    const command = await runCli(keplerModelProgram, ['onnx', from, '-o', to, '--intervals'])
    assert.equal(command.code, 0, command.stderr)

    const [, program = ''] = /```python[^\n]*\n([\s\S]+?)```/.exec(readFileSync('docs/onnx.md', 'utf8')) ?? []
    assert.match(program, /InferenceSession/)
    const run = spawnSync(python, ['-c', program], { cwd: folder, encoding: 'utf8' })
    assert.equal(run.status, 0, run.stderr)
    const printed: Record<string, number> = JSON.parse(run.stdout.replaceAll("'", '"'))
    const { powers, intervals } = readModelArchive(zip).estimate(
      ['bpf_cpu_time_ms', 'bpf_page_cache_hit'],
      [[4000, 20]],
    )
    const differences = [
      printed.package! - powers.package![0]!,
      printed.dram! - powers.dram![0]!,
      printed.package_lower! - intervals.package!.lower[0]!,
      printed.package_upper! - intervals.package!.upper[0]!,
    ]
    assert.ok(
      differences.every((difference) => Math.abs(difference) < 1e-6),
      run.stdout,
    )
  })

  const noData = existsSync(published) ? false : `${published} is not here`
  it('of all 298 archives of ec2-0.7.11', { skip: noData }, () => {
    const answers = evaluated(sampleOf('ec2-0.7.11', 1))
    assert.equal(answers.length, 298)
    for (const one of answers) expectEqual(one)
  })

  it('of a sample of specpower-0.7.11', { skip: noData }, () => {
    const answers = evaluated(sampleOf('specpower-0.7.11', 23))
    assert.equal(answers.length, 224)
    for (const one of answers) expectEqual(one)
  })
})
