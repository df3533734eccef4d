import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { bpf, type FixtureModel, pipelineFiles, zipOf } from '../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { testArchive } from '../../test/support/test-model.js'
import { loadPipeline } from '../registry/load-pipeline.js'
import { silentLogger } from '../runtime/ports.js'
import { createModelSelector } from './create-model-selector.js'
import { expectErrorKey } from './error-key.js'
import { parseModelRequest } from './model-request.js'

const folder = 'rapl-sysfs/AbsPower/BPFOnly'
const preference = { defaults: {}, local: '' }

function weightsJson(bias: number, weight = 20, scale = 4000): string {
  return JSON.stringify({
    package: {
      All_Weights: {
        Bias_Weight: bias,
        Categorical_Variables: {},
        Numerical_Variables: { bpf_cpu_time_ms: { scale, weight } },
      },
    },
  })
}

describe('a model that is served is judged itself', () => {
  const root = temporaryFolder()
  let made = 0

  async function serve(files: Readonly<Record<string, string | Uint8Array>>) {
    const path = join(root, `${made++}.zip`)
    writeFileSync(path, zipOf(files))
    const logged: string[] = []
    const note = (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`)
    const logger = { ...silentLogger, warn: note, error: note }
    const selector = createModelSelector({ preference, logger })
    const pipeline = await loadPipeline({ name: 'mine', path, kind: 'zip' })
    selector.use([pipeline])
    const find = (request: object = {}) =>
      selector.findModel(parseModelRequest({ metrics: bpf, output_type: 'AbsPower', ...request }))
    return { selector, pipeline, logged, find }
  }

  describe('its weights', () => {
    const models: readonly FixtureModel[] = [
      { name: 'SGDRegressorTrainer_0', mae: 1, weights: true },
      { name: 'SGDRegressorTrainer_10', mae: 2, weights: true },
      { name: 'LinearRegressionTrainer_0', mae: 9, weights: true },
    ]
    const withBias = (biases: Readonly<Record<string, number>>) =>
      serve({
        ...pipelineFiles(models),
        ...Object.fromEntries(
          Object.entries(biases).map(([name, bias]) => [`${folder}/${name}.json`, weightsJson(bias)]),
        ),
      })
    const ask = { weight: true, node_type: 0 }

    it('are passed over where they are negative and others of the node type fit, and the answer and the log say so', async () => {
      const { find, logged } = await withBias({ SGDRegressorTrainer_0: -427, LinearRegressionTrainer_0: 3 })
      const { selection, passedOver, corrected, body } = find(ask)
      assert.equal(selection.modelName, 'LinearRegressionTrainer_0')
      assert.deepEqual(passedOver, ['BPFOnly/SGDRegressorTrainer_0: package falls to -427 W in the range of training'])
      assert.equal(corrected, undefined)
      assert.equal(JSON.parse(body.toString()).package.All_Weights.Bias_Weight, 3)
      assert.match(logged.join('\n'), /weights that Kepler could not use were passed over .*-427 W/)
    })

    it('are raised where no others of the node type fit, rather than replaced by those of another machine', async () => {
      const { find, logged } = await withBias({ SGDRegressorTrainer_0: -0.98 })
      const { selection, corrected, body } = find({ ...ask, trainer_name: 'SGDRegressorTrainer' })
      assert.equal(selection.modelName, 'SGDRegressorTrainer_0')
      assert.equal(corrected, 'package falls to -0.980 W in the range of training')
      const { Bias_Weight, Numerical_Variables } = JSON.parse(body.toString()).package.All_Weights
      assert.ok(Bias_Weight >= 0 && Bias_Weight < 1e-5, String(Bias_Weight))
      assert.equal(Numerical_Variables.bpf_cpu_time_ms.weight, 20)
      assert.match(logged.join('\n'), /served with their faults corrected/)
    })

    it('of another machine are taken where all of that machine are negative and those of the wanted type cannot be read', async () => {
      const { find } = await withBias({ SGDRegressorTrainer_10: -7 })
      const { selection, corrected } = find({ weight: true, node_type: 1, trainer_name: 'SGDRegressorTrainer' })
      assert.equal(selection.modelName, 'SGDRegressorTrainer_10')
      assert.equal(selection.match?.how, 'fallback')
      assert.match(corrected ?? '', /-7\.00 W|-7 W/)
    })

    it('of all node types compete where none is wanted', async () => {
      const { find } = await withBias({ SGDRegressorTrainer_0: -5 })
      assert.equal(
        find({ weight: true, trainer_name: 'SGDRegressorTrainer' }).selection.modelName,
        'SGDRegressorTrainer_10',
      )
    })

    it('say nothing of the archive beside them', async () => {
      const { find } = await withBias({ SGDRegressorTrainer_0: -5 })
      const { selection, passedOver } = find({ node_type: 0 })
      assert.equal(selection.modelName, 'SGDRegressorTrainer_0')
      assert.equal(passedOver, undefined)
    })

    it('are in the metrics as they are served', async () => {
      const { selector } = await withBias({
        SGDRegressorTrainer_0: -5,
        SGDRegressorTrainer_10: -7,
        LinearRegressionTrainer_0: -2,
      })
      const [model] = selector.weightModels()
      assert.equal(model?.modelName, 'SGDRegressorTrainer_0')
      assert.ok((model?.weights.package?.All_Weights.Bias_Weight ?? -1) >= 0)
    })
  })

  describe('its archive, in a pipeline that was trained here', () => {
    const measured = (error: number) => ({
      metadata: {
        complexity: 4,
        held_out_mae: error,
        held_out_se: 0.1,
        time_fold_1: error - 0.1,
        time_fold_2: error + 0.1,
      },
    })
    const archive = (name: string, numbers: object, slope = 2) =>
      testArchive({ name, features: bpf, slope, metadata: { mae: 1, ...numbers } })

    it('is not served when its watts are wild, whatever its metadata says', async () => {
      const { find, logged } = await serve({
        ...pipelineFiles([]),
        [`${folder}/LinearRegressionTrainer_0.zip`]: await archive(
          'LinearRegressionTrainer_0',
          measured(5).metadata,
          1e-5,
        ),
        [`${folder}/PolynomialRegressionTrainer_0.zip`]: await archive(
          'PolynomialRegressionTrainer_0',
          { ...measured(0.1).metadata, complexity: 1, mae: 0.001 },
          469e6,
        ),
      })
      assert.equal(find().selection.modelName, 'LinearRegressionTrainer_0')
      assert.equal(find({ node_type: 0 }).selection.modelName, 'LinearRegressionTrainer_0')
      assert.match(logged.join('\n'), /PolynomialRegressionTrainer_0.* W of package inside the range of its training/)
    })

    it('comes after the others when its error was not measured on held-out rows, and the log says so', async () => {
      const { find, logged } = await serve({
        ...pipelineFiles([{ name: 'Planted_0', mae: 0.001 }]),
        [`${folder}/LinearRegressionTrainer_0.zip`]: await archive(
          'LinearRegressionTrainer_0',
          measured(5).metadata,
          1e-5,
        ),
      })
      assert.equal(find().selection.modelName, 'LinearRegressionTrainer_0')
      assert.match(logged.join('\n'), /Planted_0: its error was not measured on held-out rows/)
    })
  })

  it('is refused by an error that no model has, at the start', async () => {
    const metadata = { package_mae: 3, mae_old: 1, formae: 1 }
    const { pipeline } = await serve(pipelineFiles([{ name: 'A_0', metadata }]))
    assert.throws(() => expectErrorKey([pipeline], 'maee'), {
      code: 'INVALID_CONFIG',
      field: 'ERROR_KEY',
      message: /ERROR_KEY "maee": no model has it; they have mae, mape, package_mae$/,
    })
    for (const key of ['mae', 'mape', 'package_mae']) expectErrorKey([pipeline], key)
    expectErrorKey([], 'maee')
    expectErrorKey([], 'dram_mae', ['dram_mae'])
    expectErrorKey([pipeline], 'dram_mae', ['dram_mae'])
    assert.throws(() => expectErrorKey([], 'maee', ['mape', 'mae']), { message: /they have mae, mape$/ })
    assert.throws(() => expectErrorKey([], 'maee', ['other']), { message: /they have no errors at all$/ })
  })
})
