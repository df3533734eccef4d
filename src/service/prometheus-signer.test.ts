import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { loadConfig } from '../config/config.js'
import { prometheusClient } from '../prometheus/client.js'
import { prometheusServer } from './prometheus-server.js'

const range = { start: 0, end: 10, step: 1 }

/** An Amazon of three services on one port: Prometheus, the Security Token Service, the agent of a container. */
describe('a Prometheus of Amazon', () => {
  const tokenFile = join(temporaryFolder(), 'token')
  let signed: IncomingHttpHeaders[] = []
  let forms: URLSearchParams[] = []
  let agentAsked: (string | undefined)[] = []
  let lifetime = 3600
  let refuses = false
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    response.setHeader('content-type', 'application/json')
    const seconds = Date.now() / 1000 + lifetime
    const key = { AccessKeyId: `KEY${forms.length + agentAsked.length}`, SecretAccessKey: 'geheim' }
    if (request.url === '/sts') {
      forms.push(new URLSearchParams(body))
      if (refuses) {
        const problem = { Code: 'InvalidIdentityToken', Message: 'The token is expired' }
        return response.writeHead(400).end(JSON.stringify({ Error: problem }))
      }
      const Credentials = { ...key, SessionToken: 'session', Expiration: seconds }
      const AssumeRoleWithWebIdentityResult = { Credentials }
      return response.end(JSON.stringify({ AssumeRoleWithWebIdentityResponse: { AssumeRoleWithWebIdentityResult } }))
    }
    if (request.url === '/agent') {
      agentAsked.push(request.headers.authorization)
      return response.end(JSON.stringify({ ...key, Token: 'pod', Expiration: new Date(seconds * 1000).toISOString() }))
    }
    signed.push(request.headers)
    return response.end('{"status":"success","data":[]}')
  })
  let url = ''
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    writeFileSync(tokenFile, 'a token\n')
  })
  after(() => void server.close())
  beforeEach(() => {
    signed = []
    forms = []
    agentAsked = []
    lifetime = 3600
    refuses = false
  })

  async function connect(environment: Record<string, string>) {
    const common = {
      PROM_SERVER: `${url}/workspaces/ws-1`,
      PROM_SIGV4_REGION: 'eu-central-1',
      CONFIG_PATH: '/nonexistent',
    }
    const config = loadConfig({ environment: { ...common, ...environment } })
    const client = prometheusClient(await prometheusServer(config), { attempts: 1 })
    after(() => client.close())
    return client
  }
  const keysUsed = () => signed.map(({ authorization }) => /Credential=(\w+)\//.exec(authorization ?? '')?.[1])

  it('is asked with a signature of the key in the settings', async () => {
    const client = await connect({ AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'k', AWS_SESSION_TOKEN: 't' })
    await client.metricNames(range)
    const [headers] = signed
    assert.match(
      headers?.authorization ?? '',
      /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-central-1\/aps\/aws4_request/,
    )
    assert.equal(headers?.['x-amz-security-token'], 't')
  })

  it('is asked with the credentials of a role that trusts the token of a pod, until they are about to expire', async () => {
    const role = {
      AWS_ROLE_ARN: 'arn:role',
      AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
      AWS_ENDPOINT_URL_STS: `${url}/sts`,
    }
    const client = await connect(role)
    await Promise.all([client.metricNames(range), client.metricNames(range)])
    assert.deepEqual(keysUsed(), ['KEY0', 'KEY0'])
    const { Action, RoleArn, WebIdentityToken } = Object.fromEntries(forms[0] ?? [])
    assert.deepEqual([Action, RoleArn, WebIdentityToken], ['AssumeRoleWithWebIdentity', 'arn:role', 'a token'])
    assert.equal(signed[0]?.['x-amz-security-token'], 'session')

    lifetime = 299
    signed = []
    const brief = await connect(role)
    await brief.metricNames(range)
    await brief.metricNames(range)
    assert.deepEqual(keysUsed(), ['KEY1', 'KEY2'])
  })

  it('says why the role cannot be taken, and tries again with the next question', async () => {
    const role = {
      AWS_ROLE_ARN: 'arn:role',
      AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
      AWS_ENDPOINT_URL_STS: `${url}/sts`,
    }
    const client = await connect(role)
    refuses = true
    await assert.rejects(client.metricNames(range), {
      code: 'INVALID_CONFIG',
      message: `AWS at ${url}/sts answered 400: "InvalidIdentityToken: The token is expired"`,
    })
    refuses = false
    await client.metricNames(range)
    assert.equal(signed.length, 1)
  })

  it('is asked with the credentials of the agent of a container', async () => {
    const client = await connect({
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/agent`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: tokenFile,
      HTTP_PROXY: 'http://127.0.0.1:1',
    })
    // The agent is asked straight, Prometheus through a proxy that nobody answers on.
    await assert.rejects(client.metricNames(range), { message: /through the proxy/ })
    assert.deepEqual(agentAsked, ['a token'])
  })

  it('is not asked without credentials, or with others beside them', async () => {
    const field = 'PROM_SIGV4_REGION'
    await assert.rejects(connect({}), { code: 'INVALID_CONFIG', field, message: /AWS_ROLE_ARN/ })
    await assert.rejects(connect({ AWS_ACCESS_KEY_ID: 'a' }), { code: 'INVALID_CONFIG', field })
    const key = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' }
    await assert.rejects(connect({ ...key, PROM_BEARER_TOKEN: 'c' }), { code: 'INVALID_CONFIG', field })
    await assert.rejects(connect({ ...key, PROM_USERNAME: 'c' }), { code: 'INVALID_CONFIG', field })
  })
})
