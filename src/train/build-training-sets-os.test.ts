import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { dataset } from '../../test/support/platform-dataset.js'
import { ModelError } from '../core/errors.js'
import type { Extractor } from '../extract/extractor.js'
import { minIsolator } from '../isolate/min.js'
import type { PrometheusResponse } from '../prometheus/response.js'
import { nodeExporter } from '../vocabulary/node-os.js'
import { buildTrainingSets, type TrainingSetOptions } from './build-training-sets.js'

/** A response with metrics of these names, whose values the extractor below makes up. */
const responseOf = (...metrics: readonly string[]): PrometheusResponse => ({
  ...{ series: new Map(), metrics: new Map(metrics.map((metric) => [metric, 1])) },
  ...{ samples: 0, bytes: 0, badSamples: [], notices: { warnings: [], infos: [] } },
})
const cpuTime = 'kepler_container_bpf_cpu_time_ms_total'
const ofGuest = ['kepler_process_bpf_cpu_time_ms_total', 'kepler_process_bpf_page_cache_hit_total']
const ofNode = [cpuTime, 'kepler_container_bpf_page_cache_hit_total']
const osMetrics = Object.values(nodeExporter).flatMap((metric) => (typeof metric === 'string' ? metric : metric.metric))
const rows = dataset([1, 2, 3], [10, 20, 30])

/** Builds sets, and tells of which features the extractor was asked, `containers` apart. */
function built(response: PrometheusResponse, more: Partial<TrainingSetOptions>) {
  const asked: string[] = []
  const extractor: Extractor = {
    name: 'default',
    extract(_, { features, source }) {
      asked.push(`${source}: ${features.length} features`)
      const finding = { kind: 'gap' as const, metric: source, count: 1, example: 'x', effect: 'y' }
      return { dataset: rows, findings: [finding], scrapes: [] }
    },
    containers(_, { features, source }) {
      asked.push(`${source}: containers of ${features.join()}`)
      throw new ModelError('INVALID_DATA', 'no containers')
    },
  }
  const options: TrainingSetOptions = {
    ...{ sources: ['acpi'], outputTypes: ['AbsPower'], extractor, isolator: () => minIsolator() },
    ...more,
  }
  const { sets, failures, findings: all } = buildTrainingSets(response, options)
  // An isolator's are told elsewhere.
  const findings = all.filter(({ kind }) => kind !== 'never idle')
  return { asked, findings, sets: sets.map(({ outputType, group }) => `${outputType}/${group}`), failures }
}

describe('training sets of what an operating system tells', () => {
  it('of a guest need no containers, which only a Kepler in it knows', () => {
    const response = responseOf(...osMetrics, ...ofGuest)
    const alone = built(response, { vm: true, groups: ['NodeOS'] })
    assert.deepEqual(alone, {
      asked: ['acpi: 10 features'],
      findings: alone.findings,
      sets: ['AbsPower/NodeOS'],
      failures: [],
    })
    const both = built(response, { vm: true, groups: ['NodeOS', 'BPFOnly'] })
    assert.deepEqual(both.asked, ['acpi: containers of bpf_cpu_time_ms', 'acpi: 10 features', 'acpi: 2 features'])
    assert.deepEqual(both.failures, [{ what: 'workloads of acpi', why: 'no containers' }])
  })

  it('of a node have the workloads of its containers', () => {
    const { asked } = built(responseOf(...osMetrics, cpuTime), { groups: ['NodeOS'] })
    assert.deepEqual(asked, ['acpi: containers of bpf_cpu_time_ms', 'acpi: 10 features'])
  })

  it('are of the whole machine alone: other groups have dynamic power too', () => {
    const response = responseOf(...osMetrics, ...ofNode)
    const of = (more: Partial<TrainingSetOptions>) => {
      const { sets, failures } = built(response, more)
      return [sets, failures.map(({ what }) => what).filter((what) => !what.startsWith('workloads'))]
    }
    const groups = ['NodeOS', 'BPFOnly'] as const
    assert.deepEqual(of({ groups, outputTypes: ['AbsPower', 'DynPower'] }), [
      ['AbsPower/NodeOS', 'AbsPower/BPFOnly', 'DynPower/BPFOnly'],
      [],
    ])
    assert.deepEqual(of({ groups, outputTypes: ['DynPower'] }), [['DynPower/BPFOnly'], ['DynPower/NodeOS']])
    assert.deepEqual(of({ groups: ['BPFOnly'], outputTypes: ['DynPower'] }), [['DynPower/BPFOnly'], []])
    assert.throws(() => of({ groups: ['NodeOS'], outputTypes: ['DynPower'] }), {
      code: 'INVALID_DATA',
      message: /^nothing can be trained: DynPower\/NodeOS: /,
    })
  })
})

describe('training sets of several sources', () => {
  it('tell each finding once, and take a dataset for both outputs', () => {
    const { asked, findings } = built(responseOf(...ofNode), {
      ...{ sources: ['acpi', 'rapl-sysfs'], groups: ['BPFOnly'], outputTypes: ['AbsPower', 'DynPower'] },
    })
    assert.deepEqual(
      findings.map(({ metric }) => metric),
      ['acpi', 'rapl-sysfs'],
    )
    assert.deepEqual(asked, [
      ...['acpi: containers of bpf_cpu_time_ms', 'acpi: 2 features'],
      ...['rapl-sysfs: containers of bpf_cpu_time_ms', 'rapl-sysfs: 2 features'],
    ])
  })

  it('tell what the response has besides one version of Kepler', () => {
    const { findings } = built(responseOf(cpuTime, 'kepler_container_cpu_seconds_total'), {
      groups: ['CPUTimeOnly'],
    })
    assert.deepEqual(
      findings.map(({ kind }) => kind),
      ['other vocabulary', 'gap'],
    )
  })

  it('say of what fails first, also where it is only the workloads', () => {
    const isolator = () => ({ ...minIsolator(), needsContainers: true })
    assert.throws(() => built(responseOf(...ofNode), { groups: ['BPFOnly'], outputTypes: ['DynPower'], isolator }), {
      message: /^nothing can be trained: acpi\/DynPower\/BPFOnly: no containers$/,
    })
    assert.throws(() => built(responseOf(cpuTime), { groups: ['BPFOnly'] }), {
      message: /^no feature group is complete/,
    })
  })

  it('have third-party features where they are named', () => {
    const { asked } = built(responseOf(cpuTime, 'fan_rpm'), { groups: ['ThirdParty'], thirdParty: ['fan_rpm'] })
    assert.deepEqual(asked, ['acpi: containers of bpf_cpu_time_ms', 'acpi: 1 features'])
  })
})
