import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clockTable, concatenated } from './clock-table.js'

const clock = (...times: number[]) => Float64Array.from(times)

describe('clockTable', () => {
  it('gives equal lists one number, also when others came between', () => {
    const table = clockTable()
    const ids = [clock(1, 2, 3), clock(1, 2, 3), clock(4, 5), clock(1, 2, 3), clock(4, 5)].map(table.idOf)
    assert.deepEqual(ids, [0, 0, 1, 0, 1])
    assert.deepEqual([...table.clockOf(1)], [4, 5])
  })

  it('tells lists of the same length and ends apart', () => {
    const table = clockTable()
    assert.deepEqual(
      [clock(1, 2, 4), clock(1, 3, 4), clock(1, 2, 4), clock(), clock(1)].map(table.idOf),
      [0, 1, 0, 2, 3],
    )
  })

  it('keeps a list as it was, whatever becomes of the array', () => {
    const table = clockTable()
    const buffer = clock(1, 2)
    const id = table.idOf(buffer)
    buffer[1] = 9
    assert.deepEqual([...table.clockOf(id)], [1, 2])
    assert.equal(table.idOf(buffer), id + 1)
  })

  it('copies a new list alone', () => {
    let copies = 0
    const table = clockTable((times) => {
      copies++
      return times.slice()
    })
    const buffer = clock(1, 2)
    const id = table.idOf(buffer)
    table.idOf(clock(1, 2))
    buffer.fill(9)
    assert.deepEqual([copies, [...table.clockOf(id)]], [1, [1, 2]])
    assert.equal(table.idOf(clock(1, 2)), id)
  })

  it('joins lists into one array, the same for the same lists', () => {
    const table = clockTable()
    const [a, b] = [table.idOf(clock(1, 2)), table.idOf(clock(3))]
    const join = table.joiner()
    const whole = join([a, b])
    assert.deepEqual([...whole], [1, 2, 3])
    assert.equal(join([a, b]), whole)
    assert.equal(join([a]), table.clockOf(a))
    assert.deepEqual([...join([b, a])], [3, 1, 2])
    assert.notEqual(table.joiner()([a, b]), whole)
  })
})

describe('concatenated', () => {
  it('puts arrays behind each other, and gives a single one back', () => {
    const one = clock(1, 2)
    assert.equal(concatenated([one]), one)
    assert.deepEqual([...concatenated([one, clock(), clock(7)])], [1, 2, 7])
    assert.deepEqual([...concatenated([])], [])
  })
})
