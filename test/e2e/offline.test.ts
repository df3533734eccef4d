import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, describe, it } from 'node:test'
import * as z from 'zod'
import { type RunningProgram, startProgram } from '../support/program.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const answerSchema = z.object({
  powers: z.object({ package: z.array(z.number().positive()) }),
  provenance: z.object({ pipeline: z.string() }),
})

const demo = resolve('demo/demo-0.1.0.zip')
const request = JSON.stringify({
  metrics: ['bpf_cpu_time_ms', 'bpf_page_cache_hit'],
  values: [[1000, 10]],
  output_type: 'AbsPower',
  source: 'rapl-sysfs',
})

describe('without a network', () => {
  const programs: RunningProgram[] = []
  afterEach(async () => {
    for (const program of programs.splice(0)) {
      program.signal('SIGKILL')
      await program.ended
    }
  })

  /** The pipeline that an estimator alone answers with. */
  async function estimatorAnswers(modelPath: string, environment: Record<string, string> = {}): Promise<string> {
    const args = ['--offline', '--socket', join(modelPath, 'e.sock'), '--http', '0']
    const program = startProgram('estimator', args, {
      MODEL_PATH: modelPath,
      ...environment,
    })
    programs.push(program)
    const [, url = ''] = await program.waitFor(/"url":"(http[^"]+)"/)
    const answer = await fetch(`${url}/estimate`, { method: 'POST', body: request })
    return answerSchema.parse(await answer.json()).provenance.pipeline
  }

  it('an estimator alone answers with a pipeline in MODEL_PATH', async () => {
    const folder = temporaryFolder()
    copyFileSync(demo, join(folder, 'mine-1.zip'))
    assert.equal(await estimatorAnswers(folder), 'mine-1')
  })

  it('an estimator alone answers with the pipeline of a file URL, or of a path', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'elsewhere'))
    const zip = join(folder, 'elsewhere', 'other-2.zip')
    copyFileSync(demo, zip)
    assert.equal(await estimatorAnswers(join(folder, 'models'), { INITIAL_PIPELINE_URL: zip }), 'other-2')
  })

  it('an estimator alone answers with the universal model where there is nothing', async () => {
    assert.equal(await estimatorAnswers(temporaryFolder()), 'universal')
  })

  for (const setting of [{ DEMO: 'true' }, { UNIVERSAL: 'false' }]) {
    it(`an estimator alone answers with the demonstration with ${JSON.stringify(setting)}`, async () => {
      assert.equal(await estimatorAnswers(temporaryFolder(), setting), 'demo-0.1.0')
    })
  }

  it('a model server serves the pipeline of a file URL', async () => {
    const folder = temporaryFolder()
    const zip = join(folder, 'third-3.zip')
    copyFileSync(demo, zip)
    const args = ['--offline', '--port', '0', '--host', '127.0.0.1', '--model-path', join(folder, 'models')]
    const program = startProgram('model-server', [...args, '--pipeline-url', `file://${zip}`])
    programs.push(program)
    const [, pipelines = ''] = await program.waitFor(/"pipelines":\[([^\]]*)\]/)
    assert.match(pipelines, /"third-3"/)
  })
})
