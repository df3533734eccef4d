import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, it } from 'node:test'
import { type RunningProgram, startProgram } from '../support/program.js'
import { temporaryFolder } from '../support/temporary-folder.js'

describe("the original's command lines", () => {
  const folder = temporaryFolder()
  const config = join(folder, 'config')
  let program: RunningProgram | undefined
  afterEach(async () => {
    program?.signal('SIGTERM')
    await program?.ended
  })

  it('of Kepler 0.9, with what its image leaves in front, start the estimator', async () => {
    mkdirSync(config)
    writeFileSync(join(config, 'ESTIMATOR_SOCKETS'), join(folder, 'e.sock'))
    writeFileSync(join(config, 'MODEL_PATH'), join(folder, 'models'))
    writeFileSync(join(config, 'MODEL_SERVR_ENABLE'), 'true')
    const args = ['-u', 'src/kepler_model/estimate/estimator.py', '-l', 'debug', '-c', config]
    program = startProgram('estimator', args, { OFFLINE: 'true' })
    await program.waitFor(/"estimator","sockets":\["\S+e\.sock"\]/)
    assert.match(program.stderr(), /^warning: arguments of the original's image are ignored: -u src\/kepler_model/)
    assert.match(program.stderr(), /"level":"warn".*MODEL_SERVR_ENABLE.*did you mean MODEL_SERVER_ENABLE/)
  })

  it('of the original start the model server', async () => {
    const args = ['model-server', '-l', 'WARNING', '--port', '0', '--host', '127.0.0.1', '--model-path', folder]
    program = startProgram('model-server', args, { OFFLINE: 'true' })
    await program.waitFor(/"model-server","url"/)
  })
})
