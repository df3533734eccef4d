import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { readModelArchive } from '../../../src/archive/read-model-archive.js'
import { bufferSource } from '../../../src/archive/zip/byte-source.js'
import { openZip } from '../../../src/archive/zip/zip.js'
import { keplerModelProgram } from '../../../src/cli/program.js'
import { type CliRun, runCli } from '../../support/cli.js'
import { startNode } from '../../support/program.js'
import type { CaseCheck } from './case.js'

/** What the node of `lib/prom.mjs` draws when it is idle, half and fully busy. */
const usage = [
  [0, 0],
  [8000, 100],
  [16_000, 200],
] as const
const truth = { package: [40, 80, 120], dram: [10, 15, 20] }

/** One round of the online trainer on a Prometheus that a script plays. */
async function round(
  folder: string,
  script: string,
  scrape: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<CliRun> {
  const port = await freePort()
  const prometheus = startNode('prometheus', [join(folder, script), String(port), String(scrape)], environment)
  try {
    await prometheus.waitFor(/listening/)
    const url = `http://127.0.0.1:${port}`
    return await runCli(keplerModelProgram, ['online-trainer', '--once', '--prometheus', url], {
      environment: { MNT_PATH: folder, LOG_LEVEL: 'error' },
    })
  } finally {
    prometheus.signal('SIGKILL')
    await prometheus.ended
  }
}

/** Every published model of whole nodes gives the true watts to within a share of them. */
function expectTrueModels(folder: string, share: number): void {
  const zip = openZip(bufferSource(readFileSync(join(folder, 'models', 'std_v0.7.11.zip'))))
  const models = [...zip.entries.keys()].filter((name) => /^rapl-sysfs\/AbsPower\/BPFOnly\/[^/]+\.zip$/.test(name))
  assert.notEqual(models.length, 0)
  for (const name of models) {
    const watts = readModelArchive(zip.read(name)).predict(['bpf_cpu_time_ms', 'bpf_page_cache_hit'], usage)
    for (const [component, right] of Object.entries(truth)) {
      const given = watts[component as keyof typeof truth] ?? []
      for (const [i, value] of right.entries()) {
        const off = Math.abs(given[i]! - value)
        assert.ok(off <= share * value, `${name}: ${given[i]} W of ${component}, and not ${value}`)
      }
    }
  }
}

/** The online trainer behind a Prometheus: what it publishes is right. */
export const onlineCases: Readonly<Record<string, CaseCheck>> = {
  async 'online-scrape15'({ folder }) {
    const { code, stderr } = await round(folder, '../lib/prom.mjs', 15)
    assert.equal(code, 0, stderr)
    expectTrueModels(folder, 0.15)
  },

  async 'online-scrape30'({ folder }) {
    const { code, stderr } = await round(folder, '../lib/prom.mjs', 30)
    assert.equal(code, 0, stderr)
    expectTrueModels(folder, 0.15)
  },

  async 'online-spike'({ folder }) {
    const { code, stderr } = await round(folder, 'prom.mjs', 3, { AGO: '600' })
    assert.equal(code, 0, stderr)
    expectTrueModels(folder, 0.15)
  },
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  assert.ok(address !== null && typeof address === 'object')
  return address.port
}
