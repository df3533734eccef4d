import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Measured } from './measure.js'
import { type EvaluatedModel, keepServed, type Rules, validateCandidate } from './verdict.js'

/** Off by so many watts of a mean of 100 W on every row, with so little noise that any difference is sure. */
function off(watts: number, skill = 0.9): Measured {
  const perRow = Float64Array.from({ length: 30 }, (_, i) => watts + (i % 2) / 1000)
  return { rows: 30, watts, percent: watts, skill, perRow }
}
const model = (any: Measured, options: Partial<EvaluatedModel> = {}): EvaluatedModel => ({
  any,
  weights: undefined,
  highestUsage: 1000,
  ...options,
})
const rules: Rules = { margin: 0.1, maxError: 30, spread: 0.5, drifting: false, isNewest: (row) => row >= 20 }
const decided = (candidate: EvaluatedModel, served?: EvaluatedModel, changed: Partial<Rules> = {}) =>
  validateCandidate(candidate, served, { ...rules, ...changed })
const verdict = (...given: Parameters<typeof decided>) => decided(...given).verdict

describe('the bounds of a verdict', () => {
  it('are a tenth of spread for a first model, and none for a later one', () => {
    const quiet = decided(model(off(5)), undefined, { spread: 0.0999 })
    assert.deepEqual([quiet.verdict, quiet.publish, quiet.urgent], ['too_quiet', false, false])
    assert.match(quiet.why, /^power has varied by 10\.0 % only/)
    assert.equal(verdict(model(off(5)), undefined, { spread: 0.1 }), 'first')
    assert.equal(verdict(model(off(4)), model(off(9)), { spread: 0 }), 'better')
  })

  it('are three tenths of skill, and the largest error that is allowed', () => {
    assert.equal(verdict(model(off(5, 0.3))), 'first')
    assert.equal(verdict(model(off(5, 0.2999))), 'no_skill')
    assert.equal(verdict(model(off(30))), 'first')
    const inaccurate = decided(model(off(30.1)))
    assert.equal(inaccurate.verdict, 'too_inaccurate')
    assert.equal(inaccurate.why, '30.1 % (30.10 W) off on 30 held-out measurements, more than 30 %')
  })

  it('are half of the usage that the served model has seen', () => {
    const served = (highestUsage: number | undefined) => model(off(9), { highestUsage })
    const seen = (highestUsage: number | undefined) => model(off(4), { highestUsage })
    assert.equal(verdict(seen(500), served(1000)), 'better')
    const narrower = decided(seen(499), served(1000))
    assert.equal(narrower.verdict, 'narrower')
    assert.match(narrower.why, /it has seen usage up to 499, the served model up to 1\.00e\+3$/)
    assert.equal(verdict(seen(undefined), served(1)), 'narrower')
    assert.equal(verdict(seen(undefined), served(undefined)), 'better')
    assert.equal(verdict(seen(0), served(1000), { drifting: true }), 'better')
  })

  it('are the margin and half a percent of the mean power', () => {
    assert.equal(verdict(model(off(8)), model(off(10)), { margin: 0.2 }), 'no_better')
    assert.equal(verdict(model(off(7.99)), model(off(10)), { margin: 0.2 }), 'better')
    assert.equal(verdict(model(off(0.5)), model(off(1))), 'better')
    assert.equal(verdict(model(off(0.51)), model(off(1))), 'no_better')
  })

  it('are two standard errors of the difference', () => {
    // Differences of 1 ± d in turns: the standard error is d / sqrt(29), so 1 is twice that at d = 2.69.
    const noisy = (d: number): Measured => ({ ...off(10), perRow: off(10).perRow.map((_, i) => 10 + (i % 2 ? d : -d)) })
    const steady: Measured = { ...off(9), watts: 8.9, perRow: new Float64Array(30).fill(9) }
    assert.equal(verdict(model(steady), model(noisy(2.6))), 'better')
    assert.equal(verdict(model(steady), model(noisy(2.8))), 'no_better')
  })

  it('let neither the archive nor the weights get worse by more than the margin', () => {
    const served = model(off(5), { weights: off(10) })
    assert.equal(verdict(model(off(3), { weights: off(11) }), served), 'better')
    assert.equal(verdict(model(off(3), { weights: off(11.01) }), served), 'no_better')
    assert.equal(verdict(model(off(5.5), { weights: off(5) }), served), 'better')
    assert.equal(verdict(model(off(5.51), { weights: off(5) }), served), 'no_better')
    const { why } = decided(model(off(5), { weights: off(6) }), served)
    assert.match(why, /; its weights 6\.0 % \(6\.00 W\), those of the served one 10\.0 % \(10\.00 W\)$/)
    assert.match(decided(model(off(3)), served).why, /; it gives no weights, the served model does$/)
    assert.equal(verdict(model(off(3), { weights: off(99) }), model(off(5))), 'better')
  })

  it('let the newest rows be worse by the margin', () => {
    const lately = (watts: number): Measured => ({
      ...off(3),
      perRow: off(3).perRow.map((_, row) => (row < 20 ? 2 : watts)),
    })
    const served = model({ ...off(9), perRow: off(9).perRow.map((_, row) => (row < 20 ? 12 : 5)) })
    assert.equal(verdict(model(lately(5.49)), served), 'better')
    const longer = decided(model(lately(5.51)), served)
    assert.deepEqual([longer.verdict, longer.publish], ['no_longer_better', false])
  })

  it('are five percent of gain and half of the error for what is urgent', () => {
    const urgent = (mine: number, theirs: number, changed: Partial<Rules> = {}) =>
      decided(model(off(mine)), model(off(theirs)), changed).urgent
    assert.equal(urgent(5, 10), true)
    assert.equal(urgent(4.9, 9.89), false, 'a gain of less than 5 %')
    assert.equal(urgent(6, 11.9), false, 'more than half is left')
    assert.equal(urgent(6, 12), true)
    assert.equal(urgent(6, 7, { drifting: true }), true)
  })
})

describe('keepServed', () => {
  it('publishes nothing, and hurries nobody', () => {
    assert.deepEqual(keepServed('untrainable', 'x'), {
      verdict: 'untrainable',
      publish: false,
      urgent: false,
      why: 'x',
    })
  })
})
