import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { pipelineFiles, writeFiles } from '../support/pipeline-fixture.js'
import { startProgram } from '../support/program.js'
import { temporaryFolder } from '../support/temporary-folder.js'

describe('a long answer into a pipe', () => {
  it('arrives whole: a pipe holds 64 kB, and the program waits for it to be emptied', async () => {
    const folder = temporaryFolder()
    const metadata = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`component${i}_mae`, i + 0.123456789]))
    const models = Array.from({ length: 800 }, (_, i) => ({ name: `LinearRegressionTrainer_${i}`, metadata }))
    writeFiles(join(folder, 'large'), pipelineFiles(models))

    const program = startProgram('kepler-model', ['models', join(folder, 'large'), '--json'])
    assert.equal(await program.ended, 0, program.stderr())
    assert.ok(program.stdout().length > 1_000_000, 'longer than any buffer between two processes')
    assert.equal(JSON.parse(program.stdout()).models.length, 800)
  })
})
