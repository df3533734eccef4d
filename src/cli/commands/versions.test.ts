import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, describe, it } from 'node:test'
import { failureOf, runCli } from '../../../test/support/cli.js'
import { zipOf } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { pipelineVersions } from '../../online/versions/versions.js'
import { keplerModelProgram } from '../program.js'

const time = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.source

describe('kepler-model versions', () => {
  const root = temporaryFolder()
  let folder = root
  beforeEach(() => {
    folder = mkdtempSync(join(root, 'models-'))
  })
  const run = (...args: string[]) =>
    runCli(keplerModelProgram, ['versions', '--model-path', folder, '-p', 'mine', ...args])
  /** Publishes versions of these numbers; why is known of the others. */
  async function published(numbers: readonly number[], reasons: readonly string[] = []) {
    const versions = pipelineVersions(folder, 'mine', 3)
    for (const [i, version] of numbers.entries()) {
      mkdirSync(dirname(versions.candidatePath), { recursive: true })
      writeFileSync(versions.candidatePath, zipOf({ 'metadata.json': JSON.stringify({ name: 'mine', version }) }))
      await versions.publish(version)
      const why = reasons[i]
      if (why !== undefined) await versions.log({ time: '2026-01-02T03:04:05.678Z', action: 'published', version, why })
    }
  }

  it('says where nothing was published', async () => {
    const { code, stdout, stderr } = await run()
    assert.deepEqual([code, stdout], [0, ''])
    assert.match(stderr, new RegExp(`nothing under mine in ${folder} yet`))
    assert.deepEqual(JSON.parse((await run('--json')).stdout), { pipeline: 'mine', pinned: null, versions: [] })
  })

  it('lists versions with their time and reason, the served one marked', async () => {
    await published([1, 2, 3], ['first', '', 'better'])
    const { stdout } = await run()
    assert.match(
      stdout,
      new RegExp(`^VERSION\tPUBLISHED\tSTATE\tWHY\n1\t${time}\t\tfirst\n2\t${time}\t\t\n3\t${time}\tserved\tbetter\n$`),
    )
    const { versions, pinned } = JSON.parse((await run('--json')).stdout)
    assert.equal(pinned, null)
    const [first, , third] = versions
    assert.match(first.published, /^\d{4}-\d\d-\d\dT.*Z$/)
    assert.deepEqual([first.number, first.live, first.why, 'path' in first], [1, false, 'first', false])
    assert.deepEqual([third.live, third.why], [true, 'better'])
    const wide = await runCli(keplerModelProgram, ['versions', '--model-path', folder, '-p', 'mine'], { columns: 100 })
    assert.match(wide.stdout, /^VERSION {2}PUBLISHED {12}STATE {3}WHY\n[─ ]+\n {6}1 {2}\d/)
  })

  it('has no reason for a version whose reason is not known', async () => {
    await published([1])
    assert.deepEqual(JSON.parse((await run('--json')).stdout).versions[0].why, null)
    assert.match((await run()).stdout, /\tserved\t\n$/)
  })

  it('rolls back to the version before, or a named one, and pins it until --unpin', async () => {
    await published([1, 2, 3])
    const back = await run('--rollback')
    assert.match(back.stderr, /Version 2 is served again and pinned/)
    assert.match(back.stdout, /\n2\t\S+ \S+\tserved, pinned\t\n3\t\S+ \S+\t\t\n$/)
    const named = await run('--rollback', '1')
    assert.match(named.stdout, /\n1\t\S+ \S+\tserved, pinned\t/)
    const { pinned } = JSON.parse((await run('--json')).stdout)
    assert.equal(pinned.version, 1)
    const free = await run('--unpin')
    assert.match(free.stderr, new RegExp(`Version 1 was pinned since ${pinned.since.slice(0, 10)}`))
    assert.doesNotMatch(free.stdout, /pinned/)
    assert.match((await run('--unpin')).stderr, /No version of mine was pinned/)
  })

  it('prints only JSON with --json', async () => {
    await published([1, 2])
    for (const args of [['--rollback'], ['--unpin'], ['--history']]) {
      const { code, stdout, stderr } = await run(...args, '--json')
      assert.deepEqual([code, stderr], [0, ''])
      assert.doesNotThrow(() => JSON.parse(stdout), args.join(' '))
    }
  })

  it('lists what was done, and by whom', async () => {
    await published([1, 2], ['first', 'better'])
    await run('--rollback')
    await run('--unpin')
    const lines = (await run('--history')).stdout.trim().split('\n')
    assert.equal(lines[0], 'TIME\tACTION\tVERSION\tWHY')
    assert.equal(lines[1], '2026-01-02 03:04:05\tpublished\t1\tfirst')
    assert.match(lines[3] ?? '', new RegExp(`^${time}\trolled-back\t1\tfrom version 2 by command$`))
    assert.match(lines[4] ?? '', new RegExp(`^${time}\tunpinned\t1\tby command$`))
    assert.equal(lines.length, 5)
    const entries = JSON.parse((await run('--history', '--json')).stdout)
    assert.deepEqual(entries[0], { time: '2026-01-02T03:04:05.678Z', action: 'published', version: 1, why: 'first' })
    const versions = pipelineVersions(folder, 'mine', 3)
    await versions.log({ time: '2026-01-02T03:04:05Z', action: 'kept', why: 'no better' })
    assert.match((await run('--history')).stdout, /\tkept\t\tno better\n$/)
    // Reasons are sentences, which go on in the next line.
    const why = 'a reason of many words that is longer than the terminal is wide'
    await versions.log({ time: '2026-01-02T03:04:05Z', action: 'published', version: 2, why })
    for (const more of [['--history'], []]) {
      const args = ['versions', '--model-path', folder, '-p', 'mine', ...more]
      const { stdout } = await runCli(keplerModelProgram, args, { columns: 70 })
      assert.doesNotMatch(stdout, /…/)
    }
  })

  it('refuses what is no version', async () => {
    await published([1])
    for (const text of ['x', '1.5', '1234567890', '1x', 'x1']) {
      const failure = await failureOf(keplerModelProgram, ['versions', '--model-path', folder, '--rollback', text])
      const { code, field, message } = failure as { code?: string; field?: string; message?: string }
      assert.deepEqual(
        [code, field, message],
        ['INVALID_REQUEST', 'rollback', `${JSON.stringify(text)} is no number of a version`],
      )
    }
    assert.equal((await run('--rollback', '7')).code, 2)
  })
})
