import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { simulatedResponse } from '../../test/support/simulated-response.js'
import { extractorNamed } from '../extract/extractors.js'
import { meterOf } from '../extract/meter.js'
import { minIsolator } from '../isolate/min.js'
import type { PrometheusResponse, Series } from '../prometheus/response.js'
import { defaultMachine } from '../simulate/machine.js'
import { scenarioNamed } from '../simulate/scenario.js'
import { buildMachineSets } from './build-machine-sets.js'
import { buildTrainingSets, type TrainingSetOptions } from './build-training-sets.js'

/** What was measured of machines of these names, the first for so long, each next one half as long. */
function responseOf(...names: readonly string[]): PrometheusResponse {
  const scenario = scenarioNamed('bursty')
  const all = names.map((instance, i) =>
    simulatedResponse({ scenario, duration: 120 / 2 ** i, seed: i, machine: { ...defaultMachine, instance } }),
  )
  const series = new Map<string, Series[]>()
  for (const one of all)
    for (const [metric, own] of one.series) series.set(metric, [...(series.get(metric) ?? []), ...own])
  return { ...all[0]!, series }
}
const options: Omit<TrainingSetOptions, 'instance'> = {
  ...{ sources: ['acpi'], outputTypes: ['AbsPower'], groups: ['BPFOnly'] },
  ...{ extractor: extractorNamed('default'), isolator: () => minIsolator() },
}

describe('the training sets of all machines', () => {
  const workloads = (...names: readonly string[]) =>
    buildMachineSets(responseOf(...names), options).parts.map(({ sets: [set] }) => [set?.workloads?.names, set?.x.rows])

  it('are one a machine, whose rows are of its workload', () => {
    const { parts, failures } = buildMachineSets(responseOf('db-1', 'web-1'), options)
    assert.deepEqual(failures, [])
    assert.deepEqual(
      parts.map(({ sets: [set] }) => [
        set?.workloads?.names,
        [...new Set(set?.workloads?.ofRow)],
        set?.workloads?.ofRow.length,
      ]),
      [
        [['db'], [0], 40],
        [['web'], [0], 20],
      ],
    )
    for (const { findings } of parts) assert.ok(!findings.some(({ kind }) => kind === 'other exporter'))
  })

  it('are of one workload where names differ in a number at their end, also before a port', () => {
    assert.deepEqual(workloads('db_07', 'web-1', 'web-2'), [
      [['db'], 40],
      [['web'], 20],
      [['web'], 10],
    ])
    assert.deepEqual(workloads('a.2:9100', 'a1:9100', 'b'), [
      [['a'], 40],
      [['a'], 20],
      [['b'], 10],
    ])
    assert.deepEqual(workloads('10', 'web-1')[0], [['10'], 40])
  })

  it('are each of its own where all are numbered alike', () => {
    assert.deepEqual(
      workloads('web-1', 'web-2').map(([names]) => names),
      [['web-1'], ['web-2']],
    )
    assert.deepEqual(workloads('web-1')[0]?.[0], ['web-1'])
  })

  it('leave out a machine that cannot be used, and fail where none can', () => {
    const response = responseOf('db-1', 'web-1')
    const series = new Map(
      [...response.series].map(([metric, own]) => [
        metric,
        own.filter(({ labels }) => metric.includes('joules') || labels.instance !== 'web-1'),
      ]),
    )
    const { parts, failures } = buildMachineSets({ ...response, series }, options)
    assert.deepEqual([parts.length, failures.map(({ what }) => what)], [1, ['web-1']])
    const [failure] = failures
    const idle = new Map([...response.series].filter(([metric]) => metric.includes('joules')))
    assert.ok(failure?.why)
    assert.throws(() => buildMachineSets({ ...response, series: idle }, options), {
      ...{ code: 'INVALID_DATA', message: /^no machine can be trained: db-1: / },
    })
    assert.throws(() => buildMachineSets({ ...response, series: new Map() }, options), {
      ...{ code: 'INVALID_DATA', message: 'no machine has energy of the sources asked for' },
    })
  })

  it('are found by the energy of a Kepler alone', () => {
    const meters = [meterOf({ metric: 'pdu', unit: 'watts' })]
    assert.throws(() => buildMachineSets(responseOf('a'), { ...options, meters }), {
      code: 'INVALID_REQUEST',
      field: 'all-machines',
    })
    assert.equal(buildMachineSets(responseOf('a'), { ...options, meters: [] }).parts.length, 1)
  })
})

describe('the training sets of a response', () => {
  const response = responseOf('node-1')
  const built = (more: Partial<TrainingSetOptions>) => buildTrainingSets(response, { ...options, ...more })

  it('have notes and findings of each source, each once', () => {
    const isolated = { ...minIsolator(), name: 'mine' }
    const isolator = () => ({
      ...isolated,
      isolate: (input: Parameters<typeof isolated.isolate>[0]) => ({
        ...isolated.isolate(input),
        notes: ['a note'],
        findings: [{ kind: 'never idle' as const, metric: 'm', count: 1, example: 'x', effect: 'used' }],
      }),
    })
    const { notes, findings, preprocessed } = built({
      sources: ['acpi', 'rapl-sysfs'],
      outputTypes: ['DynPower'],
      groups: ['BPFOnly', 'Basic'],
      isolator,
    })
    assert.deepEqual(notes, ['acpi: a note', 'rapl-sysfs: a note'])
    assert.deepEqual(
      findings.map(({ metric }) => metric),
      ['m'],
    )
    assert.deepEqual(
      preprocessed.map(({ fileName }) => fileName),
      [
        ...['preprocess_dyn_default_mine_acpi_BPFOnly.csv', 'preprocess_dyn_default_mine_acpi_Basic.csv'],
        ...['preprocess_dyn_default_mine_rapl-sysfs_BPFOnly.csv', 'preprocess_dyn_default_mine_rapl-sysfs_Basic.csv'],
      ],
    )
  })

  it('leave out a source whose isolator fails, and keep its node power', () => {
    const isolator = () => {
      throw new Error('no isolator')
    }
    const { sets, failures } = built({ outputTypes: ['AbsPower', 'DynPower'], isolator })
    assert.deepEqual(
      sets.map(({ outputType }) => outputType),
      ['AbsPower'],
    )
    assert.deepEqual(failures, [{ what: 'acpi/DynPower/BPFOnly', why: 'no isolator' }])
  })

  it('say which groups there are where none is complete', () => {
    const usageless = {
      ...response,
      metrics: new Map([
        ['kepler_b', 1],
        ['kepler_a', 1],
        ['x_joules', 1],
      ]),
      series: new Map(),
    }
    const said = {
      code: 'INVALID_DATA',
      message: /^no feature group is complete; Kepler 0\.7 to 0\.9 has \w+.*; metrics of usage: kepler_a, kepler_b$/,
    }
    assert.throws(() => buildTrainingSets(usageless, options), said)
    assert.throws(() => buildTrainingSets({ ...usageless, metrics: new Map() }, options), /metrics of usage: none$/)
  })

  it('are those that are asked for, of all that are offered otherwise', () => {
    const groups = (more: Partial<TrainingSetOptions>) => built(more).sets.map(({ group }) => group)
    const { groups: _, ...offered } = options
    const all = buildTrainingSets(response, offered).sets.map(({ group }) => group)
    assert.ok(
      all.includes('Basic') && all.includes('BPFOnly') && !all.includes('ThirdParty') && !all.includes('NodeOS'),
    )
    assert.deepEqual(groups({ groups: ['Basic', 'AcceleratorOnly'] }), ['Basic'])
    assert.deepEqual(groups({ groups: ['ThirdParty', 'BPFOnly'] }), ['BPFOnly'])
  })
})
