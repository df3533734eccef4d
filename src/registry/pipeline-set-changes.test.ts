import assert from 'node:assert/strict'
import { renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { pipelineFiles, zipOf } from '../../test/support/pipeline-fixture.js'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { findPipelines } from './find-pipelines.js'
import type { Pipeline } from './pipeline.js'
import { createPipelineSet } from './pipeline-set.js'

function scene() {
  const folder = temporaryFolder()
  const logger = recordedLog()
  const failed: string[] = []
  const recovered: string[] = []
  let now = 0
  const set = createPipelineSet({
    ...{ logger, monotonic: () => now },
    onError: (origin, error) => failed.push(`${origin}: ${(error as Error).name}`),
    onRecovered: (origin) => recovered.push(origin),
  })
  let changes = 0
  const write = (name: string, content: string | Buffer) => {
    const path = join(folder, name)
    writeFileSync(`${path}.new`, content)
    // Files of one test differ in their times, however fast it runs.
    utimesSync(`${path}.new`, 1e9 + ++changes, 1e9 + changes)
    renameSync(`${path}.new`, path)
    return path
  }
  return {
    ...{ folder, logger, failed, recovered, set, write },
    update: () => set.update(findPipelines(folder)),
    pass: (milliseconds: number) => (now += milliseconds),
  }
}

const pipeline = (...models: readonly string[]) => zipOf(pipelineFiles(models.map((name) => ({ name }))))
const isClosed = ({ store }: Pipeline) => {
  try {
    store.read('metadata.json')
    return false
  } catch {
    return true
  }
}

describe('a set of pipelines', () => {
  it('says nothing while nothing changes, and all of them when one does', async () => {
    const { set, update, write } = scene()
    assert.equal(await update(), undefined)
    write('a.zip', pipeline('A_0'))
    write('b.zip', pipeline('A_0', 'B_0'))
    const first = await update()
    assert.deepEqual(
      first?.map(({ name, entries }) => [name, entries.length]),
      [
        ['a', 1],
        ['b', 2],
      ],
    )
    assert.equal(await update(), undefined)
    write('b.zip', pipeline('C_0'))
    const second = await update()
    assert.equal(second?.[0], first?.[0])
    assert.deepEqual(
      second?.[1]?.entries.map(({ name }) => name),
      ['C_0'],
    )
    set.close()
  })

  it('closes the files of what was replaced or is gone, and not before it is told', async () => {
    const { folder, logger, set, update, write } = scene()
    write('a.zip', pipeline('A_0'))
    write('b.zip', pipeline('A_0'))
    const [a, b] = (await update()) ?? []
    write('a.zip', pipeline('B_0'))
    rmSync(join(folder, 'b.zip'))
    const [newer, ...others] = (await update()) ?? []
    assert.deepEqual(others, [])
    assert.deepEqual(
      [a, b].map((one) => isClosed(one!)),
      [false, false],
    )
    set.closeDropped()
    assert.deepEqual(
      [a, b, newer].map((one) => isClosed(one!)),
      [true, true, false],
    )
    const gone = logger.lines.find(({ message }) => message === 'pipeline is gone')
    assert.deepEqual([gone?.level, gone?.fields.pipeline, gone?.fields.origin], ['info', 'b', join(folder, 'b.zip')])
    set.close()
    assert.equal(isClosed(newer!), true)
    assert.deepEqual(await update().then((all) => all?.map(({ name }) => name)), ['a'])
    set.close()
  })

  it('keeps what it has of a pipeline that cannot be read, and says so once a version', async () => {
    const { failed, logger, pass, set, update, write } = scene()
    const path = write('a.zip', pipeline('A_0'))
    const [first] = (await update()) ?? []
    write('a.zip', 'no zip')
    assert.equal(await update(), undefined)
    assert.equal(await update(), undefined, 'not tried again yet')
    pass(1000)
    assert.equal(await update(), undefined)
    assert.equal(isClosed(first!), false)
    assert.deepEqual(failed, [`${path}: ModelError`])
    write('a.zip', 'no zip either')
    await update()
    assert.equal(failed.length, 2)
    const errors = logger.lines.filter(({ level }) => level === 'error')
    assert.deepEqual(
      errors.map(({ fields, message }) => [
        fields.pipeline,
        fields.origin,
        message.endsWith('the previous version stays'),
      ]),
      [
        ['a', path, true],
        ['a', path, true],
      ],
    )
    set.close()
  })

  it('says that none stays of one that never could be read', async () => {
    const { logger, set, update, write } = scene()
    write('a.zip', 'no zip')
    await update()
    assert.deepEqual(
      logger.lines.filter(({ level }) => level === 'error').map(({ message }) => message),
      ['pipeline cannot be read'],
    )
    set.close()
  })

  it('says when the trouble is over: it can be read, is as it was, or is gone', async () => {
    const { folder, recovered, set, update, write } = scene()
    const path = write('a.zip', 'no zip')
    await update()
    assert.deepEqual(recovered, [])
    write('a.zip', pipeline('A_0'))
    await update()
    assert.deepEqual(recovered, [path])
    await update()
    assert.deepEqual(recovered, [path])
    write('a.zip', 'no zip')
    await update()
    rmSync(join(folder, 'a.zip'))
    await update()
    assert.deepEqual(recovered, [path, path])
    set.close()
  })

  it('says nothing of what it was stopped at', async () => {
    const { folder, failed, logger, write } = scene()
    write('a.zip', pipeline('A_0'))
    const set = createPipelineSet({ logger, signal: AbortSignal.abort(), onError: (origin) => failed.push(origin) })
    assert.equal(await set.update(findPipelines(folder)), undefined)
    assert.deepEqual([failed, logger.lines], [[], []])
    set.close()
  })

  it('loads the same name from another place', async () => {
    const { set, write, folder } = scene()
    write('a.zip', pipeline('A_0'))
    const other = scene()
    other.write('a.zip', pipeline('A_0'))
    const [first] = (await set.update(findPipelines(folder))) ?? []
    const [second] = (await set.update(findPipelines(other.folder))) ?? []
    assert.notEqual(first?.store.origin, second?.store.origin)
    set.close()
    other.set.close()
  })

  it('reads a pipeline anew that was moved as it is', async () => {
    const { set, folder, write } = scene()
    const from = write('a.zip', pipeline('A_0'))
    const at = (path: string) => set.update([{ name: 'a', path, kind: 'zip' }])
    assert.equal((await at(from))?.length, 1)
    assert.equal(await at(from), undefined)
    const to = join(folder, 'moved.zip')
    renameSync(from, to)
    assert.deepEqual(
      (await at(to))?.map(({ store }) => store.origin),
      [to],
    )
    set.close()
  })
})
