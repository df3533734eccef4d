import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { pipelineFiles, writeFiles } from '../support/pipeline-fixture.js'
import { startProgram } from '../support/program.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const folder = temporaryFolder()
writeFiles(join(folder, 'small-0.1'), pipelineFiles([{ name: 'SGDRegressorTrainer_0', weights: true }]))
const powerRequest = JSON.stringify({ metrics: ['cpu_cycles'], values: [[1]], output_type: 'DynPower' })

describe('kepler-model serve', () => {
  it('serves models and estimates, prints how to ask for both, and leaves no socket behind', async () => {
    const sockets = [join(folder, 'a.sock'), join(folder, 'b.socket')]
    const program = startProgram('kepler-model', [
      ...['serve', '--host', '127.0.0.1', '--port', '0', '--http', '0', '--offline', '--model-path', folder],
      ...sockets.flatMap((path) => ['--socket', path]),
    ])
    const [, estimator] = await program.waitFor(/"estimator","url":"(http[^"]+)"/)
    const [, server] = await program.waitFor(/"model-server","url":"(http[^"]+)"/)
    assert.equal((await fetch(`${server}/readyz`)).status, 200)

    for (const path of sockets) {
      const socket = connect(path)
      socket.write(powerRequest)
      // The pipeline has no DynPower model: an answer that says so, with the empty list that Kepler takes as failure.
      assert.match(await text(socket), /^\{"powers":\[\],"msg":"no DynPower model for rapl-sysfs: .*small-0\.1/)
    }
    const refused = await fetch(`${estimator}/estimate`, { method: 'POST', body: powerRequest })
    assert.equal(refused.status, 400)
    assert.match(await refused.text(), /^\{"powers":\[\],"msg":"no DynPower model.*"code":"NO_MODEL"/)
    assert.match(await (await fetch(`${estimator}/info`)).text(), /"model_sources":\["this process"/)
    assert.match(
      await (await fetch(`${estimator}/metrics`)).text(),
      /^kepler_estimator_failures_total\{code="NO_MODEL"\} /m,
    )
    assert.equal((await fetch(`${estimator}/readyz`)).status, 503)

    program.signal('SIGTERM')
    assert.equal(await program.ended, 0)
    for (const path of sockets) assert.equal(existsSync(path), false)
  })

  it('stops what it has started when the rest cannot start', async () => {
    const taken = join(folder, 'no-socket')
    writeFiles(folder, { 'no-socket': 'a file' })
    const program = startProgram('kepler-model', [
      ...['serve', '--host', '127.0.0.1', '--port', '0', '--http', '0', '--offline', '--model-path', folder],
      ...['--socket', taken],
    ])
    assert.equal(await program.ended, 69)
    assert.match(program.stderr(), /^error: cannot listen on ".*no-socket": a file that is no socket is in the way/m)
  })
})

describe('estimator', () => {
  it('names a machine spec file that is not there', async () => {
    const program = startProgram('estimator', [
      '--machine-spec',
      join(folder, 'none.json'),
      '--socket',
      join(folder, 'c'),
    ])
    assert.equal(await program.ended, 2)
    assert.match(program.stderr(), /^error: machine spec .*none\.json cannot be read/m)
  })
})
