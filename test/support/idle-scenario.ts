import type { Scenario } from '../../src/simulate/scenario.js'

/** The same node with nothing but its background: what a profile of it is taken from. */
export function idleScenario(scenario: Scenario): Scenario {
  return { ...scenario, workloads: scenario.workloads.filter(({ background }) => background) }
}
