import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { runCli } from '../../../test/support/cli.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { testArchive } from '../../../test/support/test-model.js'
import { silentLogger } from '../../runtime/ports.js'
import { parseModelRequest } from '../../selection/model-request.js'
import { openModelSelector } from '../../selection/open-model-selector.js'
import { keplerModelProgram } from '../program.js'

/** Metadata of a model that is better than all others, if it could be believed. */
const perfect = {
  complexity: 0,
  mae: 0.001,
  held_out_mae: 0.01,
  held_out_se: 0.001,
  time_fold_1: 0.01,
  time_fold_2: 0.01,
  worst_fold_share: 0,
  zero_load_share: 0,
  double_range_rise: 0,
  double_range_fall: 0,
}
const features = ['bpf_cpu_time_ms', 'bpf_page_cache_hit']

describe('a wild model that was planted in a trained pipeline', () => {
  const folder = temporaryFolder()
  const groups = ['acpi/AbsPower/BPFOnly', 'acpi/DynPower/BPFOnly']
  const lying = 'PolynomialRegressionTrainer_0'
  const running = 'SVRRegressorTrainer_0'

  before(async () => {
    const run = (...args: string[]) => runCli(keplerModelProgram, [...args, '--data-path', folder])
    assert.equal((await run('simulate', '-o', 'run', '--scenario', 'bursty', '--duration', '200')).code, 0)
    const trained = await run(
      ...['train', '-i', 'run', '-p', 'mine', '-e', 'acpi', '-fg', 'BPFOnly', '--threads', '0'],
      ...['--trainers', 'Linear,KNeighbors'],
    )
    assert.equal(trained.code, 0, trained.stderr)
    for (const group of groups) {
      // Megawatts, behind metadata that says nothing of it; and sane watts, behind metadata that does.
      const wild = { name: lying, features, components: ['platform'] as const, slope: 469e6, metadata: perfect }
      const honest = { ...perfect, double_range_rise: 1e9 }
      const slow = { ...wild, name: running, slope: 1e-5, metadata: honest }
      writeFileSync(join(folder, 'mine', group, `${lying}.zip`), await testArchive(wild))
      writeFileSync(join(folder, 'mine', group, `${running}.zip`), await testArchive(slow))
    }
    // The zip of the pipeline would be served instead.
    rmSync(join(folder, 'mine.zip'))
  })

  it('is never chosen, and the log says why', async () => {
    const logged: string[] = []
    const keep = (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`)
    const selector = await openModelSelector({
      modelPath: folder,
      pollInterval: 0,
      preference: { defaults: {}, local: 'mine', preferLocal: true },
      logger: { ...silentLogger, info: keep, warn: keep, error: keep },
    })
    for (const output_type of ['AbsPower', 'DynPower']) {
      const base = { metrics: features, output_type, source: 'acpi' }
      for (const more of [
        {},
        { node_type: 0 },
        { node_type: 7 },
        { filter: 'mae:1000' },
        { filter: 'held_out_mae:900' },
      ]) {
        const { selection } = selector.findModel(parseModelRequest({ ...base, ...more }))
        assert.match(selection.modelName, /^(Linear|KNeighbors)/, JSON.stringify(more))
      }
    }
    await selector.close()
    assert.match(logged.join('\n'), new RegExp(`${lying}.* W of platform inside the range of its training`))
    assert.match(logged.join('\n'), new RegExp(`${running}.*within twice the range of its inputs it rises`))
  })

  it('is explained by models --why', async () => {
    const { code, stdout } = await runCli(keplerModelProgram, ['models', join(folder, 'mine'), '--why', '--json'])
    assert.equal(code, 0)
    const models: readonly { model_name: string; rank: number; why: string }[] = JSON.parse(stdout).models
    assert.equal(models.length, 8)
    const whys = (name: string) => models.filter(({ model_name }) => model_name === name).map(({ why }) => why)
    assert.equal(whys(lying).length, 2)
    for (const why of whys(lying)) assert.match(why, /^never chosen: it gives \S+ W of platform inside the range/)
    for (const why of whys(running)) assert.match(why, /^passed over: within twice the range of its inputs it rises/)
    for (const { model_name, rank, why } of models) {
      if (rank === 1) assert.match(`${model_name} ${why}`, /^(Linear|KNeighbors)\w+ chosen/)
    }
  })
})
