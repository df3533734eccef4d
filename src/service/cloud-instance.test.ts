import assert from 'node:assert/strict'
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, describe, it } from 'node:test'
import { askCloudInstance } from './cloud-instance.js'

const google = { product_name: 'Google Compute Engine' }
const azure = { chassis_asset_tag: '7783-7084-3265-9085-8269-3286-77', product_name: 'Virtual Machine' }

function firmware(values: Readonly<Record<string, string>>) {
  const read = (path: string) => {
    const value = values[path.replace('/sys/class/dmi/id/', '')]
    return value === undefined ? undefined : `${value}\n`
  }
  return { read, list: () => [] }
}

/** A metadata service that a test plays. */
async function service(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => server.close())
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}

describe('the type of a cloud instance', () => {
  it('is told by the metadata services of Google and Azure, asked as each wants it', async () => {
    const asked: { url: string | undefined; headers: IncomingHttpHeaders }[] = []
    const address = await service(({ url, headers }, response) => {
      asked.push({ url, headers })
      response.end(url?.startsWith('/computeMetadata') ? 'projects/1234/machineTypes/n2-standard-4' : 'Standard_D4s_v3')
    })
    const ask = (dmi: Readonly<Record<string, string>>) => askCloudInstance({ files: firmware(dmi), fetch, address })
    assert.deepEqual(await ask(google), { instance: 'n2-standard-4' })
    assert.deepEqual(await ask(azure), { instance: 'Standard_D4s_v3' })
    assert.equal(asked[0]?.headers['metadata-flavor'], 'Google')
    assert.equal(asked[1]?.headers.metadata, 'true')
    assert.match(asked[1]?.url ?? '', /^\/metadata\/instance\/compute\/vmSize\?api-version=/)
  })

  it('is asked of nobody where the firmware names no such cloud', async () => {
    const forbidden: typeof fetch = () => assert.fail('nothing may be asked')
    for (const dmi of [{}, { product_name: 'Virtual Machine' }, { product_name: 'm5.4xlarge' }]) {
      const answer = await askCloudInstance({ files: firmware(dmi), fetch: forbidden })
      assert.match('why' in answer ? answer.why : '', /firmware names no cloud/)
    }
  })

  it('is asked for two seconds at most, at the address of the link', async (t) => {
    const patience = t.mock.method(AbortSignal, 'timeout').mock
    const urls: string[] = []
    const noting: typeof fetch = async (url) => {
      urls.push(String(url))
      return new Response('n2-standard-4')
    }
    await askCloudInstance({ files: firmware(google), fetch: noting })
    assert.deepEqual(urls, ['http://169.254.169.254/computeMetadata/v1/instance/machine-type'])
    assert.deepEqual(patience.calls[0]?.arguments, [2000])
  })

  it('has 64 characters at most, at the end of an answer of 512 bytes at most', async () => {
    const asked = async (text: string) => {
      const answer = await askCloudInstance({ files: firmware(google), fetch: async () => new Response(text) })
      return 'instance' in answer ? answer.instance : undefined
    }
    const long = 'x'.repeat(64)
    assert.equal(await asked(` ${long}\n`), long)
    assert.equal(await asked(`${long}x`), undefined)
    assert.equal(await asked(`${'p'.repeat(507)}/type`), 'type')
    assert.equal(await asked(`${'p'.repeat(508)}/type`), undefined)
    for (const none of ['', 'projects/1/', 'a b', 'n2.large']) assert.equal(await asked(none), undefined, none)
    const without = await askCloudInstance({ files: firmware(google), fetch: async () => new Response(null) })
    assert.match('why' in without ? without.why : '', /named no type/)
  })

  it('is not known where the service says something else, and nothing is thrown', async () => {
    const why = async (answer: RequestListener) => {
      const said = await askCloudInstance({ files: firmware(google), fetch, address: await service(answer) })
      return 'why' in said ? said.why : `took ${said.instance}`
    }
    assert.match(await why((_, response) => response.writeHead(403).end()), /answered 403/)
    assert.match(await why((_, response) => response.writeHead(302, { location: 'http://elsewhere/' }).end()), /cannot/)
    assert.match(await why((_, response) => response.end('<html>not found</html>\n')), /named no type/)
    assert.match(await why((_, response) => response.end('x'.repeat(100_000))), /named no type/)
    const nobody = { files: firmware(azure), fetch, address: 'http://127.0.0.1:1' }
    assert.match(JSON.stringify(await askCloudInstance(nobody)), /Azure's metadata service cannot be asked/)
  })
})
