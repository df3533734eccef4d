import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { nodeTypes, pipelineFiles } from '../../../test/support/pipeline-fixture.js'
import { selectorScene } from '../../../test/support/selector-scene.js'
import { testArchive } from '../../../test/support/test-model.js'
import type { ModelEntry } from '../../registry/model-entry.js'
import { modelLabel } from './model-label.js'
import { curvesOfNodeTypes, nodeTypeText } from './node-type-curves.js'

const bpfOnly = 'acpi/AbsPower/BPFOnly'

describe('curves of node types', () => {
  const scene = selectorScene()
  /** A pipeline with a linear model of 10 W and more for each of these paths; the index has types 0, 1 and 10. */
  async function pipelineOf(models: readonly (readonly [path: string, idle: number, mae?: number])[]) {
    const archives = await Promise.all(
      models.map(async ([path, idle, mae = 1]) => {
        const options = { name: path.split('/').at(-1)!, idle, largest: 8, slope: 1, metadata: { mae } }
        return [`${path}.zip`, await testArchive({ ...options, components: ['platform'] })] as const
      }),
    )
    return scene.pipeline({ ...pipelineFiles([], nodeTypes), ...Object.fromEntries(archives) }, 'mine')
  }
  const curvesOf = async (models: Parameters<typeof pipelineOf>[0], most = 16) => {
    const pipeline = await pipelineOf(models)
    return curvesOfNodeTypes(pipeline, pipeline.entries, 'mae', most)
  }

  it('are of the best model of each, those with the most machines first', async () => {
    const { pipeline, folder, components, curves, left, unreadable } = await curvesOf([
      [`${bpfOnly}/LinearRegressionTrainer_0`, 10, 2],
      [`${bpfOnly}/SGDRegressorTrainer_0`, 20, 1],
      [`${bpfOnly}/SGDRegressorTrainer_1`, 30],
      [`${bpfOnly}/SGDRegressorTrainer_10`, 40],
    ])
    assert.deepEqual([pipeline, folder, components, left, unreadable], ['mine', bpfOnly, ['platform'], 0, []])
    assert.deepEqual(
      curves.map(({ name, watts }) => [name, watts[0], watts.at(-1)]),
      [
        ['10: large, 96 cores', 40, 48],
        ['0: small, 8 cores', 20, 28],
        ['1: medium, 16 cores', 30, 38],
      ],
    )
    assert.deepEqual([curves[0]?.usage.length, curves[0]?.usage[1], curves[0]?.usage.at(-1)], [51, 2, 100])
  })

  it('are so many at most, and tell how many are left', async () => {
    const models = [0, 1, 10].map((type) => [`${bpfOnly}/SGDRegressorTrainer_${type}`, 10 + type] as const)
    const [two, none] = [await curvesOf(models, 2), await curvesOf(models, 0)]
    assert.deepEqual([two.curves.map(({ watts }) => watts[0]), two.left], [[20, 10], 1])
    assert.deepEqual([none.curves, none.left, none.components], [[], 3, []])
    // Of nothing that can be read no interval is known.
    assert.deepEqual([none.coverage, none.method], [0.9, 'published error'])
  })

  it('are of absolute power, then of the folder with the most types, then of what every Kepler measures', async () => {
    const dynamic = [0, 1, 10].map((type) => [`acpi/DynPower/BPFOnly/SGDRegressorTrainer_${type}`, 1] as const)
    const basic = [`acpi/AbsPower/Basic/SGDRegressorTrainer_0`, 2] as const
    const first = [`acpi/AbsPower/BPFOnly/SGDRegressorTrainer_0`, 3] as const
    const second = [`acpi/AbsPower/Basic/SGDRegressorTrainer_1`, 4] as const
    const folderOf = async (...models: Parameters<typeof pipelineOf>[0]) => (await curvesOf(models)).folder
    assert.equal(await folderOf(...dynamic, basic), 'acpi/AbsPower/Basic')
    assert.equal(await folderOf(basic, first), 'acpi/AbsPower/BPFOnly')
    assert.equal(await folderOf(first, basic), 'acpi/AbsPower/BPFOnly')
    assert.equal(await folderOf(first, basic, second), 'acpi/AbsPower/Basic')
    assert.equal(await folderOf(...dynamic), 'acpi/DynPower/BPFOnly')
    assert.equal(await folderOf(), '')
    const [intel, rapl] = ['intel_rapl', 'rapl-sysfs'].map((source) => [`${source}/AbsPower/Basic/A_0`, 1] as const)
    assert.equal(await folderOf(rapl!, intel!), 'intel_rapl/AbsPower/Basic')
  })

  it('name a model that is damaged, and draw the others', async () => {
    const files = pipelineFiles([{ folder: bpfOnly, name: 'A_0' }])
    const archive = await testArchive({ name: 'A_1', components: ['platform'], largest: 8 })
    const pipeline = await scene.pipeline({ ...files, [`${bpfOnly}/A_1.zip`]: archive }, 'mine')
    const { curves, unreadable } = curvesOfNodeTypes(pipeline, pipeline.entries, 'mae', 16)
    assert.deepEqual(
      curves.map(({ name }) => name),
      ['1: medium, 16 cores'],
    )
    assert.equal(unreadable.length, 1)
    assert.match(unreadable[0]!, /^0: small, 8 cores: /)
  })

  it('are named by what is known of a type', () => {
    assert.equal(nodeTypeText(3, undefined), 'node type 3')
    assert.equal(nodeTypeText(3, { processor: 'xeon' } as never), '3: xeon')
    assert.equal(nodeTypeText(3, { processor: '', cores: 8 } as never), '3: 8 cores')
    assert.equal(nodeTypeText(3, { processor: '', cores: 0 } as never), 'node type 3')
  })

  it('are of models that are named by their path, with the processor of their type where that is known', () => {
    const folder = { path: bpfOnly, source: 'acpi', outputType: 'AbsPower', featureGroup: 'BPFOnly' }
    const entry = { name: 'A_0', folder } as ModelEntry
    const pipeline = (processor: string) => ({ name: 'mine', specOf: () => ({ processor }) }) as never
    const model = `${bpfOnly}/A_0`
    assert.deepEqual(modelLabel(pipeline('xeon'), entry), { pipeline: 'mine', model, processor: 'xeon' })
    assert.deepEqual(modelLabel(pipeline(''), entry), { pipeline: 'mine', model })
  })
})
