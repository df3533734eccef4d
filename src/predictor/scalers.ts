import * as z from 'zod'
import { expectLength, type Matrix } from '../numeric/matrix.js'
import { codec, numbers } from './codec.js'
import type { Transformer } from './predictor.js'

export interface MaxAbsScaler extends Transformer {
  readonly kind: 'max-abs'
  readonly scale: Float64Array
}

export interface MinMaxScaler extends Transformer {
  readonly kind: 'min-max'
  readonly scale: Float64Array
  readonly min: Float64Array
  /** Lowest and highest output, where the scaler was told to clip. */
  readonly clip: readonly [number, number] | undefined
}

export interface StandardScaler extends Transformer {
  readonly kind: 'standard'
  readonly mean: Float64Array
  readonly scale: Float64Array
}

/** What a scale divides by: a feature that never moved in training has a scale of 0, which counts as 1. */
export function divisorOf(scale: Float64Array): Float64Array {
  return scale.map((value) => (value === 0 ? 1 : value))
}

/** `x / scale`. A scale of 0 (a feature that never moved in training) counts as 1. */
export function maxAbsScaler(scale: Float64Array): MaxAbsScaler {
  const divisor = divisorOf(scale)
  return { kind: 'max-abs', scale, ...columnwise(scale.length, (value, j) => value / divisor[j]!) }
}

/** `x * scale + min`, within `clip` where it is given. */
export function minMaxScaler(scale: Float64Array, min: Float64Array, clip?: readonly [number, number]): MinMaxScaler {
  expectLength('minima', min.length, scale.length)
  const [low, high] = clip ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  return {
    kind: 'min-max',
    scale,
    min,
    clip,
    ...columnwise(scale.length, (value, j) => Math.min(Math.max(value * scale[j]! + min[j]!, low), high)),
  }
}

/** `(x - mean) / scale`. */
export function standardScaler(mean: Float64Array, scale: Float64Array): StandardScaler {
  expectLength('scales', scale.length, mean.length)
  const divisor = divisorOf(scale)
  return { kind: 'standard', mean, scale, ...columnwise(mean.length, (value, j) => (value - mean[j]!) / divisor[j]!) }
}

function columnwise(cols: number, f: (value: number, column: number) => number): Omit<Transformer, 'kind'> {
  return {
    inputCount: cols,
    outputCount: cols,
    transform(x: Matrix): Matrix {
      expectLength('features', x.cols, cols)
      const data = new Float64Array(x.data.length)
      for (let i = 0, k = 0; i < x.rows; i++) for (let j = 0; j < cols; j++, k++) data[k] = f(x.data[k]!, j)
      return { rows: x.rows, cols, data }
    },
  }
}

export const maxAbsCodec = codec({
  kind: 'max-abs',
  schema: z.object({ scale: numbers }),
  read: ({ scale }) => maxAbsScaler(scale),
  write: ({ scale }) => ({ scale: [...scale] }),
})

export const minMaxCodec = codec({
  kind: 'min-max',
  schema: z.object({ scale: numbers, min: numbers, clip: z.tuple([z.number(), z.number()]).readonly().optional() }),
  read: ({ scale, min, clip }) => minMaxScaler(scale, min, clip),
  write: ({ scale, min, clip }) => ({ scale: [...scale], min: [...min], ...(clip && { clip }) }),
})

export const standardCodec = codec({
  kind: 'standard',
  schema: z.object({ mean: numbers, scale: numbers }),
  read: ({ mean, scale }) => standardScaler(mean, scale),
  write: ({ mean, scale }) => ({ mean: [...mean], scale: [...scale] }),
})
