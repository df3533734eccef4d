import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { writeHistory } from '../support/write-history.js'
import { type AssessRequest, assess } from '../../src/online/round/assess.js'
import { assessRequest } from '../support/assess-request.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/** A machine's labels and samples alone take twice this, parsed. */
const mostPerMachine = 100_000

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** What is live in memory at most, looked at again and again while a round reads its request. */
async function liveBytes(request: AssessRequest): Promise<number> {
  let most = 0
  let reads = 0
  const looking = new Proxy(request, {
    get(target, name, receiver) {
      if (reads++ % 40 === 0) {
        // Twice: array buffers are let go of a collection later than the objects that had them.
        collectGarbage()
        collectGarbage()
        const { heapUsed, arrayBuffers } = process.memoryUsage()
        most = Math.max(most, heapUsed + arrayBuffers)
      }
      return Reflect.get(target, name, receiver)
    },
  })
  const { slots } = await assess(looking)
  assert.ok(slots.some(({ verdict }) => verdict === 'first'))
  return most
}

it('holds what a round trains on, and not what each machine measured', { timeout: 300_000 }, async () => {
  const folder = temporaryFolder()
  const request = (machines: number) => {
    const data = join(folder, String(machines))
    mkdirSync(data)
    const { paths } = writeHistory(data, machines, 120)
    const few = { maxRows: 100, minRows: 10, recentSeconds: 60, trainers: ['LinearRegressionTrainer'] as const }
    return assessRequest({ paths, candidatePath: join(data, 'candidate.zip'), cacheBytes: 2 ** 16, threads: 1, ...few })
  }
  // What is loaded once is loaded before.
  await liveBytes(request(2))
  const [few, many] = [8, 32]
  const grown = (await liveBytes(request(many))) - (await liveBytes(request(few)))
  assert.ok(grown / (many - few) < mostPerMachine, `${Math.round(grown / (many - few))} bytes more for each machine`)
})
