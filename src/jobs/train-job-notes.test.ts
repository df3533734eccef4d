import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { zipOf } from '../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { testArchive } from '../../test/support/test-model.js'
import { allMeasurements } from '../extract/measurements.js'
import { scenarioNamed } from '../simulate/scenario.js'
import { responseChunks } from '../simulate/write-response.js'
import { trainJob } from './train-job.js'
import { parseTrainRequest } from './train-request.js'

const responseText = (scenario: string, duration: number) =>
  [...responseChunks({ scenario: scenarioNamed(scenario), duration })].join('')
/** The same with a word for the first sample of a metric. */
const damaged = (text: string, metric: string) =>
  text.replace(new RegExp(`("${metric}":.*?)"\\d+(?:\\.\\d+)?"\\]`, 's'), '$1"many"]')

const quick = { abs_trainers: ['SGD'], dyn_trainers: ['SGD'] }

/** Runs a job, and gives what it logged also when it fails. */
async function run(request: Readonly<Record<string, unknown>>, response: string, idle = '', pipelines = {}) {
  const folder = temporaryFolder()
  const requestPath = join(folder, 'request.json')
  writeFileSync(requestPath, response + idle)
  const modelPath = join(folder, 'models')
  mkdirSync(modelPath)
  for (const [name, bytes] of Object.entries<Buffer>(pipelines)) writeFileSync(join(modelPath, `${name}.zip`), bytes)
  const log: string[] = []
  const end = Buffer.byteLength(response)
  const given = { name: 'mine', energy_source: 'acpi', trainer: quick, cross_validation: false, ...request }
  const scores = await trainJob(
    {
      job: {
        request: parseTrainRequest(given),
        parts: { response: { start: 0, end }, ...(idle !== '' && { idle: { start: end, end: end + idle.length } }) },
      },
      ...{ requestPath, workPath: join(folder, 'work'), resultPath: join(folder, 'result.zip') },
      ...{ threads: 1, vmJob: 'vm', measurements: allMeasurements, models: { modelPath, errorKey: 'mae' }, now: 0 },
    },
    { progress: () => {}, log: (line) => log.push(line) },
  ).catch((error: Error) => error)
  return { scores, log }
}

describe('the log of a training job', () => {
  let mixed: string
  before(() => {
    mixed = responseText('mixed', 90)
  })
  const metric = 'kepler_node_platform_joules_total'

  it('has by what power was isolated: by the idle node where it was measured', async () => {
    const isolated = async (idle?: string) => {
      const { log } = await run({ trainer: quick }, mixed, idle)
      return log.find((line) => line.startsWith('acpi: isolated by'))
    }
    assert.equal(await isolated(responseText('idle', 120)), 'acpi: isolated by the idle profile')
    assert.notEqual(await isolated(), 'acpi: isolated by the idle profile')
  })

  it('ends in what could not be trained where nothing could be', async () => {
    // Usage that adds up to more than a number can be.
    const values = (rate: number) =>
      JSON.stringify(Array.from({ length: 12 }, (_, i) => [3 * i, String(rate * (i % 2))]))
    const energy = JSON.stringify(Array.from({ length: 12 }, (_, i) => [3 * i, String(300 * i + (i % 3))]))
    const of = (metric: string, labels: object, points: string) =>
      `{"metric": ${JSON.stringify({ __name__: metric, ...labels })}, "values": ${points}}`
    const used = ['bpf_cpu_time_ms', 'bpf_page_cache_hit'].map((feature) => {
      const name = `kepler_container_${feature}_total`
      const all = ['a', 'b', 'c', 'd', 'e'].map((id) =>
        of(name, { container_id: id, container_name: id }, values(1.7e308)),
      )
      return `"${name}": [${all.join()}]`
    })
    const response = `{"${metric}": [${of(metric, { source: 'acpi' }, energy)}], ${used.join()}}`
    const { scores, log } = await run({ trainer: { ...quick, isolator: 'none' } }, response)
    assert.ok(scores instanceof Error)
    assert.match(scores.message, /^nothing could be trained: acpi\/AbsPower\/BPFOnly\/SGDRegressorTrainer_0: ./)
    assert.ok(log.some((line) => line.startsWith('acpi/AbsPower/BPFOnly/SGDRegressorTrainer_0: ')))
  })

  it('has what was wrong with the measurements, and what was done about it', async () => {
    const { log } = await run({ trainer: { ...quick, isolator: 'min' } }, damaged(mixed, metric))
    assert.ok(
      log.some((line) => line.startsWith(`${metric}: not finite (1): `)),
      log.join('\n'),
    )
  })

  it('has what was wrong with those of the idle node', async () => {
    const idle = damaged(responseText('idle', 120), metric)
    const { log } = await run({ trainer: { ...quick, isolator: 'profile' } }, mixed, idle)
    assert.ok(
      log.some((line) => line === `trainer.idle_prom_response: ${metric}: not finite (1)`),
      log.join('\n'),
    )
  })

  it('has the source that cannot be isolated, beside the other, and what isolators note', async () => {
    const name = 'LinearRegressionTrainer_0'
    const features = ['bpf_cpu_time_ms']
    const archive = await testArchive({ name, features, components: ['platform'], largest: 1e6, slope: 0.001 })
    const std = zipOf({ 'metadata.json': '{}', [`acpi/AbsPower/BPFOnly/${name}.zip`]: archive })
    const isolator_args = { abs_pipeline_name: 'std', bg_hints: ['kube', 'etcd', 'coredns'] }
    const trainer = { ...quick, isolator: 'TrainIsolator', isolator_args }
    const { scores, log } = await run({ energy_source: 'acpi,rapl-sysfs', trainer }, mixed, '', { std })
    assert.ok(Array.isArray(scores))
    const of = (part: string) => scores.filter(({ model }) => model.startsWith(part)).length
    assert.ok(of('acpi/DynPower') > 0 && of('rapl-sysfs/AbsPower') > 0 && of('rapl-sysfs/DynPower') === 0)
    assert.ok(
      log.some((line) => /^rapl-sysfs.*: .*no AbsPower models of rapl-sysfs/.test(line)),
      log.join('\n'),
    )
    assert.ok(
      log.some((line) => line.includes(`std/acpi/AbsPower/BPFOnly/${name} predicts`)),
      log.join('\n'),
    )
    // Whoever is not the target is background.
    const backgroundOf = (lines: readonly string[]) => {
      const [, left, all] = /^acpi: (\d+) of (\d+) containers are/m.exec(lines.join('\n')) ?? []
      return [Number(left), Number(all)] as const
    }
    const [background = 0, all = 0] = backgroundOf(log)
    assert.ok(background > 0 && background < all)
    const targets = { abs_pipeline_name: 'std', target_hints: isolator_args.bg_hints }
    const others = await run({ trainer: { ...trainer, isolator_args: targets } }, mixed, '', { std })
    assert.deepEqual(backgroundOf(others.log), [all - background, all])
    // Of this source alone there is nothing to go on with.
    const alone = await run({ energy_source: 'rapl-sysfs', trainer }, mixed, '', { std })
    assert.ok(alone.scores instanceof Error)
    assert.match(alone.scores.message, /^trainer\.isolator_args\.abs_pipeline_name: .*rapl-sysfs/)
  })
})
