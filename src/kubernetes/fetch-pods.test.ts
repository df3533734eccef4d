import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it, mock } from 'node:test'
import { httpProxy } from '../../test/support/http-proxy.js'
import { localServers } from '../../test/support/local-servers.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { tlsPath } from '../../test/support/tls.js'
import { type KubernetesServer, podsOf } from './fetch-pods.js'

const { serve, serveSecurely, onClose } = localServers()
const notAborted = () => new AbortController().signal

function tokenFile(text = ' the token\n'): string {
  const path = join(temporaryFolder(), 'token')
  writeFileSync(path, text)
  return path
}

/** Asks, and gives the answer and what was asked. */
async function asked(address: string, server: Partial<KubernetesServer> = {}) {
  return podsOf({ kind: 'kubelet', nodeName: 'n 1', tokenFile: tokenFile(), address, ...server })(notAborted())
}
const told = ({ method, url, headers }: IncomingMessage) =>
  `${method} ${url} ${headers.authorization} ${headers.accept} `

describe('the address that pods are asked of', () => {
  const failing = { nodeName: 'n', tokenFile: '/nonexistent' } as const
  for (const [kind, address, origin] of [
    ['kubelet', undefined, 'https://127.0.0.1:10250'],
    ['apiserver', undefined, 'https://kubernetes.default.svc'],
    ['kubelet', '10.0.0.5', 'https://10.0.0.5:10250'],
    ['apiserver', 'api.test', 'https://api.test'],
    ['kubelet', 'node:1234', 'https://node:1234'],
    ['apiserver', 'api:6443', 'https://api:6443'],
    ['kubelet', 'fd00::5', 'https://[fd00::5]:10250'],
    ['kubelet', '::FFFF:10.0.0.5', 'https://[::ffff:a00:5]:10250'],
    ['kubelet', '[fd00::5]:77', 'https://[fd00::5]:77'],
    ['kubelet', 'https://node/x:1', 'https://node'],
    ['kubelet', 'http://node:80', 'http://node'],
  ] as const) {
    it(`is ${origin} for the ${kind} at ${address}`, async () => {
      await assert.rejects(podsOf({ ...failing, kind, address })(notAborted()), (error: Error) => {
        return error.message.startsWith(`${kind} ${origin}: ENOENT`)
      })
    })
  }

  it('is refused by name where it is none', () => {
    for (const address of ['ftp://x', 'a b', 'node:99999', 'g::1']) {
      assert.throws(() => podsOf({ ...failing, kind: 'kubelet', address }), {
        field: 'METER_KUBE_ADDRESS',
        message: `METER_KUBE_ADDRESS: expected a host, host:port or URL, got "${address}"`,
      })
    }
  })
})

describe('podsOf', () => {
  it('asks the kubelet for its pods, with the token of the file', async () => {
    const url = await serve((request, response) => response.end(told(request)))
    assert.equal(await asked(url), 'GET /pods Bearer the token application/json ')
    assert.equal(await asked(`${url}base//`), 'GET /base/pods Bearer the token application/json ')
  })

  it('asks the API server for those of the node', async () => {
    const ca = { kind: 'apiserver', caFile: tlsPath('authority.pem') } as const
    const url = await serveSecurely((request, response) => response.end(told(request)))
    assert.match(
      await asked(`${url}base`, ca),
      /^GET \/base\/api\/v1\/pods\?fieldSelector=spec\.nodeName%3Dn\+1 Bearer/,
    )
  })

  it('takes any certificate of the kubelet, unless it has an authority, and none of another server', async () => {
    const url = await serveSecurely((_, response) => response.end('pods'))
    assert.equal(await asked(url), 'pods')
    assert.equal(await asked(url, { caFile: tlsPath('authority.pem') }), 'pods')
    await assert.rejects(asked(url, { caFile: tlsPath('client.pem') }), { code: 'UNAVAILABLE', message: /certificate/ })
    await assert.rejects(asked(url, { kind: 'apiserver' }), {
      message: /ENOENT.*\/var\/run\/secrets\/kubernetes\.io\/serviceaccount\/ca\.crt/,
    })
  })

  it('goes through a proxy to the API server, and never to the kubelet', async () => {
    const proxy = await httpProxy()
    onClose(() => proxy.close())
    const proxies = { httpProxy: proxy.url }
    const url = await serve((_, response) => response.end('pods'))
    await asked(url, { proxies })
    assert.deepEqual(proxy.asked, [])
    await asked(url, { proxies, kind: 'apiserver', caFile: tlsPath('authority.pem') })
    assert.equal(proxy.asked.length, 1)
  })

  it('says what it was answered, which server that was, and when it was told to stop', async () => {
    const url = await serve((_, response) => response.writeHead(403).end('no'))
    const origin = url.slice(0, -1)
    await assert.rejects(asked(url), { code: 'UNAVAILABLE', message: `kubelet ${origin}: it answered 403` })
    const created = await serve((_, response) => response.writeHead(201).end('[]'))
    await assert.rejects(asked(created), /it answered 201/)
    const ask = podsOf({ kind: 'kubelet', nodeName: 'n', tokenFile: tokenFile(), address: await serve(() => {}) })
    await assert.rejects(ask(AbortSignal.abort(new Error('stopped'))), { code: 'UNAVAILABLE', message: /: stopped$/ })
  })

  it('waits for ten seconds', async () => {
    let arrived = () => {}
    const asking = new Promise<void>((resolve) => {
      arrived = resolve
    })
    const address = await serve(() => arrived())
    const pods = podsOf({ kind: 'kubelet', nodeName: 'n', tokenFile: tokenFile(), address })
    mock.timers.enable({ apis: ['setTimeout'] })
    try {
      const answer = pods(notAborted()).catch((error: unknown) => error)
      await asking
      mock.timers.tick(9999)
      assert.equal(await Promise.race([answer, new Promise((resolve) => setImmediate(resolve, 'waits'))]), 'waits')
      mock.timers.tick(1)
      const error = await answer
      assert.ok(error instanceof Error && error.cause instanceof Error)
      assert.equal(error.message, `kubelet ${address.slice(0, -1)}: no answer within 10 s`)
    } finally {
      mock.timers.reset()
    }
  })

  it('reads the token anew each time', async () => {
    const file = tokenFile('first')
    const url = await serve((request, response) => response.end(request.headers.authorization))
    const ask = podsOf({ kind: 'kubelet', nodeName: 'n', tokenFile: file, address: url })
    assert.equal(await ask(notAborted()), 'Bearer first')
    writeFileSync(file, 'second')
    assert.equal(await ask(notAborted()), 'Bearer second')
  })
})
