import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { runCli } from '../../../test/support/cli.js'
import { pipelineFiles, writeFiles } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { keplerModelProgram } from '../program.js'

describe('kepler-model export', () => {
  const root = temporaryFolder()
  const models = [
    { name: 'SGDRegressorTrainer_1', mae: 1, weights: true },
    { name: 'SVRRegressorTrainer_1', mae: 500 },
  ]
  writeFiles(join(root, 'mine'), pipelineFiles(models))
  const out = join(root, 'models')
  const run = (...args: string[]) =>
    runCli(keplerModelProgram, ['export', '-p', join(root, 'mine'), '-o', out, '--data-path', root, ...args])

  it('writes the pipeline and says what it left out', async () => {
    const { code, stdout, stderr } = await run('--zip', '--name', 'lab-0.1', '--top-url', 'https://host/db/v0.7')
    assert.equal(code, 0, stderr)
    const folder = join(out, 'v0.7', 'lab-0.1')
    assert.equal(stdout, `1 model exported to ${folder} and ${folder}.zip; 1 left out\n`)
    assert.ok(existsSync(join(folder, 'rapl-sysfs_AbsPower_model_metadata.png')))
    assert.match(stderr, /SVRRegressorTrainer_1 is left out: its MAE of 500 W is above 100/)
    assert.match(
      readFileSync(join(folder, 'error_report', 'node_type_1.md'), 'utf8'),
      /https:\/\/host\/db\/v0\.7\/lab-0\.1/,
    )
  })

  it('tells programs what it did, with the time of a benchmark', async () => {
    const benchmark = join(root, 'benchmark.json')
    writeFileSync(benchmark, '{"startTimeUTC": "2026-03-01T10:00:00Z", "endTimeUTC": "2026-03-01T11:00:00Z"}')
    const { code, stdout } = await run('--benchmark', benchmark, '--publisher', 'me', '--json', '--no-plots')
    assert.equal(code, 0)
    const folder = join(out, 'v0.7', 'mine')
    assert.ok(!readdirSync(join(out, 'v0.7', 'mine')).some((file) => file.endsWith('.png')))
    const { leftOut, ...written } = JSON.parse(stdout)
    const path = 'rapl-sysfs/AbsPower/BPFOnly'
    assert.deepEqual(written, { folder, zip: `${folder}.zip`, models: [`${path}/SGDRegressorTrainer_1`] })
    assert.deepEqual(leftOut, [{ model: `${path}/SVRRegressorTrainer_1`, why: 'its MAE of 500 W is above 100' }])
    assert.equal(JSON.parse(readFileSync(join(folder, 'metadata.json'), 'utf8')).collect_time, '2026-03-01 10:00:00')
  })

  it('exits with 2 for what is wrong, and writes nothing', async () => {
    const before = readdirSync(out, { recursive: true })
    assert.equal((await run('--publisher', '<b>')).code, 2)
    assert.equal((await run('-p', join(root, 'none'))).code, 2)
    assert.equal((await run('--benchmark', join(root, 'none.json'))).code, 2)
    assert.deepEqual(readdirSync(out, { recursive: true }), before)
    assert.equal((await runCli(keplerModelProgram, ['export'])).code, 2)
  })
})
