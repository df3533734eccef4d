import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { until } from '../../test/support/until.js'
import { loadConfig } from '../config/config.js'
import { type Job, jobSchema } from '../jobs/job.js'
import { openJobStore } from '../jobs/job-store.js'
import { trainRequestSchema } from '../jobs/train-request.js'
import { silentLogger } from '../runtime/ports.js'
import { startOfflineTrainer } from './start-offline-trainer.js'

const asked = { name: 'mine', energy_source: 'acpi', trainer: {} }

function scene(environment: Record<string, string> = {}) {
  const folder = temporaryFolder()
  const config = loadConfig({
    environment: {
      ...{ CONFIG_PATH: '/nonexistent', MNT_PATH: folder, OFFLINE_TRAINER_HOST: '127.0.0.1' },
      ...{ OFFLINE_TRAINER_PORT: '0', JOBS_PATH: join(folder, 'jobs'), ...environment },
    },
  })
  const start = async () => {
    const trainer = await startOfflineTrainer(config, { logger: recordedLog(), version: '9.9.9' })
    after(() => trainer.stop())
    const get = async (path: string): Promise<{ readonly status: number; readonly text: string }> => {
      const answer = await fetch(trainer.url + path)
      return { status: answer.status, text: await answer.text() }
    }
    return { trainer, get }
  }
  return { folder, config, start }
}

/** Jobs that an earlier process left, each of a request that nobody can read to its end. */
async function leave(jobsPath: string, changes: readonly Partial<Job>[]): Promise<readonly string[]> {
  const store = await openJobStore(jobsPath, { maxFinished: 100, maxBytes: 1e9 }, silentLogger)
  const ids: string[] = []
  for (const [i, change] of changes.entries()) {
    const spool = store.spoolPath()
    writeFileSync(spool, '{}')
    const wanted = { request: trainRequestSchema.parse(asked), parts: { response: { start: 0, end: 2 } } }
    const { id } = await store.create(wanted, spool, 1e12 + i)
    await store.update(id, change)
    ids.push(id)
    if (change.state === 'failed') continue
    // A process that opens a pipe waits for somebody who writes.
    rmSync(store.requestPath(id))
    execFileSync('mkfifo', [store.requestPath(id)])
  }
  return ids
}

describe('an offline trainer that stops', () => {
  it('leaves what runs queued for the next one', async () => {
    const { config, start } = scene()
    const [id] = await leave(config.JOBS_PATH, [{}])
    const { trainer, get } = await start()
    await until('it runs', async () => JSON.parse((await get(`/jobs/${id}`)).text).state === 'running')
    await trainer.stop()
    await assert.rejects(fetch(trainer.url))
    const store = await openJobStore(config.JOBS_PATH, { maxFinished: 100, maxBytes: 1e9 }, silentLogger)
    const [job] = store.list()
    assert.deepEqual([job?.id, job?.state, job?.attempts], [id, 'queued', 0])
  })
})

describe('the settings of an offline trainer', () => {
  it('say how many jobs run at once, and how many may wait', async () => {
    for (const [concurrency, maxWaiting, expected] of [
      ['1', '3', { status: 200, running: 1, waiting: 2 }],
      ['2', '1', { status: 503, running: undefined, waiting: undefined }],
      ['2', '2', { status: 200, running: 2, waiting: 1 }],
    ] as const) {
      const { config, start } = scene({
        OFFLINE_TRAINER_CONCURRENCY: concurrency,
        OFFLINE_TRAINER_MAX_WAITING: maxWaiting,
      })
      await leave(config.JOBS_PATH, [{}, {}, {}])
      const { trainer, get } = await start()
      const { status, text } = await get('/readyz')
      const { running, waiting } = JSON.parse(text)
      assert.deepEqual({ status, running, waiting }, expected, `${concurrency} at once, ${maxWaiting} waiting`)
      await trainer.stop()
    }
  })

  it('say how often a job is started that was running when the trainer was killed', async () => {
    const { config, start } = scene({ OFFLINE_TRAINER_MAX_ATTEMPTS: '2', OFFLINE_TRAINER_CONCURRENCY: '1' })
    const killed = { state: 'running', startedAt: new Date(1e12).toISOString() } as const
    const [again, often] = await leave(config.JOBS_PATH, [
      { ...killed, attempts: 1 },
      { ...killed, attempts: 2 },
    ])
    const { get } = await start()
    const job = async (id: string | undefined) => JSON.parse((await get(`/jobs/${id}`)).text)
    await until('the one is given up', async () => (await job(often)).state === 'failed')
    assert.equal((await job(often)).error.code, 'LIMIT_EXCEEDED')
    assert.match((await job(often)).error.message, /was killed 2 times/)
    await until('the other runs', async () => (await job(again)).state === 'running')
    const counted = /^kepler_offline_trainer_job_duration_seconds_count\{state="failed"\} 1$/m
    await until('it is counted', async () => counted.test((await get('/metrics')).text))
  })

  it('say how many finished jobs are kept, the newest of them', async () => {
    const { config, start } = scene({ OFFLINE_TRAINER_KEPT_JOBS: '2' })
    const ended = { state: 'failed', finishedAt: new Date(1e12).toISOString() } as const
    const ids = await leave(config.JOBS_PATH, [ended, ended, { attempts: 99 }])
    const { get } = await start()
    const known = async () => JSON.parse((await get('/jobs')).text).jobs.map(({ id }: Job) => id)
    await until('one is removed', async () => (await known()).length === 2)
    assert.deepEqual(new Set(await known()), new Set(ids.slice(1)))
  })

  it('say how many bytes of requests are kept', async () => {
    const { config, start } = scene({ OFFLINE_TRAINER_KEPT_BYTES: '1048576', OFFLINE_TRAINER_CONCURRENCY: '1' })
    const [, waiting] = await leave(config.JOBS_PATH, [{}, {}])
    const request = join(config.JOBS_PATH, 'jobs', waiting!, 'request.json')
    rmSync(request)
    writeFileSync(request, '')
    truncateSync(request, 1_048_577)
    const { trainer } = await start()
    const answer = await fetch(`${trainer.url}/train?mode=async`, { method: 'POST', body: '{}' })
    assert.equal(answer.status, 503)
    assert.match(await answer.text(), /take 1048577 bytes, at most 1048576 are kept/)
  })

  it('are handed to jobs: whose measurements count, and where models are', async () => {
    const { config, start } = scene({ PROM_SELECTOR: 'job="kepler"' })
    const { trainer, get } = await start()
    const metric = { __name__: 'kepler_node_platform_joules_total', job: 'other', instance: 'x' }
    const series = [{ metric, values: [[1, '1']] }]
    const failed = async (request: object) => {
      const answer = await fetch(`${trainer.url}/train?mode=async`, { method: 'POST', body: JSON.stringify(request) })
      const { id } = jobSchema.pick({ id: true }).parse(await answer.json())
      const job = async () => JSON.parse((await get(`/jobs/${id}`)).text)
      await until('it failed', async () => (await job()).state === 'failed')
      return (await job()).error
    }
    const response = (job: string) => ({
      kepler_node_platform_joules_total: series.map((one) => ({ ...one, metric: { ...metric, job } })),
    })
    const selected = await failed({ ...asked, prom_response: response('other') })
    assert.match(selected.message, /^prom_response: --select \(PROM_SELECTOR\) matches none of 1 series/)
    const isolated = { isolator: 'trainer', isolator_args: { abs_pipeline_name: 'absent' } }
    const models = await failed({ ...asked, trainer: isolated, prom_response: response('kepler') })
    assert.ok(models.message.includes(`no pipeline "absent" in ${config.MODEL_PATH}`), models.message)
  })
})
