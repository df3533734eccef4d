/** The mean of each `window` values in a row; incomplete windows give none, so the result is shorter by `window - 1`. */
export function movingAverage(values: Float64Array, window: number): Float64Array {
  const means = new Float64Array(Math.max(0, values.length - window + 1))
  for (let i = 0; i < means.length; i++) {
    // Added up anew each time: a running sum would carry the rounding of 1e10 cycles into idle rows.
    let sum = 0
    for (let k = 0; k < window; k++) sum += values[i + k]!
    means[i] = sum / window
  }
  return means
}
