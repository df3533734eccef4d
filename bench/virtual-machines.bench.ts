/**
 * Models for virtual machines on simulated fleets: how far off they are on a shuffled tenth of the rows, and on kinds of
 * work that neither they nor their intervals have seen.
 *
 *     npm run bench -- virtual-machines
 *     npx tsx bench/virtual-machines.bench.ts QuantileForestRegressorTrainer      another trainer
 */
import { type TrainerName, trainerNamed } from '../src/regression/trainers.js'
import { fleetTruth, type FleetResponseOptions } from '../src/simulate/fleet/fleet-response.js'
import { type FleetScenarioName, fleetScenarioNamed } from '../src/simulate/fleet/fleet-scenario.js'
import { trainModel } from '../src/train/train-model.js'
import { fleetResponse, guestRows, outcomes, type Outcome, unseenWork } from '../test/support/fleet-models.js'

const fleets: readonly { scenario: FleetScenarioName; hosts: number; vms: number }[] = [
  { scenario: 'services', hosts: 2, vms: 8 },
  { scenario: 'batch', hosts: 2, vms: 4 },
  { scenario: 'vector', hosts: 10, vms: 1 },
]
const named = process.argv.slice(2).map((name) => {
  const trainer = trainerNamed(name)
  if (trainer === undefined) throw new Error(`there is no trainer ${name}`)
  return trainer
})
const trainers: readonly TrainerName[] =
  named.length > 0 ? named : ['LinearRegressionTrainer', 'GradientBoostingRegressorTrainer']

/** How far what a host's Kepler gives a guest is from what the guest adds to the idle host, in percent of that. */
function attributionError(options: FleetResponseOptions): number {
  let [error, guests] = [0, 0]
  for (const sample of fleetTruth(options)) {
    for (const { attributed, caused } of sample.guests) {
      error += Math.abs(attributed[0]! - caused[0]!) / caused[0]!
      guests++
    }
  }
  return (100 * error) / guests
}

function lineOf(name: string, shuffled: number, { component, mape, total, covered, width }: Outcome): string {
  const cells = [
    component,
    shuffled.toFixed(1),
    mape.toFixed(1),
    total.toFixed(1),
    covered.toFixed(2),
    width.toFixed(2),
  ]
  return `| ${name} | ${cells.join(' | ')} |`
}

for (const { scenario, hosts, vms } of fleets) {
  const options = { scenario: fleetScenarioNamed(scenario), hosts, vms, duration: 900, step: 5, seed: 3 }
  const set = guestRows(fleetResponse(options))
  console.log(
    `\n${scenario}: ${hosts} hosts with ${vms} virtual machines each, ${set.x.rows} rows of ${set.workloads?.names.length} kinds of work`,
  )
  console.log(
    `package: what Kepler gives a guest is ${attributionError(options).toFixed(0)} % from what it adds to an idle host\n`,
  )
  console.log(
    '| trainer | zone | shuffled, MAPE % | unseen work, MAPE % | all guests together, % | in the interval | its width |',
  )
  console.log('| --- | --- | ---: | ---: | ---: | ---: | ---: |')
  for (const trainer of trainers) {
    const { metadata } = await trainModel(set, trainer, { seed: 0, crossValidation: false })
    for (const outcome of outcomes(await unseenWork(set, trainer))) {
      const shuffled = Number(metadata[`${outcome.component}_mape`])
      if (outcome.component === 'package' || outcome.component === 'dram')
        console.log(lineOf(trainer, shuffled, outcome))
    }
  }
}
