import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { recordedIo } from '../../../test/support/cli.js'
import { type FixtureModel, pipelineFiles, writeFiles } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { loadPipeline } from '../../registry/load-pipeline.js'
import { bestModel, wantedModels } from './chosen-models.js'
import type { PlotContext, PlotOptions } from './plot-options.js'
import { preprocessedFiles, preprocessedName, preprocessedOf } from './preprocessed-data.js'
import { keptData } from './report-data.js'

const options: PlotOptions = {
  ...{ pipelineName: 'p', error: 'mae', extractor: 'default', theme: 'light', width: '860', scale: '2' },
  isolator: 'auto',
}
const pipelineOf = (models: readonly FixtureModel[], more: Readonly<Record<string, string>> = {}) => {
  const path = temporaryFolder()
  writeFiles(path, { ...pipelineFiles(models), ...more })
  return loadPipeline({ name: 'p', path, kind: 'folder' })
}
const context = (of: Partial<PlotOptions> = {}, settings: Record<string, string> = {}): PlotContext => {
  const { io } = recordedIo()
  return { io, config: io.loadConfig(settings), options: { ...options, ...of } }
}

describe('the models that a plot is of', () => {
  const models: readonly FixtureModel[] = [
    { name: 'A_0', mae: 3 },
    { name: 'B_1', mae: 2 },
    { name: 'A_10', folder: 'acpi/AbsPower/BPFOnly', mae: 1 },
    { name: 'C_0', folder: 'acpi/DynPower/Basic', mae: 0.5 },
  ]
  const wanted = async (of: Partial<PlotOptions>) =>
    wantedModels(await pipelineOf(models), { ...options, ...of })
      .map(({ name }) => name)
      .sort()

  it('are all, or those that the options mean, all at once', async () => {
    assert.deepEqual(await wanted({}), ['A_0', 'A_10', 'B_1', 'C_0'])
    assert.deepEqual(await wanted({ energySource: 'acpi' }), ['A_10', 'C_0'])
    assert.deepEqual(await wanted({ outputType: 'DynPower' }), ['C_0'])
    assert.deepEqual(await wanted({ featureGroup: 'BPFOnly' }), ['A_0', 'A_10', 'B_1'])
    assert.deepEqual(await wanted({ modelName: 'A' }), ['A_0', 'A_10'])
    assert.deepEqual(await wanted({ modelName: 'A_10' }), ['A_10'])
    assert.deepEqual(await wanted({ nodeType: '1, 10' }), ['A_10', 'B_1'])
    assert.deepEqual(await wanted({ energySource: 'intel_rapl', nodeType: '0' }), ['A_0'])
  })

  it('say which there are where none is meant, with the nearest name', async () => {
    const refused = (of: Partial<PlotOptions>, field: string, message: string) =>
      assert.rejects(wanted(of), {
        code: 'INVALID_REQUEST',
        field,
        message: `pipeline "p" has no model with --${message}`,
      })
    await refused(
      { energySource: 'acpj' },
      'energy-source',
      'energy-source "acpj"; did you mean acpi?; there are "acpi", "rapl-sysfs"',
    )
    await refused(
      { modelName: 'Quite' },
      'model-name',
      'model-name "Quite"; there are "A_10", "A", "C_0", "C", "A_0", "B_1", "B"',
    )
    await refused({ nodeType: '7,8', outputType: 'DynPower' }, 'node-type', 'node-type "7, 8"; there are "0"')
    await refused(
      { energySource: 'acpi', featureGroup: 'X' },
      'feature-group',
      'feature-group "X"; there are "BPFOnly", "Basic"',
    )
  })

  it('are named twelve at most', async () => {
    const groups = Array.from({ length: 14 }, (_, i) => ({ name: 'A_0', folder: `acpi/AbsPower/G${i}` }))
    const message = async (count: number) => {
      const pipeline = await pipelineOf(groups.slice(0, count))
      try {
        wantedModels(pipeline, { ...options, featureGroup: 'ZZZZZZ' })
      } catch (error) {
        return String(error)
      }
      return ''
    }
    assert.match(await message(14), /(, "G\d+"){11}, and 2 more$/)
    assert.doesNotMatch(await message(12), /more/)
  })

  it('of an empty pipeline are an error', async () => {
    const empty = await pipelineOf([])
    assert.throws(() => wantedModels(empty, options), { code: 'NO_MODEL', message: 'pipeline "p" has no models' })
  })

  it('the best is of node power, of the first source, by the error of the settings', async () => {
    const pipeline = await pipelineOf(models)
    const best = (of: Partial<PlotOptions>, settings = {}) => bestModel(pipeline, context(of, settings)).name
    assert.equal(pipeline.sources[0], 'rapl-sysfs')
    assert.equal(best({}), 'B_1')
    assert.equal(best({ energySource: 'acpi' }), 'A_10')
    assert.equal(best({ outputType: 'DynPower' }), 'C_0')
    assert.equal(best({}, { ERROR_KEY: 'package_mae' }), 'A_0')
  })
})

describe('datasets that a pipeline keeps', () => {
  const csv = 'timestamp,bpf_cpu_time_ms,platform_power,node_type\n1,2,3,0\n'
  const dyn = 'preprocess_dyn_default_min_acpi_Basic.csv'
  const files = {
    [`preprocessed_data/${dyn}`]: csv,
    'preprocessed_data/notes.csv': '',
    'preprocess_abs_default_acpi_BPFOnly.csv': csv,
  }
  const abs = {
    'preprocessed_data/preprocess_abs_default_acpi_BPFOnly.csv': csv,
    'preprocessed_data/preprocess_abs_smooth_acpi_Basic.csv': 'x',
  }

  it('say what they are by their names', () => {
    assert.deepEqual(preprocessedName('preprocess_abs_default_rapl-sysfs_BPFOnly.csv'), {
      ...{ source: 'rapl-sysfs', outputType: 'AbsPower', featureGroup: 'BPFOnly' },
    })
    assert.deepEqual(preprocessedName(dyn), { source: 'acpi', outputType: 'DynPower', featureGroup: 'Basic' })
    const others = ['x_preprocess_abs_default_acpi_Basic.csv', 'preprocess_abs_default_acpi_Basic.csv.zip']
    for (const name of [
      ...others,
      'preprocess_abs_default_Basic.csv',
      'preprocess_abs_default_.x_Basic.csv',
      'metadata.json',
    ]) {
      assert.equal(preprocessedName(name), undefined, name)
    }
  })

  it('are those in their folder, by name', async () => {
    const pipeline = await pipelineOf([], { ...files, ...abs })
    assert.deepEqual(
      preprocessedFiles(pipeline).map(({ path }) => path),
      [...Object.keys(abs), `preprocessed_data/${dyn}`],
    )
  })

  it('are chosen by source, output and group; of node power unless the options say otherwise', async () => {
    const pipeline = await pipelineOf([], { ...files, ...abs })
    const chosen = async (of: Partial<PlotOptions>) => (await preprocessedOf(pipeline, { ...options, ...of })).dataset
    assert.deepEqual([...(await chosen({})).features.map(({ name }) => name)], ['bpf_cpu_time_ms'])
    assert.equal((await chosen({})).outputType, 'AbsPower')
    assert.equal((await chosen({ outputType: 'DynPower' })).outputType, 'DynPower')
    await assert.rejects(chosen({ featureGroup: 'Basic' }), { code: 'INVALID_DATA' })
    const said = 'acpi AbsPower BPFOnly, acpi AbsPower Basic, acpi DynPower Basic'
    for (const of of [
      { featureGroup: 'Other' },
      { energySource: 'redfish' },
      { outputType: 'DynPower', featureGroup: 'BPFOnly' } as const,
    ]) {
      await assert.rejects(chosen(of), {
        ...{
          code: 'INVALID_REQUEST',
          field: 'feature-group',
          message: `pipeline "p" has no such preprocessed_data: ${said}`,
        },
      })
    }
    await assert.rejects(preprocessedOf(await pipelineOf([]), options), { code: 'INVALID_REQUEST', field: 'input' })
  })

  it('are all in a report, one that is damaged as a failure', async () => {
    const { datasets, failures, findings } = await keptData(await pipelineOf([], { ...files, ...abs }))
    assert.deepEqual(
      datasets.map(({ dataset, ...of }) => [of, dataset.rows]),
      [
        [{ source: 'acpi', outputType: 'AbsPower', featureGroup: 'BPFOnly' }, 1],
        [{ source: 'acpi', outputType: 'DynPower', featureGroup: 'Basic' }, 1],
      ],
    )
    assert.deepEqual(
      failures.map(({ what }) => what),
      ['preprocessed_data/preprocess_abs_smooth_acpi_Basic.csv'],
    )
    assert.equal(findings, undefined)
  })
})
