import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { loadConfig } from '../config/config.js'
import { errorCode } from '../core/errors.js'
import { createNetwork } from '../net/network.js'
import { cachedDownloads, configuredModelUrl, initialModelUrl } from './initial-models.js'

const configOf = (environment: Record<string, string> = {}) =>
  loadConfig({ environment: { CONFIG_PATH: '/nonexistent', MODEL_TOPURL: 'http://db/v1//', ...environment } })

describe('the URL of an initial model', () => {
  const named = {
    NODE_COMPONENTS_INIT_URL: 'http://a/node-components.zip',
    CONTAINER_COMPONENTS_INIT_URL: 'http://a/container-components.zip',
    PROCESS_COMPONENTS_INIT_URL: 'http://a/process-components.zip',
    NODE_TOTAL_INIT_URL: 'http://a/node-total.zip',
    CONTAINER_TOTAL_INIT_URL: 'http://a/container-total.zip',
    PROCESS_TOTAL_INIT_URL: 'http://a/process-total.zip',
  }

  it('is that of the default pipeline, of two sources', () => {
    const config = configOf()
    const path = (source: 'rapl-sysfs' | 'acpi' | 'intel_rapl', output: 'AbsPower' | 'DynPower') =>
      initialModelUrl(config, source as 'acpi', output)
    assert.equal(
      path('rapl-sysfs', 'DynPower'),
      'http://db/v1/ec2-0.7.11/rapl-sysfs/DynPower/BPFOnly/GradientBoostingRegressorTrainer_1.zip',
    )
    assert.equal(
      path('acpi', 'AbsPower'),
      'http://db/v1/specpower-0.7.11/acpi/AbsPower/BPFOnly/XgboostFitTrainer_109.zip',
    )
    assert.equal(path('intel_rapl', 'AbsPower'), undefined)
    assert.equal(configuredModelUrl(config, 'acpi', 'AbsPower'), undefined)
  })

  it('is that of the setting for what is asked: components or total, node or container', () => {
    const config = configOf(named)
    for (const find of [configuredModelUrl, initialModelUrl]) {
      assert.equal(find(config, 'rapl-sysfs', 'AbsPower'), named.NODE_COMPONENTS_INIT_URL)
      assert.equal(find(config, 'rapl-sysfs', 'DynPower'), named.CONTAINER_COMPONENTS_INIT_URL)
      assert.equal(find(config, 'acpi', 'AbsPower'), named.NODE_TOTAL_INIT_URL)
      assert.equal(find(config, 'acpi', 'DynPower'), named.CONTAINER_TOTAL_INIT_URL)
    }
  })

  it('is that of processes where containers have none', () => {
    const { PROCESS_COMPONENTS_INIT_URL, PROCESS_TOTAL_INIT_URL } = named
    const config = configOf({ PROCESS_COMPONENTS_INIT_URL, PROCESS_TOTAL_INIT_URL })
    assert.equal(configuredModelUrl(config, 'rapl-sysfs', 'DynPower'), PROCESS_COMPONENTS_INIT_URL)
    assert.equal(configuredModelUrl(config, 'acpi', 'DynPower'), PROCESS_TOTAL_INIT_URL)
  })

  it('is that of a file alone when offline', () => {
    const offline = configOf({ ...named, OFFLINE: 'true', NODE_TOTAL_INIT_URL: 'file:///models/total.zip' })
    for (const find of [configuredModelUrl, initialModelUrl]) {
      assert.equal(find(offline, 'acpi', 'AbsPower'), 'file:///models/total.zip')
      assert.equal(find(offline, 'rapl-sysfs', 'AbsPower'), undefined)
    }
    assert.equal(initialModelUrl(configOf({ OFFLINE: 'true' }), 'acpi', 'AbsPower'), undefined)
  })
})

describe('cachedDownloads', () => {
  const signal = new AbortController().signal

  async function scene() {
    let status = 200
    const server = createServer((_, response) => response.writeHead(status).end('a model'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const network = createNetwork()
    after(async () => {
      server.close()
      await network.close()
    })
    const logger = recordedLog()
    const folder = join(temporaryFolder(), 'initial')
    const fetchBytes = cachedDownloads(folder, logger, { network, retryDelay: 1 })
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.zip`
    return { logger, folder, url, fetchBytes, answer: (code: number) => (status = code) }
  }

  it('keeps what it fetched, and uses it when the server does not answer, which it says', async () => {
    const { logger, folder, url, fetchBytes, answer } = await scene()
    assert.equal(Buffer.from(await fetchBytes(url, signal)).toString(), 'a model')
    assert.ok(readdirSync(folder).some((name) => /^[0-9a-f]{64}$/.test(name)))
    answer(404)
    assert.equal(Buffer.from(await fetchBytes(url, signal)).toString(), 'a model')
    const warning = logger.lines.find(({ level, fields }) => level === 'warn' && fields.url === url)
    assert.match(String(warning?.fields.reason), /404/)
  })

  it('fetches nothing any more once it is interrupted', async () => {
    const { url, fetchBytes } = await scene()
    await assert.rejects(fetchBytes(url, AbortSignal.abort()))
    await fetchBytes(url, signal)
    assert.equal(Buffer.from(await fetchBytes(url, AbortSignal.abort())).toString(), 'a model')
  })

  it('fails when there is nothing that was fetched before', async () => {
    const { url, fetchBytes, answer } = await scene()
    answer(404)
    await assert.rejects(fetchBytes(url, signal), /404/)
  })

  it('reads a file where it is, up to 64 MiB', async () => {
    const { fetchBytes } = await scene()
    const file = join(temporaryFolder(), 'model.zip')
    const url = pathToFileURL(file).href
    await assert.rejects(fetchBytes(url, signal), { code: 'UNAVAILABLE', message: /model\.zip cannot be read: ENOENT/ })
    await assert.rejects(fetchBytes(url, signal), ({ cause }: Error) => errorCode(cause) === 'ENOENT')
    writeFileSync(file, 'local')
    assert.equal(Buffer.from(await fetchBytes(url, signal)).toString(), 'local')
    truncateSync(file, 64 * 1024 * 1024)
    assert.equal((await fetchBytes(url, signal)).length, 67_108_864)
    truncateSync(file, 64 * 1024 * 1024 + 1)
    await assert.rejects(fetchBytes(url, signal), { code: 'UNAVAILABLE', message: /67108865 bytes, at most 67108864/ })
  })
})
