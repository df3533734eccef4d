import assert from 'node:assert/strict'
import { copyFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { runCli } from '../../../test/support/cli.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import type { Check } from '../../service/doctor/check.js'
import { keplerModelProgram } from '../program.js'

describe('kepler-model doctor', () => {
  const folder = temporaryFolder()
  const nobody = 'http://127.0.0.1:1'
  async function doctor(environment: Record<string, string> = {}) {
    const settings = {
      ...{ MODEL_PATH: folder, JOBS_PATH: join(folder, 'jobs'), ONLINE_HISTORY_PATH: join(folder, 'history') },
      ...{ DATAPATH: folder, ESTIMATOR_SOCKETS: join(folder, 'e.sock'), PROM_SERVER: nobody, ...environment },
    }
    const { code, stdout } = await runCli(keplerModelProgram, ['doctor', '--json'], { environment: settings })
    const checks: Check[] = JSON.parse(stdout)
    return { code, find: (name: string) => checks.find((check) => check.name === name) }
  }

  it('finds what is there, and says what to do about what is not', async () => {
    copyFileSync('demo/demo-0.1.0.zip', join(folder, 'mine.zip'))
    const { code, find } = await doctor({ JOBS_PATH: '/proc/foo', MODEL_CONFIG: 'MODEL_SERVR_URL=x' })
    assert.equal(code, 0)
    assert.equal(find('versions')?.state, 'ok')
    assert.deepEqual([find('pipeline mine')?.state, find('pipeline mine')?.found], ['ok', '120 models'])
    assert.deepEqual([find('MODEL_PATH')?.state, find('ONLINE_HISTORY_PATH')?.state], ['ok', 'ok'])
    assert.match(find('settings')?.found ?? '', /MODEL_SERVR_URL.*did you mean MODEL_SERVER_URL/)
    assert.equal(find('Prometheus')?.state, 'warning')
    assert.match(find('Prometheus')?.advice ?? '', /set PROM_SERVER/)
  })

  it('says what answers where there is no pipeline', async () => {
    const MODEL_PATH = join(folder, 'empty')
    const advice = async (settings: Record<string, string>) =>
      (await doctor({ MODEL_PATH, ...settings })).find('pipelines')?.advice ?? ''
    assert.match(await advice({}), /serve` downloads the published ones; until then the universal model answers$/)
    assert.match(await advice({ OFFLINE: 'true' }), /^put a pipeline into .*empty; until then the universal model/)
    for (const without of [{ UNIVERSAL: 'false' }, { DEMO: 'true' }]) {
      assert.match(await advice(without), /the demonstration answers, whose watts are not real$/)
    }
  })

  it('asks Prometheus for metrics of Kepler, not for our own', async () => {
    let names = ['kepler_model_server_model_error', 'up']
    const server = createServer((_request, response) =>
      response.end(JSON.stringify({ status: 'success', data: names })),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const environment = { PROM_SERVER: `http://127.0.0.1:${port}` }
    assert.match((await doctor(environment)).find('Prometheus')?.found ?? '', /^no metric of Kepler among 2/)
    names = ['kepler_node_platform_joules_total']
    assert.match((await doctor(environment)).find('Prometheus')?.found ?? '', /^1 metric of Kepler/)
    server.close()
  })

  it('fails when a setting, a pipeline or a socket keeps a program from working', async () => {
    const wrong = await doctor({ MODEL_SERVER_PORT: 'x' })
    assert.deepEqual([wrong.code, wrong.find('settings')?.state], [1, 'problem'])
    writeFileSync(join(folder, 'broken.zip'), 'not a zip')
    const { code, find } = await doctor({ ESTIMATOR_SOCKETS: join(folder, 'broken.zip') })
    assert.equal(code, 1)
    assert.equal(find('pipeline broken')?.state, 'problem')
    assert.match(find(`socket ${join(folder, 'broken.zip')}`)?.found ?? '', /no socket is in the way/)
  })
})
