/**
 * What size costs, beside the plain way in the same run: matching a spec with 10,000 node types.
 */
import { nodeTypeMatcher } from '../src/selection/match-node-type.js'
import { comparedWithAll } from '../test/support/compared-with-all.js'

const types = 10_000
const index = Array.from({ length: types }, (_, id) => ({
  id,
  spec: {
    processor: `intel_xeon_${id % 600}_v${id % 4}`,
    cores: 4 + (id % 60),
    chips: 1 + (id % 2),
    memory: 16 + (id % 500),
    frequency: 2000 + (id % 1500),
  },
  members: id % 7,
}))
const numbers = (i: number) => ({ cores: 5.5, chips: 1, memory: i, frequency: 3000 })
const specs = [
  ['a known processor', (i: number) => ({ processor: `intel_xeon_${i % 600}_v${i % 4}`, ...numbers(i) })],
  ['another processor', (i: number) => ({ processor: `amd_epyc_${i}`, ...numbers(i) })],
  ['no processor', numbers],
] as const

console.log(`| a new spec, ${types} node types | comparing with all, ms | matcher, ms | times |`)
console.log('| --- | --- | --- | --- |')
const match = nodeTypeMatcher(index)
for (const [name, specOf] of specs) {
  const plain: number[] = []
  const matched: number[] = []
  for (let i = 0; i < 60; i++) {
    plain.push(timed(() => comparedWithAll(index, specOf(i))))
    matched.push(timed(() => match(specOf(i))))
  }
  const [a, b] = [median(plain.slice(20)), median(matched.slice(20))]
  console.log(`| ${[name, a.toFixed(2), b.toFixed(3), (a / b).toFixed(0)].join(' | ')} |`)
}

function timed(run: () => unknown): number {
  const start = performance.now()
  run()
  return performance.now() - start
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}
