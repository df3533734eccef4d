/**
 * Makes `models/universal.json`, the model of all machines that comes with the package. The same table gives the same file:
 *
 *     npx tsx scripts/make-universal-model.ts TABLE.csv     from a table with the columns of docs/universal.md
 *     npx tsx scripts/make-universal-model.ts               again from the machines that the file holds
 */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import {
  fitUniversalModel,
  type ModelSource,
  readUniversalModel,
  writeUniversalModel,
} from '../src/universal/file/model-file.js'
import type { MeasuredMachine } from '../src/universal/machine.js'
import { measuredMachines, readMachineTable } from '../src/universal/table/machine-table.js'

const path = 'models/universal.json'

function sourcesOf(machines: readonly MeasuredMachine[]): readonly ModelSource[] {
  const dates = machines.flatMap(({ published }) => (published ? [published] : [])).sort()
  return [
    {
      name: 'SPECpower_ssj2008 results',
      url: 'https://www.spec.org/power_ssj2008/results/',
      note:
        `${machines.length} published results, ${dates[0]} to ${dates.at(-1)}: watts per node at active idle and at target loads. ` +
        'SPEC and SPECpower_ssj are trademarks of the Standard Performance Evaluation Corporation.',
    },
    {
      name: 'TDP',
      note: "By tdpSource of each machine: cloud-energy (Green Coding, MIT licence) or the data sheets of the makers; those marked unchecked were not compared with the maker's page again.",
    },
  ]
}

const [table] = process.argv.slice(2)
const machines =
  table === undefined
    ? readUniversalModel(readFileSync(path, 'utf8'), path).machines
    : measuredMachines(readMachineTable(readFileSync(table, 'utf8')))
const began = performance.now()
const file = fitUniversalModel('universal-1.0', machines, sourcesOf(machines))
writeFileSync(path, writeUniversalModel(file))
const seconds = (performance.now() - began) / 1000
console.log(`${path}: ${machines.length} machines, ${statSync(path).size} bytes, ${seconds.toFixed(0)} s`)
console.log('late', file.intervals.late)
