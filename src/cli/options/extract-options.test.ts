import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { allMeasurements } from '../../extract/measurements.js'
import { meterOf } from '../../extract/meter.js'
import { describedProgram } from '../help/described-program.js'
import {
  addExtractOptions,
  type ExtractOptions,
  energySourceOf,
  extractRequestOf,
  metersFor,
  nodeTypeOf,
  splitNames,
  thirdPartyOf,
  vocabularyOption,
} from './extract-options.js'

function parsed(...args: string[]): ExtractOptions {
  const program = addExtractOptions(describedProgram('p', ''), { outputType: 'DynPower' }).exitOverride()
  program.configureOutput({ writeErr: () => {} }).action(() => {})
  program.parse(args, { from: 'user' })
  return program.opts()
}
const watts = meterOf({ metric: 'pdu_watts', unit: 'watts' })
const measurements = { ...allMeasurements, machineLabels: ['rack'], meters: [watts] }

describe('extract options', () => {
  it('have defaults, and refuse what there is not', () => {
    assert.deepEqual(parsed(), { extractor: 'default', outputType: 'DynPower' })
    assert.equal(parsed('--output-type', 'AbsPower').outputType, 'AbsPower')
    for (const [option = '', value = ''] of [
      ['--output-type', 'Power'],
      ['--extractor', 'best'],
      ['--feature-group', 'Beauty'],
      ['--vocabulary', 'kepler-0.1'],
    ]) {
      assert.throws(() => parsed(option, value), /Allowed choices are/, option)
    }
    assert.equal(parsed('--feature-group', 'ThirdParty').featureGroup, 'ThirdParty')
    assert.deepEqual(vocabularyOption().argChoices, ['kepler-0.7', 'kepler-0.10'])
  })

  it('make a request with what was given only', () => {
    const request = extractRequestOf(parsed(), 'guest', 'BPFOnly', allMeasurements)
    assert.deepEqual(request, {
      ...{ features: ['bpf_cpu_time_ms', 'bpf_page_cache_hit'], source: 'rapl-sysfs', outputType: 'DynPower' },
      ...{ machineLabels: [], identity: [], meters: [], vm: false, vmJob: 'guest', thirdParty: [] },
    })
  })

  it('make a request with all that can be given', () => {
    const given = ['--instance', 'a', '--node-type', '7', '--vocabulary', 'kepler-0.10', '--vm-train']
    const options = parsed(...given, '--thirdparty-metrics', 'x_total,load=y_total{a="b"}')
    const request = extractRequestOf(options, 'guest', 'ThirdParty', measurements)
    assert.deepEqual(request.features, ['load=y_total{a="b"}', 'x_total'])
    assert.deepEqual(request.thirdParty, ['x_total', 'load=y_total{a="b"}'])
    assert.deepEqual([request.instance, request.nodeType, request.vm], ['a', 7, true])
    assert.equal(request.vocabulary?.name, 'kepler-0.10')
    assert.deepEqual(request.machineLabels, ['rack'])
  })

  it('take the source of a meter where none is named', () => {
    assert.equal(extractRequestOf(parsed(), 'g', 'BPFOnly', measurements).source, 'acpi')
    const named = extractRequestOf(parsed('-e', 'redfish'), 'g', 'BPFOnly', measurements)
    assert.deepEqual([named.source, named.meters?.[0]?.source], ['redfish', 'redfish'])
  })

  it('refuse a group that is none, or has no use for what was given, or needs what was not', () => {
    const refused = (group: string, metrics?: string) => () =>
      extractRequestOf({ ...parsed(), ...(metrics && { thirdpartyMetrics: metrics }) }, 'g', group, allMeasurements)
    const code = 'INVALID_REQUEST'
    assert.throws(refused('Beauty'), { code, field: 'feature-group', message: /"Beauty"/ })
    assert.throws(refused('BPFOnly', 'x_total'), { code, field: 'thirdparty-metrics', message: /BPFOnly has no use/ })
    assert.throws(refused('ThirdParty'), { code, field: 'thirdparty-metrics', message: /none are given/ })
  })
})

describe('what is named on the command line', () => {
  it('a list is split at commas', () => {
    assert.deepEqual(splitNames(undefined), [])
    assert.deepEqual(splitNames(' a ,,b, '), ['a', 'b'])
  })

  it('a node type is a whole number', () => {
    assert.deepEqual(['0', '12', '-1', '999999999'].map(nodeTypeOf), [0, 12, -1, 999_999_999])
    for (const text of ['', '1.5', 'x1', '1x', '1234567890', '--1', ' 1']) {
      assert.throws(() => nodeTypeOf(text), { code: 'INVALID_REQUEST', field: 'node-type' }, text)
    }
  })

  it('an energy source is known by all of its names', () => {
    assert.deepEqual(['', 'intel_rapl', 'rapl-msr', 'acpi', 'mine'].map(energySourceOf), [
      ...['rapl-sysfs', 'rapl-sysfs', 'rapl-msr', 'acpi', 'mine'],
    ])
    assert.throws(() => energySourceOf('../x'), { code: 'INVALID_REQUEST', field: 'energy-source', message: /"..\/x"/ })
  })

  it('third-party metrics are each given once', () => {
    assert.deepEqual(thirdPartyOf(undefined), [])
    assert.deepEqual(thirdPartyOf('a_total,b_total'), ['a_total', 'b_total'])
    assert.throws(() => thirdPartyOf('a_total,b_total,a_total'), {
      ...{ code: 'INVALID_REQUEST', field: 'thirdparty-metrics', message: /a_total is given twice/ },
    })
  })
})

describe('metersFor', () => {
  const ofPackage = meterOf({ metric: 'p', unit: 'joules', component: 'package' })

  it('are all meters where no source is named', () => {
    assert.deepEqual(metersFor([watts, ofPackage], undefined), [watts, ofPackage])
    assert.deepEqual(metersFor([], 'acpi'), [])
  })

  it('measure the named source that has their component', () => {
    assert.deepEqual(metersFor([watts, ofPackage], 'acpi,rapl-sysfs'), [watts, ofPackage])
    const renamed = metersFor([watts, ofPackage], 'redfish, rapl-msr')
    assert.deepEqual(
      renamed.map(({ source }) => source),
      ['redfish', 'rapl-msr'],
    )
  })

  it('are not lost in silence', () => {
    assert.throws(() => metersFor([watts], 'rapl-sysfs'), {
      ...{ code: 'INVALID_REQUEST', field: 'energy-source' },
      message: 'the meter pdu_watts in watts measures platform, which is none of rapl-sysfs',
    })
  })
})
