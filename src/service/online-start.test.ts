import assert from 'node:assert/strict'
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { until } from '../../test/support/until.js'
import { loadConfig } from '../config/config.js'
import { startOnlineTrainer } from './start-online-trainer.js'

const nobody = 'http://127.0.0.1:1'

async function scene(environment: Record<string, string> = {}, prepare = (_folder: string) => {}) {
  const folder = temporaryFolder()
  prepare(folder)
  const config = loadConfig({
    environment: {
      ...{ CONFIG_PATH: '/nonexistent', MNT_PATH: folder, PROM_SERVER: nobody, ONLINE_TRAINER_PORT: '0' },
      ...{ ONLINE_TRAINER_HOST: '127.0.0.1', ONLINE_PIPELINE: 'mine', SAMPLING_INTERVAL: '1', ...environment },
    },
  })
  const logger = recordedLog()
  const trainer = await startOnlineTrainer(config, { logger, version: '9.9.9' })
  after(() => trainer.stop())
  const text = async (path: string) => (await fetch(trainer.url + path)).text()
  return { folder, trainer, logger, text }
}

/** What somebody left who was killed an hour ago. */
function leave(path: string): string {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, 'half')
  const then = Date.now() / 1000 - 3600
  utimesSync(path, then, then)
  return path
}

describe('an online trainer that starts', () => {
  it('removes what killed ones have left beside pipelines and versions', async () => {
    const left: string[] = []
    await scene({}, (folder) => {
      for (const name of ['a.zip.7.tmp', '.versions/mine/000001.zip.7.tmp'])
        left.push(leave(join(folder, 'models', name)))
    })
    assert.deepEqual(left.map(existsSync), [false, false])
  })

  it('takes the idle profile and the machines of its settings', async () => {
    const files = temporaryFolder()
    const profile = join(files, 'profile.json')
    writeFileSync(profile, JSON.stringify({ format: 'kepler-idle-profile/1', containers: [], power: {} }))
    mkdirSync(join(files, 'specs'))
    writeFileSync(join(files, 'specs/worker-1.json'), '{"cores":8}')
    const { trainer } = await scene({ ONLINE_PROFILE: profile, ONLINE_MACHINE_SPECS: join(files, 'specs') })
    assert.equal(trainer.name, 'online trainer')
    assert.equal(trainer.trainer.status().pipeline, 'mine')
    writeFileSync(profile, '{"format":"another"}')
    await assert.rejects(scene({ ONLINE_PROFILE: profile }), { code: 'INVALID_CONFIG', message: /"format"/ })
  })

  it('says that Prometheus does not answer, and goes on', async () => {
    const { text } = await scene()
    const failed = async () => JSON.parse(await text('/readyz'))
    await until('a round has failed', async () => (await failed()).reasons.length > 0)
    const { ready, reasons } = await failed()
    assert.equal(ready, true)
    assert.match(reasons[0], /127\.0\.0\.1:1/)
    assert.match(await text('/metrics'), /^kepler_online_trainer_rounds_total\{outcome="failed"\} [1-9]/m)
  })
})

describe('samples that Prometheus gives out of order', () => {
  it('are put in order, which is counted and said once a kind', async () => {
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        const url = new URL(request.url ?? '', nobody)
        for (const [name, value] of new URLSearchParams(body)) url.searchParams.append(name, value)
        const start = Number(url.searchParams.get('start'))
        const metric = 'kepler_node_platform_joules_total'
        const values = [9, 3, 6].map((seconds) => [start + seconds, String(seconds)])
        const result = [{ metric: { __name__: metric, instance: 'w1' }, values }]
        const data = url.pathname.endsWith('/values') ? [metric] : { resultType: 'matrix', result }
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ status: 'success', data }))
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    after(() => {
      server.closeAllConnections()
      server.close()
    })
    const { logger, text } = await scene({ PROM_SERVER: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
    const counted = /^kepler_online_trainer_mended_samples_total\{kind="([\w ]+)"\} [1-9]\d*$/m
    await until('it is counted', async () => counted.test(await text('/metrics')))
    const lines = logger.lines.filter(({ message }) => message === 'samples of Prometheus were recovered')
    assert.equal(lines.length, 1)
    const { metric, kind, count, more } = lines[0]?.fields ?? {}
    assert.deepEqual([lines[0]?.level, metric, more], ['warn', 'kepler_node_platform_joules_total', 0])
    assert.equal(kind, counted.exec(await text('/metrics'))?.[1])
    assert.ok(Number(count) > 0)
  })
})
