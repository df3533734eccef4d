import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { runCli } from '../../../test/support/cli.js'
import { keplerModelProgram } from '../program.js'

describe('kepler-model simulate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'simulate-'))
  after(() => rmSync(folder, { recursive: true }))
  const simulate = (...args: string[]) => runCli(keplerModelProgram, ['simulate', '--data-path', folder, ...args], {})

  it('says what to do when another program listens on the port', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { code, stderr } = await simulate('--serve', String(port))
    other.close()
    assert.equal(code, 69)
    assert.match(stderr, /cannot listen on 127\.0\.0\.1:\d+: another program listens there; choose another port/)
  })

  it('writes a response, compressed too, and the truth beside it', async () => {
    const options = ['--duration', '30', '--seed', '4']
    assert.equal((await simulate('-o', 'a.json', '--truth', 'truth.json', ...options)).code, 0)
    assert.equal((await simulate('-o', 'a.json.gz', ...options)).code, 0)
    const text = readFileSync(join(folder, 'a.json'), 'utf8')
    assert.equal(gunzipSync(readFileSync(join(folder, 'a.json.gz'))).toString(), text)
    assert.ok(JSON.parse(text).kepler_node_package_joules_total.length === 4)
    assert.equal(JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')).samples.length, 10)
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.tmp')),
      [],
    )
  })

  it('names the option that is wrong', async () => {
    const run = await simulate('-o', 'b.json', '--step', 'often')
    assert.equal(run.code, 2)
    assert.match(run.stderr, /--step is a number from .*"often"/)
    assert.match((await simulate()).stderr, /--output FILE, or --serve PORT/)
  })

  it('leaves nothing behind when it is stopped', async () => {
    const stop = new AbortController()
    setImmediate(() => stop.abort('SIGINT'))
    const args = ['simulate', '--data-path', folder, '-o', 'c.json', '--duration', '20000']
    const run = await runCli(keplerModelProgram, args, { signal: stop.signal })
    assert.equal(run.code, 130)
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('c.')),
      [],
    )
  })
})
