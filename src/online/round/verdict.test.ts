import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Measured } from './measure.js'
import { type EvaluatedModel, type Rules, tooSoon, validateCandidate } from './verdict.js'

/** A model that is off by `watts`, a little more and a little less in turns, of a mean power of 100 W. */
function measured(
  watts: number,
  skill = 0.9,
  perRow = Float64Array.from({ length: 30 }, (_, i) => watts + (i % 2) / 100),
): Measured {
  return { rows: perRow.length, watts, percent: watts, skill, perRow }
}
function evaluated(any: Measured, options: Partial<EvaluatedModel> = {}): EvaluatedModel {
  return { any, weights: undefined, highestUsage: 1000, ...options }
}
const rules: Rules = { margin: 0.1, maxError: 30, spread: 0.5, drifting: false, isNewest: (row) => row >= 20 }
const verdict = (candidate: EvaluatedModel, served?: EvaluatedModel, changed: Partial<Rules> = {}) =>
  validateCandidate(candidate, served, { ...rules, ...changed }).verdict

describe('validateCandidate', () => {
  it('publishes a first model that knows something', () => {
    assert.equal(verdict(evaluated(measured(5))), 'first')
    assert.equal(verdict(evaluated(measured(5, 0.1))), 'no_skill')
    assert.equal(verdict(evaluated(measured(31))), 'too_inaccurate')
    assert.equal(verdict(evaluated(measured(5)), undefined, { spread: 0.02 }), 'too_quiet')
  })

  it('publishes what is better by the margin, and nothing else', () => {
    const served = evaluated(measured(5))
    assert.equal(verdict(evaluated(measured(4)), served), 'better')
    assert.equal(verdict(evaluated(measured(4.6)), served), 'no_better')
    assert.equal(verdict(evaluated(measured(4.2)), served, { margin: 0.2 }), 'no_better')
    assert.equal(verdict(evaluated(measured(6)), served), 'no_better')
  })

  it('does not bother anybody for a gain that nobody notices', () => {
    assert.equal(verdict(evaluated(measured(0.2)), evaluated(measured(0.6))), 'no_better')
    assert.equal(verdict(evaluated(measured(0.2)), evaluated(measured(0.8))), 'better')
  })

  it('takes no chance difference for a better model', () => {
    const lucky = Float64Array.from({ length: 30 }, (_, row) => (row === 3 ? 60 : 3))
    assert.equal(verdict(evaluated(measured(4)), evaluated(measured(4.9, 0.9, lucky))), 'no_better')
  })

  it('does not give up weights, or make them worse, for a better archive', () => {
    const served = evaluated(measured(5), { weights: measured(6) })
    assert.equal(verdict(evaluated(measured(3)), served), 'no_better')
    assert.equal(verdict(evaluated(measured(3), { weights: measured(8) }), served), 'no_better')
    assert.equal(verdict(evaluated(measured(3), { weights: measured(6.2) }), served), 'better')
    assert.equal(verdict(evaluated(measured(5), { weights: measured(4) }), served), 'better')
  })

  it('prefers who has seen load, unless that one is off anyway', () => {
    const served = evaluated(measured(5), { highestUsage: 10_000 })
    assert.equal(verdict(evaluated(measured(1)), served), 'narrower')
    assert.equal(verdict(evaluated(measured(1)), served, { drifting: true }), 'better')
  })

  it('lets a small gain wait, but not a machine that has changed, or a large gain', () => {
    const urgent = (candidate: EvaluatedModel, served?: EvaluatedModel, changed: Partial<Rules> = {}) =>
      validateCandidate(candidate, served, { ...rules, ...changed }).urgent
    const served = evaluated(measured(5))
    const better = evaluated(measured(4))
    assert.equal(urgent(better, served), false)
    assert.equal(urgent(evaluated(measured(4))), true)
    assert.equal(urgent(better, served, { drifting: true }), true)
    assert.equal(urgent(better, evaluated(measured(9.5))), true)
    // On an unchanged machine models get better by and by: from 20 to 14 % is no reason to hurry.
    assert.equal(urgent(evaluated(measured(14)), evaluated(measured(20))), false)
    const { verdict, publish, why } = tooSoon(validateCandidate(better, served, rules))
    assert.deepEqual([verdict, publish], ['too_soon', false])
    assert.match(why, /the served model 5\.0 %.*a version was published a moment ago/)
  })

  it('asks the newest rows too', () => {
    const wasBad = Float64Array.from({ length: 30 }, (_, row) => (row < 20 ? 50 : 1))
    assert.equal(verdict(evaluated(measured(4)), evaluated(measured(33, 0.9, wasBad))), 'no_longer_better')
  })

  it('says why in watts and percent', () => {
    const { why } = validateCandidate(evaluated(measured(4)), evaluated(measured(5)), rules)
    assert.equal(why, '4.0 % (4.00 W) off on 30 held-out measurements, the served model 5.0 % (5.00 W)')
  })
})
