import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { choicesOf } from '../../bench/support/choices.js'
import { trainingSetOf } from '../../bench/support/held-out.js'
import { noProblems, type Problem, readProblems } from '../../bench/support/problems.js'
import type { TrainingSet } from '../../src/train/training-set.js'

const seeds = Array.from({ length: 10 }, (_, seed) => seed)

/** Short recordings alone: all datasets are in `docs/accuracy.md`, which the accuracy bench writes. */
const datasets = [
  ['loaded/abs/BPFOnly', ['platform']],
  ['loaded/abs/CounterOnly', ['package', 'dram']],
  ['loaded/dyn/BPFIRQ', ['package', 'dram']],
  ['loaded/abs/BPFOnly-smooth30', ['package', 'dram']],
] as const

describe('the choice among all trainers', { skip: noProblems }, () => {
  let problems: readonly Problem[]
  before(async () => {
    problems = await readProblems()
  })

  function setOf(name: string, components: readonly string[]): TrainingSet {
    const own = components.map((component) => problems.find((problem) => problem.name === `${name}/${component}`))
    const known = own.filter((problem) => problem !== undefined)
    assert.equal(known.length, components.length)
    return { ...trainingSetOf(known[0]!), targets: known.map(({ component, y }) => ({ component, watts: y })) }
  }

  for (const [name, components] of datasets) {
    it(`is the same, or within a standard error, with ten seeds: ${name}/${components.join(', ')}`, () => {
      const { winners, equallyGood } = choicesOf(setOf(name, components), seeds)
      assert.equal(winners.length, 10)
      assert.ok(equallyGood, winners.join(', '))
    })
  }
})
