import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { tlsPath, tlsText } from '../../test/support/tls.js'
import { loadConfig } from '../config/config.js'
import type { NetworkOptions } from '../net/network.js'
import { networkSettings } from './network-settings.js'
import { prometheusServer, type SecretFiles } from './prometheus-server.js'
import { prometheusSigner } from './prometheus-signer.js'

const configOf = (environment: Record<string, string> = {}) =>
  loadConfig({ environment: { CONFIG_PATH: '/nonexistent', ...environment } })
const serverOf = (environment: Record<string, string> = {}, secrets: SecretFiles = {}) =>
  prometheusServer(configOf(environment), secrets)

const tlsIn = async ({ tls }: NetworkOptions) => (typeof tls === 'function' ? tls() : tls)

describe('the settings of a Prometheus', () => {
  it('are its address and nothing else by default', async () => {
    const server = await serverOf({ PROM_SERVER: 'http://prometheus:9090/path', PROM_TIMEOUT: '7' })
    assert.deepEqual([server.url, server.idleSeconds, server.headers], ['http://prometheus:9090/path', 7, {}])
    assert.deepEqual([server.matchers, server.unmatched], [[], []])
    for (const key of ['sign', 'bearerToken', 'username', 'password']) assert.ok(!(key in server), key)
  })

  it('are headers, whose names are lower-case and whose values may have colons', async () => {
    const headersOf = async (text: string) => (await serverOf({ PROM_HEADERS: text })).headers
    assert.deepEqual(await headersOf(' X-Scope-OrgID : team-a ,, x-b:1:2,'), {
      'x-scope-orgid': 'team-a',
      'x-b': '1:2',
    })
    assert.deepEqual(await headersOf('x-empty:'), { 'x-empty': '' })
    for (const text of ['x y:1', ':1', 'x-a:1,x-b', 'x-a:\u0007'])
      await assert.rejects(headersOf(text), { code: 'INVALID_CONFIG', field: 'PROM_HEADERS' }, text)
  })

  it('are the labels of its series, and the meters that need not have them', async () => {
    const server = await serverOf({ PROM_SELECTOR: 'job="kepler"', POWER_METRIC: 'ipmi_watts' })
    assert.deepEqual(server.matchers, [{ label: 'job', operator: '=', value: 'kepler' }])
    assert.deepEqual(server.unmatched, ['ipmi_watts'])
  })

  it('are a user, whose password a file may have', async () => {
    const file = join(temporaryFolder(), 'password')
    writeFileSync(file, ' of a file \n')
    const user = { PROM_USERNAME: 'me', PROM_PASSWORD: 'of a setting' }
    const { username, password } = await serverOf(user)
    assert.deepEqual([username, password], ['me', 'of a setting'])
    assert.equal((await serverOf(user, { passwordFile: file })).password, 'of a file')
    await assert.rejects(serverOf(user, { passwordFile: `${file}2` }), { field: 'password-file' })
  })

  it('are a token of an option, of a file or of a setting, in this order', async () => {
    const folder = temporaryFolder()
    const fileOf = (name: string) => {
      writeFileSync(join(folder, name), name)
      return join(folder, name)
    }
    const tokenOf = async (environment: Record<string, string>, secrets: SecretFiles = {}) => {
      const { bearerToken } = await serverOf(environment, secrets)
      return typeof bearerToken === 'function' ? bearerToken() : bearerToken
    }
    const setting = { PROM_BEARER_TOKEN: 'setting' }
    const file = { ...setting, PROM_BEARER_TOKEN_FILE: fileOf('file') }
    assert.equal(await tokenOf(setting), 'setting')
    assert.equal(await tokenOf(file), 'file')
    assert.equal(await tokenOf(file, { bearerTokenFile: fileOf('option') }), 'option')
    await assert.rejects(tokenOf({}, { bearerTokenFile: `${folder}/none` }), { field: 'bearer-token-file' })
  })

  it('are its own authority, else that of all servers, and whether its certificate counts', async () => {
    const [own, all] = [tlsPath('authority.pem'), tlsPath('client.pem')]
    const tlsOf = async (environment: Record<string, string>) => tlsIn(await serverOf(environment))
    assert.deepEqual(await tlsOf({}), { insecure: false })
    assert.deepEqual(await tlsOf({ PROM_SSL_DISABLE: 'true' }), { insecure: true })
    assert.deepEqual(await tlsOf({ CA_FILE: all }), { insecure: false, extraCa: tlsText('client.pem') })
    assert.deepEqual(await tlsOf({ CA_FILE: all, PROM_CA_FILE: own }), {
      insecure: false,
      ca: tlsText('authority.pem'),
    })
  })

  it('may have certificate and key in one file', async () => {
    const file = join(temporaryFolder(), 'both.pem')
    const both = tlsText('client.pem') + tlsText('client.key')
    writeFileSync(file, both)
    const server = await serverOf({ PROM_CERT_FILE: file })
    assert.deepEqual(await tlsIn(server), { insecure: false, cert: both, key: both })
  })
})

describe('networkSettings', () => {
  it('are the proxies, and how long a connection may take', async () => {
    const { tls, ...settings } = await networkSettings(
      configOf({ HTTP_PROXY: 'http://a:1', HTTPS_PROXY: 'http://b:2', NO_PROXY: 'c', CONNECT_TIMEOUT: '3' }),
    )
    const expected = { httpProxy: 'http://a:1', httpsProxy: 'http://b:2', noProxy: 'c', connectTimeout: 3 }
    assert.deepEqual(settings, expected satisfies NetworkOptions)
    assert.deepEqual(await tlsIn({ tls }), {})
  })
})

describe('credentials of Amazon', () => {
  const region = { PROM_SIGV4_REGION: 'eu-central-1' }
  const sign = async (environment: Record<string, string>, network: NetworkOptions = {}) =>
    prometheusSigner(configOf({ ...region, ...environment }), network)?.(new URL('http://prometheus/api'))

  /** A server that notes what it is asked, and answers credentials. */
  async function answering() {
    const asked: (string | undefined)[] = []
    const server = createServer((request, response) => {
      asked.push(request.headers.authorization)
      const Expiration = new Date(Date.now() + 3_600_000).toISOString()
      response.end(JSON.stringify({ AccessKeyId: 'KEY', SecretAccessKey: 's', Token: 't', Expiration }))
    })
    server.on('connect', (request, socket) => {
      asked.push(request.url)
      socket.end('HTTP/1.1 403 Forbidden\r\n\r\n')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    after(() => {
      server.closeAllConnections()
      server.close()
    })
    return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  }

  it('are not needed where no region is named', () => {
    assert.equal(prometheusSigner(configOf(), {}), undefined)
  })

  it('are asked of the service of the region, which has a domain of its own in China', async () => {
    const file = join(temporaryFolder(), 'token')
    writeFileSync(file, 'a token')
    const { asked, url } = await answering()
    const role = { AWS_ROLE_ARN: 'arn:role', AWS_WEB_IDENTITY_TOKEN_FILE: file }
    for (const PROM_SIGV4_REGION of ['eu-central-1', 'cn-north-1'])
      await assert.rejects(sign({ ...role, PROM_SIGV4_REGION }, { httpsProxy: url }))
    assert.deepEqual(asked, ['sts.eu-central-1.amazonaws.com:443', 'sts.cn-north-1.amazonaws.com.cn:443'])
  })

  it('are asked of the agent of a container without a token where there is none', async () => {
    const { asked, url } = await answering()
    const headers = await sign({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/agent` })
    assert.match(headers?.authorization ?? '', /Credential=KEY\//)
    assert.deepEqual(asked, [undefined])
  })

  it('need both halves of a key or a role', async () => {
    const error = { code: 'INVALID_CONFIG', field: 'PROM_SIGV4_REGION' }
    for (const half of [{ AWS_SECRET_ACCESS_KEY: 'b' }, { AWS_ROLE_ARN: 'r' }, { AWS_WEB_IDENTITY_TOKEN_FILE: '/t' }])
      await assert.rejects(sign(half as Record<string, string>), error, JSON.stringify(half))
  })
})
