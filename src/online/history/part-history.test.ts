import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { parseSelector } from '../../prometheus/selector.js'
import { partHistory } from './part-history.js'

const text = (instance: string, time: number) =>
  JSON.stringify({ a_total: [{ metric: { instance }, values: [[time, '1']] }], empty_total: [] })

function written(...texts: readonly string[]) {
  const folder = temporaryFolder()
  const paths = texts.map((one, i) => {
    const path = join(folder, `${i}.json`)
    writeFileSync(path, one)
    return path
  })
  return { folder, paths }
}

describe('partHistory', () => {
  it('leaves out a file that breaks off, and what stood in it before', async () => {
    const broken = `${text('w2', 3).slice(0, -1)}, "b_total": [`
    const { folder, paths } = written(text('w1', 0), broken, text('w1', 6))
    const { store, metrics, damaged } = await partHistory(paths, { folder, memoryBytes: 0 })
    assert.deepEqual(
      damaged.map(({ path }) => path),
      [paths[1]],
    )
    assert.match(damaged[0]?.why ?? '', /cut off/)
    assert.deepEqual([...metrics], ['a_total', 'empty_total'])
    const [only, ...none] = store.targets()
    assert.equal(none.length, 0)
    assert.deepEqual([...(store.read([only!]).get('a_total')?.[0]?.timestamps ?? [])], [0, 6])
    store.close()
  })

  it('keeps the series that are selected', async () => {
    const { folder, paths } = written(text('w1', 0), text('w2', 0))
    const { matchers } = parseSelector('{instance="w2"}', 'select')
    const measurements = { select: matchers, meters: [] }
    const { store } = await partHistory(paths, { folder, memoryBytes: 0, measurements })
    assert.deepEqual(
      store.targets().map((target) => target.series()[0]?.labels().instance),
      ['w2'],
    )
    store.close()
  })

  it('says that the disk is what fails, and not the file that is read', async () => {
    // More than is written at once.
    const values = Array.from({ length: 140_000 }, (_, i) => [i, '1'])
    const { folder, paths } = written(JSON.stringify({ a_total: [{ metric: { instance: 'w1' }, values }] }))
    const nowhere = { folder: join(folder, 'nowhere'), memoryBytes: 0 }
    await assert.rejects(partHistory(paths, nowhere), {
      code: 'UNAVAILABLE',
      message: /measurements of a round cannot be written to .*nowhere.*ENOENT/,
    })
  })
})
