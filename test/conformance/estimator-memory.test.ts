import assert from 'node:assert/strict'
import { cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { watchMemory } from '../support/process-memory.js'
import { startProgram } from '../support/program.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const data = '../shared/data/model-db'
const skip = existsSync(data) ? process.platform !== 'linux' && 'needs /proc' : `needs ${data}`

/** Megabytes. The manifests allow 384; without shared models it takes 360 here, with them 190. */
const most = 280
const requests = 600
const clients = 8
const metrics = ['bpf_cpu_time_ms', 'bpf_page_cache_hit', 'cpu_cycles', 'cpu_instructions', 'cache_miss']

describe('an estimator with the published pipelines', { skip }, () => {
  it('keeps few models for filters that it has never seen', { timeout: 300_000 }, async () => {
    const folder = temporaryFolder()
    cpSync(data, join(folder, 'models'), { recursive: true })
    const args = ['--offline', '--socket', join(folder, 'e.sock'), '--http', '0']
    const program = startProgram('estimator', args, { MODEL_PATH: join(folder, 'models'), LOG_FORMAT: 'json' })
    const memory = watchMemory(program.pid)
    try {
      const [, url = ''] = await program.waitFor(/"url":"(http[^"]+)"/)
      let next = 0
      const ask = async () => {
        while (next < requests) {
          const filter = `mae:${1000 + next++}`
          const output_type = next % 2 === 0 ? 'AbsPower' : 'DynPower'
          const body = JSON.stringify({
            metrics,
            values: [[100, 5, 1, 1, 1]],
            output_type,
            source: 'rapl-sysfs',
            filter,
          })
          const answer = await fetch(`${url}/estimate`, { method: 'POST', body })
          assert.equal(answer.status, 200, await answer.text())
        }
      }
      await Promise.all(Array.from({ length: clients }, ask))
      const { own } = memory.stop()
      assert.ok(own > 0 && own < most, `${Math.round(own)} MB`)
      const loaded = program.stderr().match(/"msg":"model loaded"/g) ?? []
      assert.ok(loaded.length > 0 && loaded.length < 10, `${loaded.length} lines of log`)
    } finally {
      memory.stop()
      program.signal('SIGKILL')
      await program.ended
    }
  })
})
