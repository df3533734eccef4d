import { type Scenario, scenarioNamed } from '../../src/simulate/scenario.js'

/** Work that changes every few seconds, so that a minute is enough to learn from. */
export const hastyScenario: Scenario = {
  ...scenarioNamed('mixed'),
  workloads: scenarioNamed('mixed').workloads.map((workload) =>
    workload.background ? workload : { ...workload, pattern: { kind: 'steps', low: 0, high: 1, seconds: 9 } },
  ),
}
