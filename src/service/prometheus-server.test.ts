import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { tlsPath, tlsText } from '../../test/support/tls.js'
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

  /** A server that takes only clients of the test authority, and whom it saw. */
  async function mutualTls(): Promise<{ client: string[]; port: number }> {
    const client: string[] = []
    const identity = { key: tlsText('server.key'), cert: tlsText('server.pem'), ca: tlsText('authority.pem') }
    const secure = createSecureServer(
      { ...identity, requestCert: true, rejectUnauthorized: true },
      (request, response) => {
        client.push(String((request.socket as TLSSocket).getPeerCertificate().subject.CN))
        response.setHeader('content-type', 'application/json').end('{"status":"success","data":[]}')
      },
    )
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve))
    after(() => {
      secure.closeAllConnections()
      secure.close()
    })
    return { client, port: (secure.address() as AddressInfo).port }
  }

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

  it('shows a certificate to a server that wants one, and the new one when the files were renewed', async () => {
    const { client: shown, port } = await mutualTls()
    const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') }
    writeFileSync(files.cert, tlsText('client.pem'))
    writeFileSync(files.key, tlsText('client.key'))
    const client = await clientOf({
      PROM_SERVER: `https://127.0.0.1:${port}`,
      PROM_CA_FILE: tlsPath('authority.pem'),
      PROM_CERT_FILE: files.cert,
      PROM_KEY_FILE: files.key,
    })
    await client.metricNames(range)
    writeFileSync(files.cert, tlsText('server.pem'))
    writeFileSync(files.key, tlsText('server.key'))
    await client.metricNames(range)
    assert.deepEqual(shown, ['Test client', 'localhost'])
    const without = await clientOf({ PROM_SERVER: `https://127.0.0.1:${port}`, CA_FILE: tlsPath('authority.pem') })
    await assert.rejects(without.metricNames(range), { code: 'UNAVAILABLE' })
  })

  it('names certificates and keys that cannot be used when it starts', async () => {
    const [authority, cert, key] = [tlsPath('authority.pem'), tlsPath('client.pem'), tlsPath('server.key')]
    const cases: [Record<string, string>, string][] = [
      [{ PROM_CERT_FILE: cert, PROM_KEY_FILE: key }, 'PROM_CERT_FILE'],
      [{ PROM_CERT_FILE: cert }, 'PROM_CERT_FILE'],
      [{ PROM_KEY_FILE: key }, 'PROM_CERT_FILE'],
      [{ PROM_CERT_FILE: cert, PROM_KEY_FILE: '/nowhere' }, 'PROM_KEY_FILE'],
      [{ PROM_CA_FILE: key }, 'PROM_CA_FILE'],
      [{ PROM_CA_FILE: authority, CA_FILE: key }, 'CA_FILE'],
      [{ CA_FILE: '/nowhere' }, 'CA_FILE'],
    ]
    for (const [environment, field] of cases) {
      await assert.rejects(clientOf(environment), { code: 'INVALID_CONFIG', field }, JSON.stringify(environment))
    }
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
