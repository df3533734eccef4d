import assert from 'node:assert/strict'
import { createReadStream, existsSync } from 'node:fs'
import { before, describe, it } from 'node:test'
import { isEnergySource } from '../../src/core/energy-source.js'
import { featuresOf, isFeatureGroup } from '../../src/core/feature-group.js'
import { datasetCsvOptions, datasetTable } from '../../src/extract/dataset-table.js'
import { extractorNamed } from '../../src/extract/extractors.js'
import { readResponseFile } from '../../src/prometheus/read.js'
import type { PrometheusResponse } from '../../src/prometheus/response.js'
import { readCsv } from '../../src/table/csv-read.js'
import { numbersOf, type Table } from '../../src/table/table.js'
import { tolerance } from './extraction-differences.js'

const data = '../shared/data'
const skip = existsSync(data) ? false : `needs the reference data in ${data}`

const cases = [
  'abs_default_acpi_BPFIRQ',
  'abs_default_acpi_BPFOnly',
  'abs_default_acpi_Basic',
  'abs_default_acpi_CounterIRQCombined',
  'abs_default_acpi_CounterOnly',
  'abs_default_rapl-sysfs_BPFIRQ',
  'abs_default_rapl-sysfs_BPFOnly',
  'abs_default_rapl-sysfs_Basic',
  'abs_default_rapl-sysfs_CounterIRQCombined',
  'abs_default_rapl-sysfs_CounterOnly',
  'abs_smooth30_rapl-sysfs_BPFOnly',
  'containers_default_rapl-sysfs_BPFOnly',
]

describe('extractors on the recorded response', { skip }, () => {
  let response: PrometheusResponse
  before(async () => {
    response = await readResponseFile(`${data}/prometheus/loaded.json`)
  })

  for (const name of cases) {
    it(`gives what the original gives: ${name}`, async () => {
      const [output, extractor, source, group] = name.split('_')
      assert.ok(source !== undefined && isEnergySource(source) && group !== undefined && isFeatureGroup(group))
      const { dataset, findings } = extractorNamed(extractor === 'smooth30' ? 'smooth' : 'default').extract(response, {
        features: featuresOf(group),
        source,
        outputType: output === 'abs' ? 'AbsPower' : 'DynPower',
      })
      const expected = await readCsv(
        createReadStream(`${data}/expected/extracted/${name}.csv`, 'utf8'),
        datasetCsvOptions,
      )
      assertSameTable(datasetTable(dataset), expected)
      assert.ok(findings.every(({ kind }) => kind !== 'other exporter'))
    })
  }
})

function assertSameTable(actual: Table, expected: Table): void {
  assert.deepEqual(
    actual.columns.map(({ name }) => name),
    expected.columns.map(({ name }) => name),
  )
  assert.equal(actual.rows, expected.rows)
  for (const { name, values } of expected.columns) {
    if (Array.isArray(values)) {
      assert.deepEqual(actual.columns.find((column) => column.name === name)?.values, values)
      continue
    }
    const ours = numbersOf(actual, name)
    values.forEach((value: number | string, row: number) => {
      const difference = Math.abs(ours[row]! - Number(value))
      assert.ok(
        difference <= tolerance(name, row) * (1 + Math.abs(Number(value))),
        `${name}[${row}]: ${ours[row]} instead of ${value}`,
      )
    })
  }
}
