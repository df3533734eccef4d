import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { pipelineFiles, zipOf } from '../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { findPipelines } from './find-pipelines.js'
import { createPipelineSet } from './pipeline-set.js'

it('tries a broken pipeline again after 1, 2, 4 ... up to 60 s, and at once when the file changes', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'std.zip')
  let now = 5_000_000
  let attempts = 0
  const set = createPipelineSet({
    monotonic: () => now,
    // Asked for once in each attempt to index a pipeline.
    get cacheFolder() {
      attempts++
      return undefined
    },
  })
  const update = () => set.update(findPipelines(folder))

  writeFileSync(path, 'no zip')
  assert.equal(await update(), undefined)
  const pauses: number[] = []
  for (let last = now; pauses.length < 8; ) {
    now += 500
    const before = attempts
    await update()
    if (attempts === before) continue
    pauses.push((now - last) / 1000)
    last = now
  }
  assert.deepEqual(pauses, [1, 2, 4, 8, 16, 32, 60, 60])
  writeFileSync(path, zipOf(pipelineFiles([{ name: 'A_0' }])))
  assert.equal((await update())?.length, 1)
  set.close()
})
