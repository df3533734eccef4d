import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { loadConfig } from '../config/config.js'
import { prometheusClient } from '../prometheus/client.js'
import { prometheusServer } from './prometheus-server.js'

const range = { start: 0, end: 10, step: 1 }

describe('prometheusServer', () => {
  const folder = temporaryFolder()
  const file = join(folder, 'token')
  const seen: (string | undefined)[] = []
  const server = createServer((request, response) => {
    seen.push(request.headers.authorization)
    response.setHeader('content-type', 'application/json')
    response.end('{"status":"success","data":[]}')
  })
  before(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
  after(() => void server.close())

  async function clientOf(environment: Record<string, string>, secrets = {}) {
    const { port } = server.address() as AddressInfo
    const config = loadConfig({
      environment: { PROM_SERVER: `http://127.0.0.1:${port}`, CONFIG_PATH: '/nonexistent', ...environment },
    })
    const client = prometheusClient(await prometheusServer(config, secrets), { attempts: 1 })
    after(() => client.close())
    return client
  }

  it('reads the token of a file anew for each query', async () => {
    writeFileSync(file, 'first\n')
    const client = await clientOf({ PROM_BEARER_TOKEN_FILE: file, PROM_BEARER_TOKEN: 'never' })
    await client.metricNames(range)
    writeFileSync(file, 'second\n')
    await client.metricNames(range)
    assert.deepEqual(seen.splice(0), ['Bearer first', 'Bearer second'])
  })

  it('takes the file of an option before that of the settings', async () => {
    const other = join(folder, 'other')
    writeFileSync(other, 'third')
    const client = await clientOf({ PROM_BEARER_TOKEN_FILE: file }, { bearerTokenFile: other })
    await client.metricNames(range)
    assert.deepEqual(seen.splice(0), ['Bearer third'])
  })

  it('names a file that is not there or empty, asks nothing meanwhile, and goes on when it is back', async () => {
    rmSync(file)
    const client = await clientOf({ PROM_BEARER_TOKEN_FILE: file })
    const error = { code: 'INVALID_CONFIG', field: 'PROM_BEARER_TOKEN_FILE' }
    await assert.rejects(client.metricNames(range), { ...error, message: /token cannot be read: ENOENT/ })
    writeFileSync(file, '\n')
    await assert.rejects(client.metricNames(range), { ...error, message: /token is empty/ })
    assert.deepEqual(seen, [])
    writeFileSync(file, 'back')
    await client.metricNames(range)
    assert.deepEqual(seen.splice(0), ['Bearer back'])
  })

  it('shows no secret that cannot be sent', async () => {
    const hidden = ({ message, code }: Error & { code?: string }) =>
      code === 'INVALID_CONFIG' && !message.includes('geheim')
    writeFileSync(file, 'geheim\ngeheim')
    await assert.rejects((await clientOf({ PROM_BEARER_TOKEN_FILE: file })).metricNames(range), hidden)
    await assert.rejects((await clientOf({ PROM_BEARER_TOKEN: 'geheim €' })).metricNames(range), hidden)
    await assert.rejects(clientOf({ PROM_HEADERS: 'x-scope:geheim €' }), hidden)
    await assert.rejects(clientOf({ PROM_HEADERS: 'no header' }), { field: 'PROM_HEADERS' })
    assert.deepEqual(seen, [])
  })
})
