import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { container, counter, madeResponse, raplEnergy } from '../../test/fixtures/response.js'
import { ModelError } from '../core/errors.js'
import { tableOfContainers } from '../extract/container-rows.js'
import { extractorNamed } from '../extract/extractors.js'
import { autoIsolator } from './auto.js'
import type { IdleProfile } from './idle-profile.js'
import { containersIn, isContainerRows, type Isolator } from './isolator.js'
import { measuredFor } from './measured-for.js'
import { minIsolator } from './min.js'
import { profileIsolator } from './profile.js'
import { trainedIsolator } from './trained.js'

const rates = [40, 44, 0, 40, 42, 50]
const response = madeResponse({
  ...raplEnergy({ package: rates.map((rate) => 40 + rate), dram: rates }),
  kepler_container_bpf_cpu_time_ms_total: [
    { labels: container('app'), values: counter(rates) },
    { labels: container('agent'), values: counter(rates.map(() => 5)) },
  ],
})
const extractor = extractorNamed('default')
const request = { features: ['bpf_cpu_time_ms'], source: 'rapl-sysfs' } as const
const of = (isolator: Isolator) => measuredFor(isolator, extractor, response, request)

describe('what an isolator works on', () => {
  it('is the node, or its containers one by one where it tells them apart, with what was found', () => {
    const node = of(minIsolator())
    assert.ok(!isContainerRows(node.measured))
    assert.deepEqual([node.measured.outputType, containersIn(node.measured)], ['AbsPower', undefined])
    assert.deepEqual(node.findings, extractor.extract(response, { ...request, outputType: 'AbsPower' }).findings)
    const containers = of({ ...minIsolator(), needsContainers: true })
    assert.ok(isContainerRows(containers.measured))
    assert.equal(containersIn(containers.measured)?.size, 2)
    assert.deepEqual(containers.findings, extractor.containers(response, request).findings)
  })

  it('comes to the same as rows or as a table', () => {
    const { rows } = extractor.containers(response, request)
    const types = { '0': { lowest: 1, highest: 3, units: 1 } }
    const known = { package: types, core: types, uncore: types, dram: types }
    const profile: IdleProfile = {
      ...{ format: 'kepler-idle-profile/1', containers: ['agent'] },
      power: { 'rapl-sysfs': known },
    }
    const watts = (share: number) => (count: number) => new Float64Array(count).fill(share)
    const model = {
      ...{ name: 'm', error: 1, features: ['bpf_cpu_time_ms'] },
      predict: (x: { rows: number }) =>
        new Map((['package', 'core', 'uncore', 'dram'] as const).map((component) => [component, watts(2)(x.rows)])),
    }
    for (const isolator of [profileIsolator(profile), trainedIsolator([model], { bgHints: ['agent'] })]) {
      const isolation = isolator.isolate(rows)
      assert.deepEqual(isolation, isolator.isolate(tableOfContainers(rows)), isolator.name)
      assert.match(isolation.notes[0]!, /^1 of 2 containers are background$/)
    }
  })
})

describe('auto', () => {
  it('has the notes of the isolator that it took behind its own', () => {
    const { measured } = of(minIsolator())
    const { notes } = autoIsolator(undefined).isolate(measured)
    assert.equal(notes[0], 'isolated by the least that was measured (min)')
    assert.deepEqual(notes.slice(1), minIsolator().isolate(measured).notes)
  })

  it('hides no error but that of data that does not do', () => {
    const { measured } = of(minIsolator())
    for (const error of [new TypeError('a fault'), new ModelError('NO_MODEL', 'of another kind')]) {
      const profile: IdleProfile = {
        ...{ format: 'kepler-idle-profile/1', containers: [] },
        get power(): never {
          throw error
        },
      }
      assert.throws(
        () => autoIsolator(profile).isolate(measured),
        (thrown) => thrown === error,
      )
    }
  })
})
