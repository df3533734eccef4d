import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { bufferSource } from '../archive/zip/byte-source.js'
import { openZip } from '../archive/zip/zip.js'
import { allMeasurements } from '../extract/measurements.js'
import { meterOf } from '../extract/meter.js'
import { scenarioNamed } from '../simulate/scenario.js'
import { responseChunks } from '../simulate/write-response.js'
import type { Job, JobProgress } from './job.js'
import { trainJobRunner } from './run-train-job.js'
import { trainJob } from './train-job.js'
import { parseTrainRequest } from './train-request.js'

const folder = temporaryFolder()
const text = (scenario: string, duration: number) =>
  [...responseChunks({ scenario: scenarioNamed(scenario), duration })].join('')
const trainers = ['SGDRegressorTrainer', 'LinearRegressionTrainer']

let runs = 0
/** A job whose request stands on disk as the trainer received it. */
function jobOf(request: Readonly<Record<string, unknown>>, response: string, idle?: string) {
  const own = join(folder, String(runs++))
  mkdirSync(own)
  const requestPath = join(own, 'request.json')
  writeFileSync(requestPath, response + (idle ?? ''))
  const parts = {
    response: { start: 0, end: response.length },
    ...(idle !== undefined && { idle: { start: response.length, end: response.length + idle.length } }),
  }
  const parsed = parseTrainRequest({ name: 'mine', energy_source: 'acpi', trainer: {}, ...request })
  return {
    job: { request: parsed, parts },
    requestPath,
    workPath: join(own, 'work'),
    resultPath: join(own, 'result.zip'),
    threads: 1,
    vmJob: 'vm',
    measurements: allMeasurements,
    models: { modelPath: join(own, 'models'), errorKey: 'mae' },
    now: Date.parse('2026-01-02T03:04:05Z'),
  }
}

describe('a training job', () => {
  let mixed: string
  let idle: string
  before(() => {
    mixed = text('mixed', 240)
    idle = text('idle', 120)
  })
  const run = async (job: ReturnType<typeof jobOf>) => {
    const progress: JobProgress[] = []
    const log: string[] = []
    const scores = await trainJob(job, { progress: (now) => progress.push(now), log: (line) => log.push(line) })
    return { scores, progress, log }
  }

  it('says what it does, and leaves the zip where it is wanted', async () => {
    const request = {
      trainer: { abs_trainers: trainers, dyn_trainers: trainers, isolator: 'min' },
      cross_validation: false,
    }
    const job = jobOf(request, mixed)
    const { scores, progress, log } = await run(job)
    const reading = progress.filter(({ stage }) => stage === 'reading prom_response')
    assert.deepEqual(reading.at(-1), { stage: 'reading prom_response', done: mixed.length, total: mixed.length })
    assert.ok(progress.some(({ stage }) => stage === 'extracting'))
    const trained = progress.filter(({ stage }) => stage.startsWith('trained '))
    assert.ok(trained.some(({ stage }) => stage === 'trained acpi/AbsPower/BPFOnly/SGDRegressorTrainer_0'))
    assert.deepEqual([trained.at(-1)?.done, trained.at(-1)?.total], [trained.length, trained.length])
    assert.match(log[0] ?? '', /^prom_response: [1-9]\d* samples of [1-9]\d* metrics$/)
    const { entries, read } = openZip(bufferSource(readFileSync(job.resultPath)))
    const metadata = JSON.parse(Buffer.from(read('metadata.json')).toString())
    assert.equal(metadata.init_time, '2026-01-02 03:04:05')
    assert.deepEqual(metadata.abs_trainers, trainers)
    assert.equal(existsSync(join(job.workPath, 'mine.zip')), false, 'it was moved')
    // The best of each group, by its error, and sorted by name.
    const names = scores.map(({ model }) => model)
    assert.deepEqual(names, [...names].sort())
    assert.equal(new Set(names.map((name) => name.replace(/\/[^/]*$/, ''))).size, names.length)
    for (const { model, mae, mape } of scores) {
      const of = model.replace(/\/[^/]*$/, '')
      const errors = [...entries.keys()]
        .filter((name) => name.startsWith(`${of}/`) && name.endsWith('.zip'))
        .map((name) => {
          const inner = openZip(bufferSource(Buffer.from(read(name))))
          return JSON.parse(Buffer.from(inner.read('metadata.json')).toString())
        })
      assert.equal(errors.length, 2)
      const best = errors.reduce((a, b) => (b.mae < a.mae ? b : a))
      assert.deepEqual([mae, mape], [best.mae, best.mape])
    }
  })

  it('trains in as many threads as it is told, in one for each processor with 0', async () => {
    const request = {
      trainer: { abs_trainers: ['SGD'], dyn_trainers: ['SGD'], isolator: 'min' },
      cross_validation: false,
    }
    const threadsOf = async (threads: number) => {
      let [most, tasks] = [0, 0]
      const progress = ({ total }: JobProgress) => {
        const ports = process.getActiveResourcesInfo().filter((kind) => kind === 'MessagePort')
        ;[most, tasks] = [Math.max(most, ports.length), total]
      }
      await trainJob({ ...jobOf(request, mixed), threads }, { progress, log: () => {} })
      return [most, tasks] as const
    }
    const [all, tasks] = await threadsOf(0)
    assert.equal(all, Math.min(availableParallelism(), tasks))
    assert.equal((await threadsOf(1))[0], 1)
  })

  it('takes the idle profile from the second response', async () => {
    const request = {
      trainer: { abs_trainers: trainers, dyn_trainers: ['SGD'], isolator: 'ProfileBackgroundIsolator' },
      cross_validation: false,
    }
    const { progress, scores } = await run(jobOf(request, mixed, idle))
    assert.ok(
      progress.some(({ stage, total }) => stage === 'reading trainer.idle_prom_response' && total === idle.length),
    )
    assert.ok(scores.some(({ model }) => model.includes('/DynPower/')))
  })

  it('names the field whose measurements are wrong', async () => {
    const wrong = { code: 'INVALID_DATA', field: 'prom_response', message: /^prom_response: / }
    await assert.rejects(run(jobOf({}, '{"kepler_node_platform_joules_total": [}')), wrong)
    await assert.rejects(run(jobOf({}, '{}')), { field: 'prom_response' })
    const profile = { trainer: { isolator: 'profile' } }
    await assert.rejects(run(jobOf(profile, mixed, '{}')), { field: 'trainer.idle_prom_response' })
    await assert.rejects(run(jobOf(profile, mixed)), { field: 'trainer.idle_prom_response' })
  })

  it('reads what it trains on and what is metered, and no other metric', async () => {
    const series = (metric: string) => `"${metric}":[{"metric":{"instance":"a"},"values":[[0,"1"],[3,"2"]]}]`
    const usage = ['kepler_container_bpf_cpu_time_ms_total', 'kepler_process_bpf_cpu_time_ms_total']
    const metrics = [...usage, 'my_meter_watts', 'node_boot_time_seconds']
    const response = `{${metrics.map(series).join(',')}}`
    const first = async (request: object, measurements: ReturnType<typeof jobOf>['measurements']) => {
      const log: string[] = []
      const events = { progress: () => {}, log: (line: string) => log.push(line) }
      await trainJob({ ...jobOf({ ...request }, response), measurements }, events).catch(() => {})
      return log[0]
    }
    assert.equal(await first({}, allMeasurements), 'prom_response: 2 samples of 4 metrics')
    const metered = { ...allMeasurements, meters: [meterOf({ metric: 'my_meter_watts', unit: 'watts' })] }
    assert.equal(await first({}, metered), 'prom_response: 4 samples of 4 metrics')
    // The profile of an idle node needs containers also where virtual machines are trained on.
    assert.equal(await first({ use_vm_metrics: true }, allMeasurements), 'prom_response: 4 samples of 4 metrics')
  })

  it('has no isolator of a pipeline that is not there', async () => {
    const trainer = { isolator: 'TrainIsolator', isolator_args: { abs_pipeline_name: 'none' } }
    await assert.rejects(run(jobOf({ trainer }, mixed)), {
      field: 'trainer.isolator_args.abs_pipeline_name',
      code: 'NO_MODEL',
    })
  })
})

describe('the process of a training job', () => {
  const start = (job: ReturnType<typeof jobOf>, signal = new AbortController().signal) => {
    const { threads, vmJob, measurements, models } = job
    const log: string[] = []
    const progress: JobProgress[] = []
    const runner = trainJobRunner({ threads, vmJob, measurements, models, clock: () => job.now })
    const { request, parts } = job.job
    const whole: Job = {
      ...{ id: '1b671a64-40d5-491e-99b0-da01ff1f3341', state: 'running', createdAt: '', startedAt: null },
      ...{
        finishedAt: null,
        attempts: 1,
        progress: { stage: '', done: 0, total: 0 },
        log: [],
        scores: null,
        error: null,
      },
      ...{ resultBytes: null, request, parts },
    }
    const paths = { requestPath: job.requestPath, workPath: job.workPath, resultPath: job.resultPath }
    const result = runner({
      ...{ job: whole, ...paths, signal },
      progress: (now) => progress.push(now),
      log: (line) => log.push(line),
    })
    return { result, log, progress }
  }

  it('sends scores, log and progress, and failures with their code and field', async () => {
    const request = {
      trainer: { abs_trainers: ['SGD'], dyn_trainers: ['SGD'], isolator: 'min' },
      cross_validation: false,
    }
    const job = jobOf(request, text('mixed', 120))
    mkdirSync(join(job.workPath, 'left'), { recursive: true })
    const { signal } = new AbortController()
    const good = start(job, signal)
    const scores = await good.result
    assert.ok(scores && scores.length > 0)
    assert.deepEqual(getEventListeners(signal, 'abort'), [])
    // What a killed process left is gone; this one had a folder of its own.
    assert.deepEqual(
      readdirSync(job.workPath).map((name) => name.length),
      [36],
    )
    assert.match(good.log[0] ?? '', /^prom_response: /)
    const last = good.progress.at(-1)
    assert.ok(last && last.done === last.total && last.stage.startsWith('trained '))
    await assert.rejects(start(jobOf({}, '{}')).result, { name: 'ModelError', field: 'prom_response' })
  })

  it('is ended at once by who cancels', async () => {
    const stop = new AbortController()
    const reason = new Error('cancelled')
    const { result } = start(jobOf({}, text('mixed', 600)), stop.signal)
    setTimeout(() => stop.abort(reason), 50)
    await assert.rejects(result, reason)
    await assert.rejects(start(jobOf({}, '{}'), AbortSignal.abort(reason)).result, reason)
  })
})
