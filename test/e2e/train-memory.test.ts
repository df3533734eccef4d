import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { writeMadeResponse } from '../../bench/support/made-response.js'
import { temporaryFolder } from '../support/temporary-folder.js'

/**
 * Megabytes of heap: where there is a row per container and time, as there was for workloads and for isolators that tell
 * containers apart, more than 64 are needed; without, less than 24.
 */
const heap = 44

/** Prints what the main thread's arrays take when the program ends, in bytes. */
const tellsArrays = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => process.stderr.write('arrays ' + process.memoryUsage().arrayBuffers))",
)}`

describe('the memory of training', () => {
  it('has no room for a row of each container and time', { timeout: 120_000 }, () => {
    const args = [`--max-old-space-size=${heap}`, '--import', 'tsx', 'test/support/many-containers.ts']
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    assert.equal(stdout, '2 sets, pod-0 and pod-1\n')
  })

  it('is without the responses when models are trained', { timeout: 240_000 }, () => {
    const folder = temporaryFolder()
    const [containers, steps] = [200, 400]
    for (const name of ['first', 'second']) writeMadeResponse(join(folder, name), containers, steps)
    const samples = 8 * containers * steps
    const program = ['--import', 'tsx', '--import', tellsArrays, 'src/bin/kepler-model.ts']
    const args = ['train', '-i', 'first,second', '--trainers', 'LinearRegressionTrainer', '--fast', '--threads', '1']
    const env = { ...process.env, DATAPATH: folder, CONFIG_PATH: join(folder, 'config') }
    const { status, stderr } = spawnSync(process.execPath, [...program, ...args], { encoding: 'utf8', env })
    assert.equal(status, 0, stderr)
    assert.match(stderr, /10 models written/)
    const arrays = Number(/arrays (\d+)$/.exec(stderr)?.[1])
    assert.ok(
      arrays < 8 * samples,
      `${arrays} bytes of arrays, of two responses with ${samples} samples of 8 bytes each`,
    )
  })
})
