import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { matrix } from '../numeric/matrix.js'
import { type KernelRows, withKernelRows } from './kernel-rows.js'

const x = matrix(Array.from({ length: 10 }, (_, i) => [i / 10]))
/** Bytes of one row of ten samples. */
const rowBytes = 4 * 10

describe('the memory of a kernel', () => {
  it('is one piece where all rows fit, and one a row where a byte is missing', () => {
    const isWhole = (room: number) =>
      withKernelRows(x, 1, (kernel) => kernel.row(0).buffer === kernel.row(9).buffer, { room })
    assert.deepEqual([10 * rowBytes - 1, 10 * rowBytes, 10 * rowBytes + 1].map(isWhole), [false, true, true])
  })

  it('is as large as the largest kernel that will be wanted, where that fits', () => {
    const bytes = (rows: number, largest: number, room: number) => {
      const samples = matrix(Array.from({ length: rows }, (_, i) => [i]))
      return withKernelRows(samples, 1, ({ row }) => row(0).buffer.byteLength, { largest, room })
    }
    // Each has more samples than the kernel before, whose memory would do otherwise.
    assert.equal(bytes(20, 22, 4 * 22 * 22), 4 * 22 * 22)
    assert.equal(bytes(30, 33, 4 * 33 * 33 - 1), 4 * 30 * 30)
  })

  it('holds the rows that were asked for last; the oldest gives its memory to the next', () => {
    const use = ({ row }: KernelRows) => {
      const [first, second, third] = [row(0), row(1), row(2)]
      assert.equal(row(0), first)
      // Row 1 was asked for longest ago.
      assert.equal(row(3), second)
      assert.equal(row(2), third)
      assert.equal(row(0), first)
      assert.equal(row(1), second)
      assert.equal(second[1], 1)
    }
    withKernelRows(x, 1, use, { room: 3 * rowBytes })
    withKernelRows(x, 1, use, { room: 4 * rowBytes - 1 })
  })

  it('has room for two rows at least, as a step reads two', () => {
    withKernelRows(
      x,
      1,
      ({ row, count }) => {
        const [first, second] = [row(0), row(1)]
        assert.equal(row(0), first)
        assert.equal(row(1), second)
        assert.equal(row(2), first)
        assert.equal(count, 10)
      },
      { room: 1 },
    )
  })
})
