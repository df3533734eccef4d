import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ModelError } from '../../src/core/errors.js'
import { type Dataset, trainingData } from '../../src/extract/dataset.js'
import { extractorNamed } from '../../src/extract/extractors.js'
import { validateResponse } from '../../src/extract/validate.js'
import { minIsolator } from '../../src/isolate/min.js'
import { noneIsolator } from '../../src/isolate/none.js'
import { container, type MadeSeries, madeResponse, raplEnergy } from '../fixtures/response.js'

const seed = 20261123
const steps = 8
const watts = fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: steps, maxLength: steps })
const values = fc.array(fc.oneof(fc.nat({ max: 10_000 }), fc.constantFrom('NaN', '+Inf', '-Inf')), {
  maxLength: steps + 1,
})
const times = fc.option(
  fc.array(fc.integer({ min: 1000, max: 1030 }), { minLength: steps + 1, maxLength: steps + 1 }),
  { nil: undefined },
)
const series = fc.tuple(
  fc.constantFrom('a', 'b', 'c'),
  values,
  times,
  fc.constantFrom({}, { job: 'vm' }, { instance: 'node-2' }),
)

/** What no extractor may give, whatever it is fed. */
function assertSane(dataset: Dataset): void {
  const columns = [...dataset.features, ...dataset.powers, ...dataset.ratios]
  assert.ok(dataset.rows > 0)
  for (const { name, values } of columns) {
    assert.equal(values.length, dataset.rows)
    assert.ok(
      values.every((value) => Number.isFinite(value) && value >= 0),
      name,
    )
  }
  assert.ok(dataset.timestamps.every((time, i) => i === 0 || time >= dataset.timestamps[i - 1]!))
  assert.equal(trainingData(dataset).x.rows, dataset.rows)
}

describe('extraction', () => {
  it('gives sane rows or a clear error, whatever the samples are', async () => {
    fc.assert(
      fc.property(
        watts,
        watts,
        fc.array(series, { maxLength: 6 }),
        fc.boolean(),
        (packages, dram, list, perContainer) => {
          const usage = list.map(([name, samples, at, labels]): MadeSeries => {
            return { labels: container(name, labels), values: samples, ...(at && { times: at }) }
          })
          const response = madeResponse({
            ...raplEnergy({ package: packages, dram }),
            kepler_container_bpf_cpu_time_ms_total: usage,
          })
          validateResponse(response)
          try {
            const { dataset } = extractorNamed('default').extract(response, {
              features: ['bpf_cpu_time_ms'],
              source: 'rapl-sysfs',
              outputType: perContainer ? 'DynPower' : 'AbsPower',
            })
            assertSane(dataset)
            for (const isolator of [noneIsolator(), minIsolator()]) assertSane(isolator.isolate(dataset).dataset)
          } catch (error) {
            if (!(error instanceof ModelError)) throw error
            assert.match(error.message, /kepler_/)
          }
        },
      ),
      { seed, numRuns: 500 },
    )
  })

  it('adds up: rows per container make the rows of the node', () => {
    fc.assert(
      fc.property(
        watts,
        fc.array(
          fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.array(fc.nat({ max: 9999 }), { minLength: 2, maxLength: 9 })),
          { minLength: 1, maxLength: 5 },
        ),
        (packages, list) => {
          const response = madeResponse({
            ...raplEnergy({ package: packages.map((w) => w + 1), dram: packages }),
            kepler_container_cache_miss_total: list.map(([name, samples]) => ({
              labels: container(name),
              values: samples,
            })),
          })
          const request = { features: ['cache_miss'], source: 'rapl-sysfs' } as const
          const node = extractorNamed('default').extract(response, { ...request, outputType: 'AbsPower' }).dataset
          const rows = extractorNamed('default').extract(response, { ...request, outputType: 'DynPower' }).dataset
          const summed = noneIsolator().isolate(rows).dataset
          assert.deepEqual(summed.timestamps, node.timestamps)
          assert.deepEqual(summed.powers, node.powers)
          summed.features[0]!.values.forEach((value, i) => {
            const expected = node.features[0]!.values[i]!
            assert.ok(Math.abs(value - expected) <= 1e-9 * (1 + expected))
          })
        },
      ),
      { seed, numRuns: 200 },
    )
  })
})
