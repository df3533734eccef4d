const block = 128

/**
 * A sum whose rounding grows with the logarithm of the length: halves are added up on their own, blocks of at most 128
 * in eight interleaved sums. numpy adds in this order, so sums of the same doubles are equal to the last bit.
 */
export function pairwiseSum(values: ArrayLike<number>, from = 0, count = values.length): number {
  if (count > block) {
    const half = Math.floor(count / 2)
    const first = half - (half % 8)
    return pairwiseSum(values, from, first) + pairwiseSum(values, from + first, count - first)
  }
  if (count < 8) {
    let sum = 0
    for (let i = 0; i < count; i++) sum += values[from + i]!
    return sum
  }
  const sums = Float64Array.from({ length: 8 }, (_, lane) => values[from + lane]!)
  let i = 8
  for (; i < count - (count % 8); i += 8) for (let lane = 0; lane < 8; lane++) sums[lane]! += values[from + i + lane]!
  let sum = sums[0]! + sums[1]! + (sums[2]! + sums[3]!) + (sums[4]! + sums[5]! + (sums[6]! + sums[7]!))
  for (; i < count; i++) sum += values[from + i]!
  return sum
}
