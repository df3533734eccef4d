import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { simulatedResponse } from '../../test/support/simulated-response.js'
import { tableOfContainers } from '../extract/container-rows.js'
import { extractorNamed } from '../extract/extractors.js'
import { extractorNames } from '../extract/extractor.js'
import { scenarioNamed } from '../simulate/scenario.js'
import { sumContainers } from './sum-containers.js'

describe('sumContainers', () => {
  const responses = {
    'of packages': simulatedResponse({ scenario: scenarioNamed('mixed'), seed: 1, duration: 240, packageRatio: true }),
    'that come and go': simulatedResponse({ scenario: scenarioNamed('churn'), seed: 2, duration: 400 }),
  }
  const features = ['bpf_cpu_time_ms', 'cpu_cycles', 'node_info']
  for (const name of extractorNames) {
    for (const [what, response] of Object.entries(responses)) {
      it(`adds up containers ${what} one by one as it does a table of them (${name})`, () => {
        const { rows } = extractorNamed(name).containers(response, { features, source: 'rapl-sysfs' })
        const table = tableOfContainers(rows)
        assert.ok(rows.containers.length > 3 && table.rows > rows.timestamps.length)
        for (const keep of [
          () => true,
          (id: string) => id.includes('system'),
          (id: string) => !id.includes('system'),
        ]) {
          assert.deepEqual(sumContainers(rows, keep), sumContainers(table, keep))
        }
      })
    }
  }
})
