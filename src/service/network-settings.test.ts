import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { tlsPath, tlsText } from '../../test/support/tls.js'
import { loadConfig } from '../config/config.js'
import { createNetwork } from '../net/network.js'
import { download } from '../registry/download.js'
import { networkSettings } from './network-settings.js'

it('downloads from a server whose authority CA_FILE names, and from no other', async () => {
  const server = createServer({ key: tlsText('server.key'), cert: tlsText('server.pem') }, (request, response) => {
    response.writeHead(request.url === '/file' ? 200 : 404).end('content')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `https://localhost:${(server.address() as AddressInfo).port}/file`
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  const path = join(temporaryFolder(), 'file')
  const fetchWith = async (environment: Record<string, string>) => {
    const config = loadConfig({ environment: { CONFIG_PATH: '/nonexistent', ...environment } })
    const network = createNetwork(await networkSettings(config))
    try {
      await download(url, path, { network, attempts: 1 })
    } finally {
      await network.close()
    }
  }
  await assert.rejects(fetchWith({}), { code: 'UNAVAILABLE', message: /certificate/ })
  await fetchWith({ CA_FILE: tlsPath('authority.pem') })
  assert.equal(readFileSync(path, 'utf8'), 'content')
})
