import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { assessRequest } from '../../../test/support/assess-request.js'
import { pipelineFiles, zipOf } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import type { AssessRequest } from './assess.js'
import { type AssessMessage, postAssessment } from './assess-messages.js'

/** What the thread of a round of no measurements posts. */
async function posted(request: Partial<AssessRequest> = {}, pipeline: Buffer | string = '') {
  const folder = temporaryFolder()
  const path = join(folder, 'std.zip')
  writeFileSync(path, pipeline)
  const served = pipeline === '' ? undefined : ({ name: 'std', path, kind: 'zip' } as const)
  const messages: AssessMessage[] = []
  const wanted = { paths: [], candidatePath: join(folder, 'candidate.zip'), served, ...request }
  await postAssessment(assessRequest(wanted), (message) => messages.push(message))
  return messages
}

describe('the thread of a round', () => {
  it('posts what the round found', async () => {
    const [only, ...others] = await posted()
    assert.ok(only !== undefined && 'assessment' in only && others.length === 0)
    const { machines, slots, candidate, servedVersion, dataFrom, dataUntil } = only.assessment
    assert.deepEqual([machines, slots, candidate, servedVersion, dataFrom, dataUntil], [[], [], false, 0, 0, 0])
  })

  it('posts lines of its log before', async () => {
    const damaged = { ...pipelineFiles([]), 'acpi/AbsPower/BPFOnly/A_0.zip': 'no zip' }
    const [line, end] = await posted({}, zipOf(damaged))
    assert.ok(line !== undefined && 'level' in line && end !== undefined && 'assessment' in end)
    assert.deepEqual([line.level, line.message], ['warn', 'model is damaged and skipped'])
    assert.equal('model' in line.fields && line.fields.model, 'acpi/AbsPower/BPFOnly/A_0')
  })

  it('posts why it failed, with the code where the disk or the served pipeline is the reason', async () => {
    const [damaged] = await posted({}, 'PK, and no more')
    assert.ok(damaged !== undefined && 'failure' in damaged)
    assert.match(damaged.failure, /^the served pipeline std cannot be read: .*; `kepler-model versions --rollback`/)
    assert.equal(damaged.code, 'INVALID_ARCHIVE')
    const mistaken = { specs: undefined as never, paths: 0 as never }
    const [mistake] = await posted(mistaken)
    assert.ok(mistake !== undefined && 'failure' in mistake)
    assert.deepEqual([mistake.failure.length > 0, mistake.code], [true, undefined])
  })
})
