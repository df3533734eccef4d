import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { runCli } from '../../../test/support/cli.js'
import { pipelineFiles, zipOf } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { xmlFault } from '../../../test/support/xml-fault.js'
import { keplerModelProgram } from '../../cli/program.js'
import { pipelineVersions } from '../../online/versions/versions.js'
import { driftHistory } from './drift.js'

describe('the history of an online trainer', () => {
  it('has the error of each version when it was published, what was done, and damage by name', async () => {
    const folder = temporaryFolder()
    const versions = pipelineVersions(folder, 'std', 10)
    for (const [i, mae] of [12, 6, 3].entries()) {
      const number = await versions.nextNumber()
      const metadata = { platform_mae: mae, held_out_mean_watts: 120, held_out_mae: mae, complexity: 1 }
      const files = pipelineFiles([{ folder: 'acpi/AbsPower/BPFOnly', name: 'A_0', mae, metadata }])
      mkdirSync(dirname(versions.candidatePath), { recursive: true })
      writeFileSync(versions.candidatePath, zipOf({ ...files, 'metadata.json': JSON.stringify({ version: number }) }))
      await versions.publish(number)
      const time = new Date(1_700_000_000_000 + 60_000 * i).toISOString()
      await versions.log({ time, action: 'published', version: number, why: `${mae} W <b>off</b>` })
    }
    await versions.log({ time: '2023-11-14T23:00:00.000Z', action: 'rolled-back', version: 2, why: 'by command' })
    writeFileSync((await versions.list())[0]!.path, 'PK, and no more')

    const history = await driftHistory(versions, new AbortController().signal)
    assert.deepEqual(
      history.versions.map(({ version, slots }) => [version, slots]),
      [
        [2, { 'acpi/AbsPower/BPFOnly/0': 5 }],
        [3, { 'acpi/AbsPower/BPFOnly/0': 2.5 }],
      ],
    )
    assert.deepEqual(
      history.events.map(({ action, version }) => [action, version]),
      [
        ['published', 1],
        ['published', 2],
        ['published', 3],
        ['rolled-back', 2],
      ],
    )
    assert.equal(history.unreadable.length, 1)
    assert.match(history.unreadable[0]!, /^version 1: /)

    // Who stops it wants no answer, and no version that is called unreadable.
    const aborted = AbortSignal.abort()
    await assert.rejects(driftHistory(versions, aborted))

    const environment = { DATAPATH: join(folder, 'data'), MODEL_PATH: folder }
    const drawn = await runCli(keplerModelProgram, ['plot', 'drift', '-p', 'std', '-o', '-'], { environment })
    assert.equal(drawn.code, 0, drawn.stderr)
    assert.equal(xmlFault(drawn.stdout), undefined)
    for (const text of ['acpi/AbsPower/BPFOnly/0', 'rolled back', 'not read: version 1']) {
      assert.ok(drawn.stdout.includes(text), text)
    }
    assert.match(drawn.stdout, /3 W &lt;b&gt;off&lt;\/b&gt;/)
  })
})
