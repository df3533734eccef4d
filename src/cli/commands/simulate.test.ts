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

  it('writes hosts with virtual machines, and the truth of each', async () => {
    const fleet = ['--hosts', '2', '--vms', '2', '--vcpus', '4', '--scenario', 'batch', '--duration', '6']
    assert.equal((await simulate('-o', 'fleet.json', '--truth', 'fleet-truth.json', ...fleet)).code, 0)
    const response = JSON.parse(readFileSync(join(folder, 'fleet.json'), 'utf8'))
    assert.equal(response.kepler_vm_cpu_joules_total.length, 2 * 2 * 5)
    assert.equal(response.node_cpu_seconds_total.length, 8 * (2 * 32 + 4 * 4))
    const truth = JSON.parse(readFileSync(join(folder, 'fleet-truth.json'), 'utf8'))
    assert.deepEqual(truth.components, ['package', 'core', 'uncore', 'dram', 'psys'])
    assert.equal(truth.samples[0].guests.length, 4)
  })

  it('says which options have no meaning for a node, or for hosts with virtual machines', async () => {
    for (const [args, message] of [
      [['--hosts', '2'], /--hosts has no meaning without --vms/],
      [['--vms', '2', '--package-ratio'], /--package-ratio has no meaning with --vms/],
      [['--vms', '2', '--node-type', '3'], /--node-type has no meaning with --vms/],
      [['--vms', '2', '--scenario', 'mixed'], /there are services, batch, vector/],
      [['--vms', '0'], /--vms is a number from 1/],
      [['--vms', '200', '--hosts', '2000'], /more than 10000/],
    ] as const) {
      const run = await simulate('-o', 'no.json', ...args)
      assert.equal(run.code, 2, run.stderr)
      assert.match(run.stderr, message)
    }
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
