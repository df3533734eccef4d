import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fakeModelSelector } from '../../test/support/model-selector.js'
import { fakeOnlineStatus } from '../../test/support/online-status.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { pipelineVersions } from '../online/versions/versions.js'
import { silentLogger } from '../runtime/ports.js'
import { createModelServerApp, type ModelServerAppOptions } from './model-server-app.js'

const limits = { maxBodyBytes: 262_144, requestTimeout: 10, idleTimeout: 10, maxConnections: 100 }

function serve(optional: Pick<ModelServerAppOptions, 'curves' | 'online'>) {
  return createModelServerApp({
    selector: fakeModelSelector(),
    logger: silentLogger,
    limits,
    version: '1',
    ...optional,
  })
}
const curves = { source: { answer: async () => assert.fail('nobody asks') }, thisMachine: () => ({ machine: {} }) }
const online = {
  status: () => fakeOnlineStatus({ pipeline: 'std' }),
  metrics: async () => '',
  versions: pipelineVersions(temporaryFolder(), 'std', 5),
}

describe('GET /', () => {
  for (const [name, optional] of Object.entries({ 'a plain server': {}, 'one with all': { curves, online } })) {
    it(`names every path of ${name}, and no other`, async () => {
      const app = serve(optional)
      const { paths } = (await app.inject('/openapi.json')).json<{ paths: Record<string, unknown> }>()
      const known = Object.keys(paths).filter((path) => path !== '/' && !path.startsWith('/page/'))
      const { body } = await app.inject('/')
      const listed = [...body.matchAll(/^(?:GET|POST) +(\S+?)(?:, (\S+))? {2,}/gm)]
        .flatMap(([, first, second]) => [first, second])
        .filter((path) => path !== undefined)
      const named = (path: string) =>
        listed.some((one) => one === path || (one.endsWith('...') && path.startsWith(one.slice(0, -3))))
      assert.deepEqual(
        known.filter((path) => !named(path)),
        [],
      )
      for (const path of ['/curve', '/status']) assert.equal(listed.includes(path), known.includes(path), path)
      await app.close()
    })
  }
})
