import assert from 'node:assert/strict'
import type { Dataset } from '../../src/extract/dataset.js'

/** So many numbers. */
export const numbers = (count: number, f: (i: number) => number) => Float64Array.from({ length: count }, (_, i) => f(i))
/** Equal to a millionth. */
export const close = (actual: number, expected: number) =>
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual}, not ${expected}`)

/** One row a timestamp: usage, and watts of a platform. */
export function dataset(usage: ArrayLike<number>, watts: ArrayLike<number>, more: Partial<Dataset> = {}): Dataset {
  return {
    ...{ source: 'acpi', outputType: 'AbsPower', rows: usage.length, timestamps: numbers(usage.length, (i) => 3 * i) },
    features: [{ name: 'cpu_time_ms', values: Float64Array.from(usage) }],
    powers: [{ name: 'platform_power', component: 'platform', values: Float64Array.from(watts) }],
    ...{ ratios: [], nodeTypes: new Int32Array(usage.length) },
    ...more,
  }
}
/** A node of `idle` watts that works between two usages and draws a watt for each unit. */
export const worked = (idle: number, from: number, to: number) => {
  const usage = numbers(101, (i) => from + ((to - from) * i) / 100)
  return dataset(
    usage,
    usage.map((value) => idle + value),
  )
}
