import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { localServers } from '../../test/support/local-servers.js'
import {
  type AwsCredentialSource,
  containerCredentials,
  keptCredentials,
  webIdentityCredentials,
} from './aws-credentials.js'

const { serve, network } = localServers()
const token = async () => 'a token & more'

/** A service that says always the same, and what it was asked. */
async function service(status: number, answer: unknown) {
  const asked = { method: '', body: '', authorization: undefined as string | undefined, accept: undefined as unknown }
  const url = await serve((request, response) => {
    asked.method = request.method ?? ''
    asked.authorization = request.headers.authorization
    asked.accept = request.headers.accept
    request.setEncoding('utf8').on('data', (text: string) => {
      asked.body += text
    })
    request.on('end', () =>
      response.writeHead(status).end(typeof answer === 'string' ? answer : JSON.stringify(answer)),
    )
  })
  return { url, asked }
}
const assumed = (Credentials: object) => ({
  AssumeRoleWithWebIdentityResponse: { AssumeRoleWithWebIdentityResult: { Credentials } },
})
const given = { AccessKeyId: 'id', SecretAccessKey: 'secret', SessionToken: 'session', Expiration: 1_700_000_000.5 }

describe('credentials of a role', () => {
  const ask = (endpoint: string) =>
    webIdentityCredentials({ network: network(), endpoint, roleArn: 'arn:aws:iam::1:role/r', token })()

  it('are given for a token of Kubernetes', async () => {
    const { url, asked } = await service(200, assumed(given))
    assert.deepEqual(await ask(url), {
      accessKeyId: 'id',
      secretAccessKey: 'secret',
      sessionToken: 'session',
      expires: 1_700_000_000_500,
    })
    assert.deepEqual([asked.method, asked.accept], ['POST', 'application/json'])
    const sent = Object.fromEntries(new URLSearchParams(asked.body))
    assert.equal(sent.Action, 'AssumeRoleWithWebIdentity')
    assert.equal(sent.RoleArn, 'arn:aws:iam::1:role/r')
    assert.equal(sent.WebIdentityToken, 'a token & more')
  })

  it('are refused with what the service says', async () => {
    const problem = { Error: { Code: 'ExpiredToken', Message: 'it expired' } }
    for (const [status, code] of [
      [399, 'UNAVAILABLE'],
      [400, 'INVALID_CONFIG'],
      [499, 'INVALID_CONFIG'],
      [500, 'UNAVAILABLE'],
    ] as const) {
      const { url } = await service(status, problem)
      await assert.rejects(ask(url), {
        code,
        field: 'PROM_SIGV4_REGION',
        message: `AWS at ${url} answered ${status}: "ExpiredToken: it expired"`,
      })
    }
  })

  it('are none in any other answer', async () => {
    for (const [status, answer] of [
      [200, assumed({ ...given, Expiration: 'soon' })],
      [200, '<html>'],
      [202, assumed(given)],
    ] as const) {
      const { url } = await service(status, answer)
      await assert.rejects(ask(url), {
        code: 'UNAVAILABLE',
        message: `AWS at ${url} answered ${status}: no credentials`,
      })
    }
  })

  it('are looked for in 64 KiB', async () => {
    const fill = (bytes: number) => JSON.stringify(assumed(given)).padEnd(bytes)
    assert.equal((await ask((await service(200, fill(65_536))).url)).accessKeyId, 'id')
    await assert.rejects(ask((await service(200, fill(65_537))).url), { code: 'LIMIT_EXCEEDED' })
  })
})

describe('credentials of a container', () => {
  const plain = { AccessKeyId: 'id', SecretAccessKey: 'secret' }

  it('are given to whoever has the token, until they expire', async () => {
    const { url, asked } = await service(200, { ...plain, Token: 'session', Expiration: '1970-01-01T00:01:00Z' })
    assert.deepEqual(await containerCredentials({ network: network(), url, token })(), {
      accessKeyId: 'id',
      secretAccessKey: 'secret',
      sessionToken: 'session',
      expires: 60_000,
    })
    assert.deepEqual([asked.method, asked.authorization], ['GET', 'a token & more'])
  })

  it('may need no token, and never expire', async () => {
    const { url, asked } = await service(200, plain)
    const { sessionToken, expires } = await containerCredentials({ network: network(), url, token: undefined })()
    assert.deepEqual([sessionToken, expires, asked.authorization], [undefined, undefined, undefined])
  })
})

describe('kept credentials', () => {
  /** The nth asking gives the nth key, which lives so long. */
  function source(life: number | undefined, now: { readonly at: number }) {
    const seen = { count: 0 }
    const ask: AwsCredentialSource = async () => {
      seen.count++
      const expires = life === undefined ? undefined : 1_000_000 + now.at + life
      return { accessKeyId: String(seen.count), secretAccessKey: '', expires }
    }
    const kept = keptCredentials(
      ask,
      () => 1_000_000 + now.at,
      () => now.at,
    )
    return { seen, key: async () => (await kept()).accessKeyId }
  }

  it('are asked for anew five minutes before they expire', async () => {
    const now = { at: 50 }
    const { key } = source(3_600_000, now)
    const keys: string[] = []
    for (const at of [50, 50 + 3_299_999, 50 + 3_300_000, 50 + 3_300_001]) {
      now.at = at
      keys.push(await key())
    }
    assert.deepEqual(keys, ['1', '1', '2', '2'])
  })

  it('are kept for ever when they do not expire, and asked for once by all', async () => {
    const now = { at: 0 }
    const { key, seen } = source(undefined, now)
    assert.deepEqual(await Promise.all([key(), key()]), ['1', '1'])
    now.at = 1e15
    assert.equal(await key(), '1')
    assert.equal(seen.count, 1)
  })

  it('are asked for again after a failure', async () => {
    let count = 0
    const kept = keptCredentials(
      async () => {
        if (++count === 1) throw new Error('away')
        return { accessKeyId: 'id', secretAccessKey: '' }
      },
      () => 0,
    )
    await assert.rejects(kept(), /away/)
    assert.equal((await kept()).accessKeyId, 'id')
    await kept()
    assert.equal(count, 2)
  })
})
