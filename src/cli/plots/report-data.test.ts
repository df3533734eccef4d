import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { recordedIo } from '../../../test/support/cli.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { allMeasurements } from '../../extract/measurements.js'
import { meterOf } from '../../extract/meter.js'
import { scenarioNamed } from '../../simulate/scenario.js'
import { responseChunks } from '../../simulate/write-response.js'
import { measuredDataset } from './measured.js'
import type { PlotContext, PlotOptions } from './plot-options.js'
import { reportMeasurements } from './report-data.js'

describe('what a report says of measurements', () => {
  const folder = temporaryFolder()
  const path = join(folder, 'run.json')
  before(() => {
    const saved = (scenario: string) =>
      [...responseChunks({ scenario: scenarioNamed(scenario), duration: 60 })].join('')
    writeFileSync(path, saved('bursty'))
    writeFileSync(join(folder, 'idle.json'), saved('idle'))
    writeFileSync(join(folder, 'poor.json'), '{"kepler_node_info": [{"metric": {}, "values": [[1, "1"]]}]}')
  })
  const context = (of: Partial<PlotOptions>): PlotContext => {
    const { io } = recordedIo()
    const usual = {
      pipelineName: '',
      error: 'mae',
      extractor: 'default',
      theme: 'light',
      width: '860',
      scale: '2',
    } as const
    return { io, config: io.loadConfig({ DATAPATH: folder }), options: { ...usual, isolator: 'auto', ...of } }
  }
  const measured = (of: Partial<PlotOptions> = {}, file = path) =>
    reportMeasurements(context(of), file, allMeasurements)
  const sourcesOf = ({ splits }: Awaited<ReturnType<typeof measured>>) => splits.map(({ source }) => source)

  it('is every dataset that can be trained on, and a split of each source', async () => {
    const all = await measured({ isolator: 'min' })
    const { datasets, failures } = all.data
    assert.deepEqual(failures, [])
    assert.deepEqual(
      new Set(datasets.map(({ source, outputType }) => `${source} ${outputType}`)),
      new Set([...['rapl-sysfs AbsPower', 'rapl-sysfs DynPower', 'acpi AbsPower', 'acpi DynPower']]),
    )
    assert.ok(datasets.some(({ featureGroup }) => featureGroup === 'BPFOnly'))
    assert.deepEqual(sourcesOf(all), ['rapl-sysfs', 'acpi'])
    assert.ok(all.splits.every((split) => !('why' in split)))
    assert.equal(all.response.series.size > 5, true)
  })

  it('is of the sources that are named', async () => {
    const one = await measured({ energySource: 'acpi, acpi', isolator: 'min' })
    assert.deepEqual(new Set(one.data.datasets.map(({ source }) => source)), new Set(['acpi']))
    assert.ok(sourcesOf(one).every((source) => source === 'acpi'))
    await assert.rejects(measured({ energySource: '../x' }), { code: 'INVALID_REQUEST', field: 'energy-source' })
  })

  it('has a split of containers where the isolator needs them', async () => {
    const { splits, data } = await measured({ energySource: 'acpi', isolator: 'profile', profile: 'idle' })
    assert.equal(splits.length, 1)
    assert.ok(splits[0] !== undefined && !('why' in splits[0]), JSON.stringify(splits))
    assert.ok(data.datasets.some(({ outputType }) => outputType === 'DynPower'))
  })

  it('says why there is no isolator where one was looked for, and fails where one was named', async () => {
    const { splits, data } = await measured({ energySource: 'acpi', profile: 'gone' })
    assert.deepEqual(
      splits.map(({ source }) => source),
      ['acpi'],
    )
    assert.match(splits[0] !== undefined && 'why' in splits[0] ? splits[0].why : '', /there is no file "gone"/)
    assert.ok(data.failures.every(({ what }) => what.startsWith('acpi/DynPower/')) && data.failures.length > 0)
    assert.ok(data.datasets.every(({ outputType }) => outputType === 'AbsPower') && data.datasets.length > 0)
    await assert.rejects(measured({ isolator: 'profile' }), { code: 'INVALID_REQUEST', field: 'profile' })
  })

  it('says that nothing can be trained', async () => {
    const poor = join(folder, 'poor.json')
    const { data, splits, response } = await measured({}, poor)
    assert.deepEqual([data.datasets, data.findings, splits, response.series.size], [[], [], [], 1])
    assert.deepEqual(
      data.failures.map(({ what }) => what),
      [poor],
    )
    await assert.rejects(
      measured({}, join(folder, 'none.json')),
      (error: { code?: string }) => error.code !== 'INVALID_REQUEST',
    )
  })

  it('takes meters for the source that is named', async () => {
    const meters = [meterOf({ metric: 'kepler_node_platform_joules_total', unit: 'joules' })]
    const of = context({ energySource: 'redfish', isolator: 'min' })
    const { data } = await reportMeasurements(of, path, { ...allMeasurements, meters })
    assert.deepEqual(new Set(data.datasets.map(({ source }) => source)), new Set(['redfish']))
  })

  it('is by node or by container as an isolator needs it', async () => {
    const typeOf = async (of: Partial<PlotOptions>, needsContainers?: boolean) => {
      const isolator = { name: 'x', needsContainers: needsContainers ?? false, isolate: () => assert.fail('not here') }
      const made = needsContainers === undefined ? undefined : async () => isolator
      return (await measuredDataset(context(of), 'run', made)).dataset.outputType
    }
    assert.deepEqual([await typeOf({}), await typeOf({ outputType: 'DynPower' })], ['AbsPower', 'DynPower'])
    assert.deepEqual(
      [await typeOf({}, true), await typeOf({ outputType: 'DynPower' }, false)],
      ['DynPower', 'AbsPower'],
    )
  })
})
