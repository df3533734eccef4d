import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, utimesSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { pipelineFiles, writeFiles, zipOf } from '../../test/support/pipeline-fixture.js'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { until } from '../../test/support/until.js'
import { loadConfig } from '../config/config.js'
import { createNetwork } from '../net/network.js'
import { versionsFolder } from '../online/versions/versions.js'
import { demoPipelines } from './demo-pipelines.js'
import { openPipelines, universalModels } from './open-pipelines.js'

const nobody = 'http://127.0.0.1:1/v9/'

async function opened(environment: Record<string, string> = {}, folder = temporaryFolder()) {
  const config = loadConfig({
    environment: { CONFIG_PATH: '/nonexistent', MODEL_TOPURL: nobody, MODEL_PATH: folder, ...environment },
  })
  const network = createNetwork()
  const logger = recordedLog()
  const { selector, universal, urls } = await openPipelines(config, folder, network, logger)
  after(async () => {
    await selector.close()
    await network.close()
  })
  return { folder, logger, universal, urls, names: selector.status().pipelines.map(({ name }) => name) }
}

describe('openPipelines', () => {
  it('downloads the default pipelines of the model database', async () => {
    const { urls, universal } = await opened()
    assert.deepEqual(urls, ['http://127.0.0.1:1/v9/ec2-0.7.11.zip', 'http://127.0.0.1:1/v9/specpower-0.7.11.zip'])
    assert.notEqual(universal, undefined)
  })

  it('asks below the address of the database, however many slashes end it', async () => {
    const { urls } = await opened({ MODEL_TOPURL: 'http://127.0.0.1:1/v9///' })
    assert.equal(urls[0], 'http://127.0.0.1:1/v9/ec2-0.7.11.zip')
  })

  it('removes what killed programs have left, of downloads and of what was indexed', async () => {
    const folder = temporaryFolder()
    const left = ['mine.zip.7.tmp', '.index/mine.7.tmp'].map((name) => join(folder, name))
    const hourAgo = Date.now() / 1000 - 3600
    for (const path of left) {
      writeFiles(folder, { [path.slice(folder.length + 1)]: 'half' })
      utimesSync(path, hourAgo, hourAgo)
    }
    await opened({ OFFLINE: 'true' }, folder)
    assert.deepEqual(left.map(existsSync), [false, false])
  })

  it('takes those of the setting instead, and downloads none of a file', async () => {
    const [demo] = demoPipelines()
    const file = pathToFileURL(demo!.path).href
    const { urls } = await opened({ INITIAL_PIPELINE_URL: `${nobody}mine.zip,${file}` })
    assert.deepEqual(urls, [`${nobody}mine.zip`])
  })

  it('downloads no file that is larger than the settings allow', async () => {
    const padding = randomBytes(2000)
    const zip = zipOf({ ...pipelineFiles([{ name: 'SGDRegressorTrainer_0' }]), padding })
    assert.ok(zip.length > 1024)
    const server = createServer((_, response) => response.end(zip))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    after(() => {
      server.closeAllConnections()
      server.close()
    })
    const INITIAL_PIPELINE_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mine.zip`
    const small = await opened({ INITIAL_PIPELINE_URL, DOWNLOAD_MAX_BYTES: '1024' })
    await until('it is refused', () =>
      small.logger.lines.some(({ fields }) => /more than 1024 bytes/.test(String(fields.reason))),
    )
    const whole = await opened({ INITIAL_PIPELINE_URL })
    await until('it is there', () => existsSync(join(whole.folder, 'mine.zip')))
  })

  it('downloads nothing when offline', async () => {
    const { urls, logger } = await opened({ OFFLINE: 'true', INITIAL_PIPELINE_URL: `${nobody}mine.zip` })
    assert.deepEqual(urls, [])
    assert.deepEqual(
      logger.lines.filter(({ level }) => level === 'warn'),
      [],
    )
  })

  it('downloads nothing over the pipeline that the online trainer publishes in the same folder', async () => {
    const environment = { ONLINE_PIPELINE: 'mine', INITIAL_PIPELINE_URL: `${nobody}mine.zip,${nobody}yours.zip` }
    const first = await opened(environment)
    assert.deepEqual(first.urls, [`${nobody}mine.zip`, `${nobody}yours.zip`])
    mkdirSync(versionsFolder(first.folder, 'mine'), { recursive: true })
    mkdirSync(versionsFolder(first.folder, 'yours'), { recursive: true })
    const again = await opened(environment, first.folder)
    assert.deepEqual(again.urls, [`${nobody}yours.zip`])
    const line = again.logger.lines.find(({ fields }) => fields.pipeline === 'mine')
    assert.deepEqual([line?.level, line?.fields.url], ['info', `${nobody}mine.zip`])
  })

  it('serves what is in the folder, and the demonstration where the universal model is not wanted', async () => {
    const folder = temporaryFolder()
    assert.deepEqual((await opened({ OFFLINE: 'true', UNIVERSAL: 'false' }, folder)).names, ['demo-0.1.0'])
    assert.deepEqual((await opened({ OFFLINE: 'true', DEMO: 'true' }, folder)).names, ['demo-0.1.0'])
    assert.deepEqual((await opened({ OFFLINE: 'true' }, folder)).names, ['universal'])
    writeFiles(join(folder, 'own'), pipelineFiles([{ name: 'SGDRegressorTrainer_0' }]))
    assert.deepEqual((await opened({ OFFLINE: 'true' }, folder)).names, ['own', 'universal'])
  })
})

describe('universalModels', () => {
  it('are there unless they are turned off or the demonstration is wanted', () => {
    const has = (environment: Record<string, string>) =>
      universalModels(loadConfig({ environment: { CONFIG_PATH: '/nonexistent', ...environment } }), '/nowhere')
    assert.notEqual(has({}), undefined)
    assert.equal(has({ UNIVERSAL: 'false' }), undefined)
    assert.equal(has({ DEMO: 'true' }), undefined)
  })
})

describe('demoPipelines', () => {
  it('are the zips beside the package, by their names', () => {
    const [demo, ...others] = demoPipelines()
    assert.equal(demo?.name, 'demo-0.1.0')
    assert.match(demo?.path ?? '', /\/demo\/demo-0\.1\.0\.zip$/)
    assert.deepEqual(others, [])
  })
})
