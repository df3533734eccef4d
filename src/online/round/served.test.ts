import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  type Files,
  type FixtureModel,
  pipelineFiles,
  weightsOf,
  zipOf,
} from '../../../test/support/pipeline-fixture.js'
import { recordedLog } from '../../../test/support/recorded-log.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { testArchive } from '../../../test/support/test-model.js'
import { matrix } from '../../numeric/matrix.js'
import type { TrainingSet } from '../../train/training-set.js'
import { openServed } from './served.js'

const bpf = 'acpi/AbsPower/BPFOnly'
const slot = { source: 'acpi', outputType: 'AbsPower', group: 'BPFOnly', nodeType: 0 } as const

async function served(
  models: readonly FixtureModel[],
  { more = {}, errorKey = 'mae' }: { more?: Files; errorKey?: string } = {},
) {
  const path = join(temporaryFolder(), 'std.zip')
  const inFolder = models.map((model) => ({ folder: bpf, ...model }))
  writeFileSync(path, zipOf({ ...pipelineFiles(inFolder), ...more }))
  const logger = recordedLog()
  const pipeline = await openServed({ name: 'std', path, kind: 'zip' }, errorKey, logger)
  return { ...pipeline, logger }
}

describe('the served pipeline', () => {
  it('has the version that its maker wrote, and none of another maker', async () => {
    const version = async (metadata: string) => (await served([], { more: { 'metadata.json': metadata } })).version
    assert.equal(await version('{"version": 7}'), 7)
    assert.equal(await version('{"name": "std"}'), 0)
  })

  it('has the best model of a slot, by the attribute that the server ranks by', async () => {
    const models = [
      { name: 'A_0', mae: 3, metadata: { mape: 1 } },
      { name: 'B_0', mae: 2, metadata: { mape: 9 } },
      { name: 'C_1', mae: 1 },
      { name: 'D_0', mae: 0.1, folder: 'acpi/DynPower/BPFOnly' },
      { name: 'E_0', mae: 0.1, folder: 'acpi/AbsPower/CounterOnly' },
      { name: 'F_0', mae: 0.1, folder: 'rapl-sysfs/AbsPower/BPFOnly' },
    ]
    const { best, close } = await served(models)
    assert.equal(best(slot)?.name, 'B_0')
    assert.equal(best({ ...slot, nodeType: 1 })?.name, 'C_1')
    assert.equal(best({ ...slot, nodeType: 2 }), undefined)
    assert.equal(best({ ...slot, outputType: 'DynPower' })?.name, 'D_0')
    assert.equal((await served(models, { errorKey: 'mape' })).best(slot)?.name, 'A_0')
    close()
  })

  it('has the best of those with weights apart', async () => {
    const models = [
      { name: 'A_0', mae: 3, weights: true },
      { name: 'B_0', mae: 2, weights: true },
      { name: 'C_0', mae: 1 },
    ]
    const { best, bestWeights } = await served(models)
    assert.deepEqual([best(slot)?.name, bestWeights(slot)?.name], ['C_0', 'B_0'])
    assert.equal((await served(models.slice(2))).bestWeights(slot), undefined)
  })

  it('has no model that consists of weights alone', async () => {
    const { best, bestWeights, ofNode, logger } = await served([], { more: { [`${bpf}/A_0.json`]: weightsOf('A_0') } })
    assert.deepEqual([best(slot), bestWeights(slot), ofNode('acpi', 0)], [undefined, undefined, []])
    // That it was loaded is no news in each round; that something is damaged is.
    assert.deepEqual(
      logger.lines.map(({ level }) => level),
      ['warn'],
    )
  })

  it('has all models of absolute power of a node, the best first', async () => {
    const { ofNode } = await served([
      { name: 'A_0', mae: 3 },
      { name: 'B_0', mae: 2, folder: 'acpi/AbsPower/CounterOnly' },
      { name: 'C_1', mae: 1 },
      { name: 'D_0', mae: 1, folder: 'acpi/DynPower/BPFOnly' },
      { name: 'E_0', mae: 1, folder: 'rapl-sysfs/AbsPower/BPFOnly' },
    ])
    const names = (nodeType: number) => ofNode('acpi', nodeType).map(({ name }) => name)
    assert.deepEqual([names(0), names(1), names(2)], [['B_0', 'A_0'], ['C_1'], []])
  })

  it('knows when the newest of its data begins', async () => {
    const from = async (...begins: readonly number[]) =>
      (await served(begins.map((data_from, i) => ({ name: `A_${i}`, metadata: { data_from } })))).newestDataFrom
    assert.deepEqual([await from(100, 300, 200), await from(5), await from()], [300, 5, undefined])
  })

  it('tells what a model was trained on, and how good it was', async () => {
    const metadata = { data_until: 500, highest_usage: 90, held_out_mean_watts: 50, platform_mae: 2 }
    const { best } = await served([{ name: 'A_0', features: ['x'], metadata }])
    const { watts: _, ...model } = best(slot)!
    const published = { watts: 2, percent: 4 }
    assert.deepEqual(model, { name: 'A_0', features: ['x'], published, dataUntil: 500, highestUsage: 90 })
    const { best: other } = await served([{ name: 'A_0', features: ['x'] }])
    assert.deepEqual(
      [other(slot)?.published, other(slot)?.dataUntil, other(slot)?.highestUsage],
      [undefined, undefined, undefined],
    )
  })

  it('tells the watts of rows, and nothing of a model that cannot be read, or lacks a feature, which it says', async () => {
    const archive = await testArchive({ features: ['x'], components: ['platform'], idle: 10, slope: 2 })
    const { best, logger } = await served([], {
      more: { [`${bpf}/A_0.zip`]: archive, ...pipelineFiles([{ name: 'B_1', folder: bpf, features: ['x'] }]) },
    })
    const rows: TrainingSet = {
      ...{ ...slot, features: ['x'], x: matrix([[1], [4]]), timestamps: Float64Array.of(0, 3) },
      targets: [{ component: 'platform', watts: Float64Array.of(0, 0) }],
    }
    logger.lines.length = 0
    assert.deepEqual(best(slot)?.watts(rows), new Map([['platform', [12, 18]]]))
    assert.equal(logger.lines.length, 0)
    assert.equal(best(slot)?.watts({ ...rows, features: ['y'] }), undefined)
    assert.equal(best({ ...slot, nodeType: 1 })?.watts(rows), undefined)
    assert.deepEqual(
      logger.lines.map(({ level, fields }) => [level, fields.model, typeof fields.reason]),
      [
        ['warn', `${bpf}/A_0`, 'string'],
        ['warn', `${bpf}/B_1`, 'string'],
      ],
    )
  })
})
