import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { runCli } from '../../../test/support/cli.js'
import { pipelineFiles, writeFiles } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { keplerModelProgram } from '../program.js'

describe('kepler-model merge', () => {
  const folder = temporaryFolder()
  for (const [name, mae] of [
    ['a', 2],
    ['b', 1],
  ] as const) {
    mkdirSync(join(folder, name))
    writeFiles(join(folder, name), pipelineFiles([{ name: 'SGDRegressorTrainer_1', mae }]))
  }
  const run = (...args: string[]) => runCli(keplerModelProgram, ['merge', ...args, '--data-path', folder])

  it('says which model it kept, and why', async () => {
    const { code, stdout, stderr } = await run('a', 'b', '-p', 'both')
    assert.equal(code, 0, stderr)
    const path = join(folder, 'both')
    assert.deepEqual(stdout.trim().split('\n'), [
      'rapl-sysfs/AbsPower/BPFOnly/SGDRegressorTrainer_1: b/SGDRegressorTrainer_1 is kept, not a/SGDRegressorTrainer_1: larger mae than b/SGDRegressorTrainer_1',
      `1 model of 3 node types merged into ${path} and ${path}.zip`,
    ])
    const { models, conflicts } = JSON.parse((await run('a', 'b', '-p', 'both', '--json')).stdout)
    assert.deepEqual([models, conflicts.length], [1, 1])
  })

  it('exits with 2 for one pipeline, one that is not there, and a name that is taken', async () => {
    assert.equal((await run('a', '-p', 'both')).code, 2)
    assert.equal((await run('a', 'nowhere', '-p', 'both')).code, 2)
    const { code, stderr } = await run('a', 'b', '-p', 'a')
    assert.equal(code, 2)
    assert.match(stderr, /was not made by merging/)
  })
})
