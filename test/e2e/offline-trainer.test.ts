import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { openModelSelector } from '../../src/selection/open-model-selector.js'
import { scenarioNamed } from '../../src/simulate/scenario.js'
import { responseChunks } from '../../src/simulate/write-response.js'
import { startProgram } from '../support/program.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const measured = (scenario: string, duration: number) =>
  JSON.parse([...responseChunks({ scenario: scenarioNamed(scenario), duration })].join(''))
const prom_response = measured('mixed', 240)
const idle_prom_response = measured('idle', 60)

function request(name: string, isolator: string, trainers = ['SGDRegressorTrainer', 'LinearRegressionTrainer']) {
  const trainer = { abs_trainers: trainers, dyn_trainers: trainers, isolator, isolator_args: {}, idle_prom_response }
  return JSON.stringify({ name, energy_source: 'rapl-sysfs,acpi', trainer, prom_response })
}

async function start(folder: string, environment: Record<string, string> = {}) {
  const args = ['--host', '127.0.0.1', '--port', '0', '--jobs-path', folder, '--model-path', folder]
  const program = startProgram('offline-trainer', args, environment)
  const [, url = ''] = await program.waitFor(/"offline-trainer","url":"(http[^"]+)"/)
  return { program, url }
}
const post = (url: string, body: string) => fetch(url, { method: 'POST', body })

async function untilState(url: string, wanted: RegExp): Promise<{ state: string; error: unknown }> {
  for (;;) {
    const job: { state: string; error: unknown } = JSON.parse(await (await fetch(url)).text())
    if (wanted.test(job.state)) return job
    await wait(50)
  }
}

describe('offline-trainer', () => {
  it('trains what a model server then serves', async () => {
    const folder = temporaryFolder()
    const models = temporaryFolder()
    const { program, url } = await start(folder)
    for (const isolator of ['MinIdleIsolator', 'ProfileBackgroundIsolator']) {
      const answer = await post(`${url}/train`, request(isolator, isolator))
      assert.equal(answer.status, 200, await answer.clone().text())
      writeFileSync(join(models, `${isolator}.zip`), Buffer.from(await answer.arrayBuffer()))
    }
    program.signal('SIGTERM')
    assert.equal(await program.ended, 0)

    const selector = await openModelSelector({
      modelPath: models,
      preference: { defaults: {}, local: '', preferLocal: false },
    })
    const { pipelines, errors } = selector.status()
    assert.deepEqual(errors, [])
    for (const pipeline of pipelines) {
      // Two sources, two outputs, five groups, two trainers.
      assert.equal(pipeline.models, 40, pipeline.name)
      assert.equal(pipeline.damaged, 0)
    }
    assert.equal(pipelines.length, 2)
    await selector.close()
  })

  it('loses no job and no result when it is killed, and goes on with what it had begun', async () => {
    const folder = temporaryFolder()
    const first = await start(folder)
    const small = await post(`${first.url}/train?mode=async`, request('small', 'NoneIsolator', ['SGDRegressorTrainer']))
    const smallUrl = String(small.headers.get('location'))
    await untilState(first.url + smallUrl, /done/)
    const jobs = []
    for (const name of ['running', 'waiting']) {
      const answer = await post(`${first.url}/train?mode=async`, request(name, 'MinIdleIsolator', ['default']))
      assert.equal(answer.status, 202)
      jobs.push(String(answer.headers.get('location')))
    }
    await untilState(first.url + jobs[0]!, /running/)
    first.program.signal('SIGKILL')
    await first.program.ended

    const second = await start(folder)
    assert.equal((await fetch(`${second.url}${smallUrl}/result`)).status, 200)
    for (const job of jobs) await untilState(second.url + job, /queued|running/)
    // The one that runs now is stopped for good, so that the test need not wait for all trainers; the next one runs.
    await fetch(second.url + jobs[0]!, { method: 'DELETE' })
    await untilState(second.url + jobs[1]!, /running/)

    // A stop at any moment is quick, and loses no more than a kill.
    second.program.signal('SIGTERM')
    assert.equal(await second.program.ended, 0)
    assert.equal((await readdir(join(folder, 'jobs'))).length, 3)
    const third = await start(folder)
    assert.equal((await untilState(third.url + jobs[0]!, /./)).state, 'cancelled')
    await untilState(third.url + jobs[1]!, /running/)
    await fetch(third.url + jobs[1]!, { method: 'DELETE' })
    third.program.signal('SIGTERM')
    assert.equal(await third.program.ended, 0)
  })

  it('warns when it is open to everybody, and only then', async () => {
    for (const [host, token, warned] of [
      ['0.0.0.0', {}, true],
      ['0.0.0.0', { OFFLINE_TRAINER_TOKEN: 'secret' }, false],
      ['127.0.0.1', {}, false],
    ] as const) {
      const args = ['--host', host, '--port', '0', '--jobs-path', temporaryFolder(), '--model-path', temporaryFolder()]
      const program = startProgram('offline-trainer', args, { LOG_FORMAT: 'json', ...token })
      await program.waitFor(/"offline-trainer","url":"(http[^"]+)"/)
      program.signal('SIGTERM')
      assert.equal(await program.ended, 0)
      assert.equal(/whoever reaches this port may train/.test(program.stderr()), warned, `${host} ${program.stderr()}`)
    }
  })

  it('answers 400 with the reason for data that cannot be used, and serves on', async () => {
    const { program, url } = await start(temporaryFolder())
    after(() => program.signal('SIGKILL'))
    const body = JSON.parse(request('bad', 'MinIdleIsolator'))
    for (const [change, message] of [
      [{ prom_response: {} }, /no feature group is complete/],
      [{ prom_response: { kepler_x: [1] } }, /prom_response: .*expected a series/],
      [{ energy_source: 'hmc' }, /hmc/],
      [
        { trainer: { ...body.trainer, isolator: 'TrainIsolator' } },
        /trainer.isolator_args.abs_pipeline_name: no pipeline/,
      ],
    ] as const) {
      const answer = await post(`${url}/train`, JSON.stringify({ ...body, ...change }))
      const text = await answer.text()
      assert.equal(answer.status, 400, text)
      assert.match(text, message)
    }
    assert.equal((await fetch(`${url}/healthz`)).status, 200)
    program.signal('SIGTERM')
    assert.equal(await program.ended, 0)
  })
})
