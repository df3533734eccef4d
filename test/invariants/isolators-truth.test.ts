import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { IsolatorName } from '../../src/isolate/isolators.js'
import type { ScenarioName } from '../../src/simulate/scenario.js'
import { isolationFigures } from '../support/isolation-truth.js'

/** Mean absolute error in watts of each isolator, against what the workload of a simulated node caused in truth. */
function errors(scenario: ScenarioName) {
  const { figures } = isolationFigures(scenario, 'acpi', { duration: 600 })
  const figureOf = (name: IsolatorName) => figures.find(({ isolator }) => isolator === name)!
  const of = (name: IsolatorName) => figureOf(name).mae
  return {
    none: of('none'),
    min: of('min'),
    auto: of('auto'),
    profile: of('profile'),
    trainer: of('trainer'),
    refused: figureOf('min').refused,
  }
}

describe('isolators find the true dynamic power of a simulated node', () => {
  it('min where the node is idle at times', () => {
    const { none, min, auto, profile, trainer } = errors('staircase')
    assert.ok(min < 2, `${min} W`)
    assert.ok(min < profile && min < trainer && min < none / 20)
    assert.equal(auto, min)
  })

  it('profile where the node never rests, and min would take load for idle power', () => {
    const { none, refused, profile } = errors('steady')
    assert.ok(profile < 4, `${profile} W`)
    assert.ok(profile < none / 10)
    assert.match(
      refused ?? '',
      /finds no idle power of platform_power: at its quietest .* too low: give the idle profile/,
    )
  })

  it('trainer where the background moves', () => {
    const { none, min, profile, trainer } = errors('background-heavy')
    assert.ok(trainer < min / 1.5 && trainer < profile / 1.5 && trainer < none / 5, `${trainer} W`)
  })
})
