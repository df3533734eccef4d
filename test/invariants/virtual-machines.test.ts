import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fleetScenarioNamed } from '../../src/simulate/fleet/fleet-scenario.js'
import { fleetResponse, guestRows, type Outcome, outcomes, unseenWork } from '../support/fleet-models.js'

/** How far models of guests are off on work that neither they nor their intervals have seen, by component. */
async function outcomesOf(scenario: string, hosts: number, vms: number): Promise<ReadonlyMap<string, Outcome>> {
  const response = fleetResponse({
    scenario: fleetScenarioNamed(scenario),
    hosts,
    vms,
    duration: 600,
    step: 5,
    seed: 3,
  })
  const found = outcomes(await unseenWork(guestRows(response), 'LinearRegressionTrainer'))
  return new Map(found.map((outcome) => [outcome.component, outcome]))
}

describe('models for guests, of work that they have never seen', () => {
  it('are within 10 % where features and steady neighbours tell the power, and their intervals hold', async () => {
    const found = await outcomesOf('services', 2, 8)
    const { mape, total, covered, rows } = found.get('package')!
    assert.ok(rows > 1500, `${rows} rows`)
    assert.ok(mape < 10, `${mape} %`)
    assert.ok(total < 5, `all guests together: ${total} %`)
    assert.ok(covered > 0.88, `${covered} of the rows are in the interval`)
  })

  it('have wide intervals that hold where vector instructions that nobody sees decide', async () => {
    const found = await outcomesOf('vector', 10, 1)
    const { mape, covered, width } = found.get('package')!
    assert.ok(mape > 10, `${mape} %: the features cannot tell this`)
    assert.ok(covered > 0.88, `${covered} of the rows are in the interval`)
    assert.ok(width > 1, `intervals of ${width} times what was measured`)
  })
})
