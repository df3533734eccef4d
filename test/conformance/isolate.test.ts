import assert from 'node:assert/strict'
import { createReadStream, existsSync } from 'node:fs'
import { before, describe, it } from 'node:test'
import { isEnergySource } from '../../src/core/energy-source.js'
import { featuresOf, isFeatureGroup } from '../../src/core/feature-group.js'
import type { Dataset } from '../../src/extract/dataset.js'
import { datasetCsvOptions, datasetFromTable, datasetTable } from '../../src/extract/dataset-table.js'
import { defaultExtractor } from '../../src/extract/default.js'
import { minIsolator } from '../../src/isolate/min.js'
import { noneIsolator } from '../../src/isolate/none.js'
import { profileIsolator } from '../../src/isolate/profile.js'
import { profileIdle } from '../../src/isolate/profiler.js'
import { readResponseFile } from '../../src/prometheus/read.js'
import type { PrometheusResponse } from '../../src/prometheus/response.js'
import { readCsv } from '../../src/table/csv-read.js'
import { numbersOf } from '../../src/table/table.js'
import { tolerance } from './extraction-differences.js'

const data = '../shared/data'
const skip = existsSync(data) ? false : `needs the reference data in ${data}`

const cases = [
  'min_acpi_BPFIRQ',
  'min_acpi_BPFOnly',
  'min_acpi_Basic',
  'min_acpi_CounterIRQCombined',
  'min_acpi_CounterOnly',
  'min_rapl-sysfs_BPFIRQ',
  'min_rapl-sysfs_BPFOnly',
  'min_rapl-sysfs_Basic',
  'min_rapl-sysfs_CounterIRQCombined',
  'min_rapl-sysfs_CounterOnly',
  'none_rapl-sysfs_BPFOnly',
]

describe('isolators on the recorded response', { skip }, () => {
  let response: PrometheusResponse
  before(async () => {
    response = await readResponseFile(`${data}/prometheus/loaded.json`)
  })

  for (const name of cases) {
    it(`gives what the original gives: ${name}`, async () => {
      const [kind, source, group] = name.split('_')
      assert.ok(source !== undefined && isEnergySource(source) && group !== undefined && isFeatureGroup(group))
      const isolator = kind === 'min' ? minIsolator() : noneIsolator()
      const file = createReadStream(`${data}/expected/isolated/${name}.csv`, 'utf8')
      const expected = datasetFromTable(await readCsv(file, datasetCsvOptions), { source, outputType: 'DynPower' })
      for (const outputType of ['AbsPower', 'DynPower'] as const) {
        const request = { features: featuresOf(group), source, outputType }
        const { dataset } = defaultExtractor().extract(response, request)
        assertSameDataset(isolator.isolate(dataset).dataset, expected)
      }
    })
  }

  it('takes the idle power of another response with the profile isolator', async () => {
    const { profile } = profileIdle(await readResponseFile(`${data}/prometheus/idle.json`))
    // The row without new energy, which would make the lowest 0, is gone.
    assert.ok(profile.power.acpi!.platform!['0']!.lowest > 10)
    assert.deepEqual(profile.power['rapl-sysfs']!.package!['0']!.units, 2)
    const request = { features: featuresOf('BPFOnly'), source: 'acpi', outputType: 'DynPower' } as const
    const { dataset } = defaultExtractor().extract(response, request)
    const isolated = profileIsolator(profile).isolate(dataset)
    assert.equal(isolated.dataset.rows, 187)
    assert.match(isolated.notes[0]!, /of \d+ containers are background/)
  })
})

function assertSameDataset(actual: Dataset, expected: Dataset): void {
  const ours = datasetTable(actual)
  const theirs = datasetTable(expected)
  assert.deepEqual(new Set(ours.columns.map(({ name }) => name)), new Set(theirs.columns.map(({ name }) => name)))
  assert.deepEqual(actual.containerIds, expected.containerIds)
  for (const { name } of theirs.columns.filter((column) => column.name !== 'id')) {
    const values = numbersOf(ours, name)
    numbersOf(theirs, name).forEach((value, row) => {
      assert.ok(
        Math.abs(values[row]! - value) <= tolerance(name, row) * (1 + Math.abs(value)),
        `${name}[${row}]: ${values[row]}, not ${value}`,
      )
    })
  }
}
