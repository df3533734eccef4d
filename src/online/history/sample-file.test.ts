import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { sampleFile } from './sample-file.js'

/** As many numbers as are held back before they are written. */
const held = 2 ** 20 / 8
const numbers = (count: number, first = 0) => Float64Array.from({ length: count }, (_, i) => first + i)

function scene() {
  const file = sampleFile(temporaryFolder())
  return {
    file,
    /** Appends, and tells where the numbers stand. */
    append: (...counts: readonly number[]) => counts.map((count) => file.append(numbers(count, 1000 * count))),
  }
}

describe('sampleFile', () => {
  it('says where numbers stand, and has them there, whether they are written yet or not', () => {
    const { file, append } = scene()
    assert.deepEqual(append(3, 1, 0, 2), [0, 3, 4, 4])
    assert.deepEqual([...file.read(0, 3)], [3000, 3001, 3002])
    assert.deepEqual(append(2), [6])
    assert.deepEqual([...file.read(2, 6)], [3002, 1000, 2000, 2001, 2000, 2001])
    assert.deepEqual([...file.read(7, 1)], [2001])
    file.close()
  })

  it('writes what is more than it holds back, at once or together, in its place', () => {
    for (const counts of [
      [held],
      [held + 1],
      [1, held - 1, 1],
      [1, held, 1],
      [5, held + 1, 2, held],
      [held, held + 1, 1],
    ]) {
      const { file, append } = scene()
      const places = append(...counts)
      counts.forEach((count, i) => {
        const before = counts.slice(0, i).reduce((sum, one) => sum + one, 0)
        assert.equal(places[i], before, counts.join())
        assert.deepEqual(file.read(before, count), numbers(count, 1000 * count), counts.join())
      })
      file.close()
    }
  })

  it('takes a part of an array for that part', () => {
    const { file } = scene()
    file.append(numbers(10).subarray(4, 6))
    assert.deepEqual([...file.read(0, 2)], [4, 5])
    file.close()
  })

  it('has no name in its folder, and needs none before anything is written', () => {
    const folder = temporaryFolder()
    const file = sampleFile(join(folder, 'later'))
    file.append(numbers(2))
    mkdirSync(join(folder, 'later'))
    assert.deepEqual([...file.read(0, 2)], [0, 1])
    assert.deepEqual(readdirSync(join(folder, 'later')), [])
    file.close()
    file.close()
    const unused = sampleFile(join(folder, 'nowhere'))
    assert.deepEqual(unused.read(0, 0), new Float64Array(0))
    unused.close()
  })

  it('says what it cannot do, and in which folder', () => {
    const folder = join(temporaryFolder(), 'file')
    writeFileSync(folder, '')
    const file = sampleFile(folder)
    file.append(numbers(1))
    const refused = { code: 'UNAVAILABLE', message: /cannot be written to ".*file": ENOTDIR/ }
    assert.throws(() => file.read(0, 1), refused)
    assert.throws(() => file.append(numbers(held)), refused)
    rmSync(folder)
    const { file: short } = scene()
    short.append(numbers(2))
    assert.throws(() => short.read(1, 2), { code: 'UNAVAILABLE', message: /cannot be read from .*shorter than/ })
    short.close()
  })
})
