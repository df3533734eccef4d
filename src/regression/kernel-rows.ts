import { LRUCache } from 'lru-cache'
import type { Matrix } from '../numeric/matrix.js'

/** Rows of the kernel matrix, in single precision as LIBSVM keeps them: half the memory, and 1e-7 W of the predictions. */
export interface KernelRows {
  readonly count: number
  /** Row `i`, to be read before the next call but one: it may then be thrown out. */
  row(i: number): Float32Array
}

export interface KernelMemory {
  /** Bytes of rows that are kept. */
  readonly room?: number
  /** Samples of the largest kernel that will be wanted. */
  readonly largest?: number
}

/** Bytes of kernel rows that are kept: all of them up to 4096 samples. */
const roomFor = 64 * 2 ** 20

/** Rows and columns of a square that stays in the processor's first cache while it is mirrored. */
const tile = 32

/**
 * Gives `use` the `e^(-gamma |a - b|^2)` between each two samples; the rows are only valid during the call. The memory of a
 * whole kernel, tens of megabytes, serves the next one: a thread fits many models on equally many samples, and would hold
 * several kernels until they are collected. It is collected as anything else where there is no next one.
 */
export function withKernelRows<T>(
  x: Matrix,
  gamma: number,
  use: (kernel: KernelRows) => T,
  { room = roomFor, largest = x.rows }: KernelMemory = {},
): T {
  if (bytesOf(x.rows) > room) return use(recentRows(x, gamma, room))
  const known = spare?.deref()
  const memory = known && known.length >= x.rows * x.rows ? known : new Float32Array(sizeFor(x.rows, largest, room))
  // Nobody else gets it meanwhile.
  spare = undefined
  try {
    return use(wholeKernel(x, gamma, memory))
  } finally {
    spare = new WeakRef(memory)
  }
}

/** The largest kernel's, so that it serves all of them; what is beyond `room` is not kept whole. */
function sizeFor(rows: number, largest: number, room: number): number {
  return bytesOf(largest) > room ? rows * rows : Math.max(rows, largest) ** 2
}

function bytesOf(rows: number): number {
  return Float32Array.BYTES_PER_ELEMENT * rows * rows
}

let spare: WeakRef<Float32Array> | undefined

/**
 * All rows at once. Nearly every sample of a power model becomes a support vector, so nearly every row is asked for,
 * and each half of a symmetric matrix is the other one's mirror.
 */
function wholeKernel(x: Matrix, gamma: number, data: Float32Array): KernelRows {
  const count = x.rows
  for (let top = 0; top < count; top += tile) {
    const bottom = Math.min(top + tile, count)
    for (let left = 0; left <= top; left += tile) {
      for (let i = top; i < bottom; i++) {
        const right = Math.min(left + tile, i + 1)
        for (let t = left; t < right; t++) {
          const value = between(x, gamma, i, t)
          data[i * count + t] = value
          data[t * count + i] = value
        }
      }
    }
  }
  return { count, row: (i) => data.subarray(i * count, (i + 1) * count) }
}

/** Rows computed when asked for; the one that was asked for longest ago makes room. */
function recentRows(x: Matrix, gamma: number, room: number): KernelRows {
  const count = x.rows
  const most = Math.max(2, Math.floor(room / (Float32Array.BYTES_PER_ELEMENT * count)))
  const kept = new LRUCache<number, Float32Array>({ max: most })
  return {
    count,
    row(i) {
      const known = kept.get(i)
      if (known) return known
      // The memory of the row that makes room serves the one that comes.
      const row = (kept.size >= most ? kept.pop() : undefined) ?? new Float32Array(count)
      for (let t = 0; t < count; t++) row[t] = between(x, gamma, i, t)
      kept.set(i, row)
      return row
    },
  }
}

function between({ cols, data }: Matrix, gamma: number, a: number, b: number): number {
  let distance = 0
  for (let j = 0, p = a * cols, q = b * cols; j < cols; j++, p++, q++) {
    const difference = data[p]! - data[q]!
    distance += difference * difference
  }
  return Math.exp(-gamma * distance)
}
