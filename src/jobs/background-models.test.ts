import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { pipelineFiles, weightsOf, zipOf } from '../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { testArchive } from '../../test/support/test-model.js'
import { backgroundModels } from './background-models.js'

const features = ['bpf_cpu_time_ms']
const group = 'rapl-sysfs/AbsPower/BPFOnly'

describe('the models that the trained isolator may use', () => {
  const modelPath = temporaryFolder()
  before(async () => {
    const archive = (metadata: object, idle = 10) => testArchive({ features, idle, metadata: { ...metadata } })
    const files = {
      ...pipelineFiles([{ name: 'SGDRegressorTrainer_1', folder: 'acpi/AbsPower/BPFOnly' }]),
      [`${group}/LinearRegressionTrainer_1.zip`]: await archive({ mae: 3, mape: 7 }),
      [`${group}/PolynomialRegressionTrainer_1.zip`]: await archive({ mae: 1, mape: 8, held_out_mae: 5 }),
      [`${group}/SVRRegressorTrainer_1.zip`]: await archive({ mae: 2, held_out_mae: 2, worst_fold_share: 2 }),
      'rapl-sysfs/DynPower/BPFOnly/LinearRegressionTrainer_1.zip': await archive({}),
    }
    for (const name of ['mine', 'ec2-0.7.11']) writeFileSync(join(modelPath, `${name}.zip`), zipOf(files))
    mkdirSync(join(modelPath, 'empty'))
    writeFileSync(join(modelPath, 'empty', 'metadata.json'), '{}')
  })
  const errorsBy = async (errorKey: string) => {
    const models = await backgroundModels({ modelPath, errorKey }, 'rapl-sysfs', 'mine')
    return new Map(models.map(({ name, error }) => [name.split('/').at(-1), error]))
  }

  it('are those of AbsPower of the source, with the path and the features of each', async () => {
    const models = await backgroundModels({ modelPath, errorKey: 'mae' }, 'rapl-sysfs', 'mine')
    assert.deepEqual(
      models.map(({ name }) => name).sort(),
      ['LinearRegressionTrainer_1', 'PolynomialRegressionTrainer_1', 'SVRRegressorTrainer_1'].map(
        (name) => `mine/${group}/${name}`,
      ),
    )
    for (const model of models) assert.deepEqual(model.features, features)
  })

  it('are ranked as a server ranks them: by what was held out, where that is known', async () => {
    const errors = await errorsBy('mae')
    assert.equal(errors.get('LinearRegressionTrainer_1'), 3)
    assert.equal(errors.get('PolynomialRegressionTrainer_1'), 5)
    // A server passes over it.
    assert.equal(errors.get('SVRRegressorTrainer_1'), Number.POSITIVE_INFINITY)
  })

  it('are ranked by another attribute where one is named; one that has none is last', async () => {
    const errors = await errorsBy('mape')
    assert.deepEqual([errors.get('LinearRegressionTrainer_1'), errors.get('PolynomialRegressionTrainer_1')], [7, 8])
    assert.equal((await errorsBy('package_mae')).get('LinearRegressionTrainer_1'), Number.POSITIVE_INFINITY)
  })

  it('predict watts of the components of the source', async () => {
    const models = await backgroundModels({ modelPath, errorKey: 'mae' }, 'rapl-sysfs', 'mine')
    const watts = models[0]!.predict({ rows: 2, cols: 1, data: Float64Array.of(0, 5) })
    assert.deepEqual(Array.from(watts.get('package') ?? []), [10, 20])
    assert.deepEqual(Array.from(watts.get('core') ?? []), [0, 0])
  })

  it('are of the default pipeline of the source when none is named', async () => {
    const [model] = await backgroundModels({ modelPath, errorKey: 'mae' }, 'rapl-sysfs')
    assert.match(model?.name ?? '', /^ec2-0\.7\.11\//)
  })

  it('are an error that names the pipelines that there are', async () => {
    const none = { code: 'NO_MODEL', field: 'abs-pipeline-name' }
    await assert.rejects(backgroundModels({ modelPath, errorKey: 'mae' }, 'rapl-sysfs', 'other'), {
      ...none,
      message: /^no pipeline "other" in .*; there are: .*mine/,
    })
    await assert.rejects(backgroundModels({ modelPath: temporaryFolder(), errorKey: 'mae' }, 'rapl-sysfs', 'other'), {
      message: /there are: none$/,
    })
    await assert.rejects(backgroundModels({ modelPath, errorKey: 'mae' }, 'rapl-msr' as 'acpi', 'mine'), none)
    // Weights alone tell nothing of a whole node's rows.
    const light = { 'metadata.json': '{}', [`${group}/SGDRegressorTrainer_1.json`]: weightsOf('x') }
    writeFileSync(join(modelPath, 'light.zip'), zipOf(light))
    await assert.rejects(backgroundModels({ modelPath, errorKey: 'mae' }, 'rapl-sysfs', 'light'), none)
    // A source that has no default pipeline.
    await assert.rejects(backgroundModels({ modelPath, errorKey: 'mae' }, 'my-meter'), {
      ...none,
      message: /^no pipeline "" in /,
    })
  })
})
