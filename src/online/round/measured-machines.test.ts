import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { fleetScenarioNamed } from '../../simulate/fleet/fleet-scenario.js'
import { fleetResponseChunks } from '../../simulate/fleet/fleet-response.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { writeHistory } from '../../../test/support/write-history.js'
import { allMeasurements } from '../../extract/measurements.js'
import type { PrometheusResponse } from '../../prometheus/response.js'
import { partHistory } from '../history/part-history.js'
import { readHistory } from '../../../test/support/read-history.js'
import type { NodeOsMachines } from '../node-os-machines.js'
import { extractMachines } from './datasets.js'
import { guestsIn } from './guests.js'
import { machineTypes } from './machine-types.js'
import { type FoundMachine, machinesIn } from './machines.js'
import { measuredMachines } from './measured-machines.js'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const machines = 4
const folder = temporaryFolder()
const { paths: history } = writeHistory(folder, machines, 420)
const fleet = join(folder, 'fleet.json')
const fleetOptions = { scenario: fleetScenarioNamed('services'), hosts: 3, vms: 2, duration: 120, step: 3, seed: 3 }
writeFileSync(fleet, [...fleetResponseChunks(fleetOptions)].join(''))

async function measured(paths: readonly string[], nodeOs: NodeOsMachines = 'off') {
  const parted = await partHistory(paths, { folder, memoryBytes: 0 })
  return { ...parted, ...measuredMachines(parted, { measurements: allMeasurements, nodeOs }) }
}

/** All that is extracted of machines, by machine, meter and group. */
function extracted(found: readonly FoundMachine[], nodeOs: NodeOsMachines) {
  const types = machineTypes(
    found.map(({ machine }) => machine),
    new Map(),
    [],
    new Set(),
  )
  const { data, failures, findings } = extractMachines(found, types, allMeasurements, { nodeOs })
  return {
    machines: found.map(({ machine, guest }) => ({ machine, guest })),
    datasets: data.map(({ machine, source, node, containers }) => [
      machine.instance,
      source,
      [...node].map(([group, dataset]) => [group, dataset, group === 'NodeOS' ? undefined : containers(group)]),
    ]),
    failures,
    findings,
  }
}

describe('measuredMachines', () => {
  it('finds and extracts the same as from all measurements at once', async () => {
    const { machines: found, guests, store } = await measured(history)
    assert.equal(found.length, machines)
    assert.deepEqual(guests, [])
    const { response } = await readHistory(history)
    assert.deepEqual(extracted(found, 'off'), extracted(machinesIn(response), 'off'))
    store.close()
  })

  for (const nodeOs of ['guests', 'nodes'] as const) {
    it(`does so with NodeOS of ${nodeOs}`, async () => {
      const { machines: found, guests, store } = await measured([fleet], nodeOs)
      const { response } = await readHistory([fleet])
      const sorted = (some: readonly FoundMachine[]) =>
        [...some].sort((a, b) => (a.machine.instance < b.machine.instance ? -1 : 1))
      const whole = [...machinesIn(response), ...(nodeOs === 'guests' ? sorted(guestsIn(response)) : [])]
      assert.equal(found.length + guests.length, nodeOs === 'guests' ? 9 : 3)
      assert.deepEqual(extracted([...found, ...sorted(guests)], nodeOs), extracted(whole, nodeOs))
      store.close()
    })
  }

  it('has the series of one machine at a time in memory, whichever is looked at', async () => {
    const { machines: found, store } = await measured(history)
    const all = (await readHistory(history)).response
    const seriesIn = ({ series }: PrometheusResponse) =>
      [...series.values()].reduce((sum, { length }) => sum + length, 0)
    const looked: WeakRef<PrometheusResponse>[] = []
    for (const one of [...found, ...found]) {
      const { response } = one
      assert.equal(one.response, response)
      assert.equal(seriesIn(response), seriesIn(all) / machines)
      looked.push(new WeakRef(response))
    }
    await new Promise(setImmediate)
    collectGarbage()
    assert.ok(looked.filter((one) => one.deref() !== undefined).length <= 2)
    store.close()
  })

  it('names the exporters of others where a machine has none of its own', async () => {
    const text: Record<string, { metric: Record<string, string> }[]> = JSON.parse(readFileSync(fleet, 'utf8'))
    for (const [metric, all] of Object.entries(text)) {
      if (metric.startsWith('node_'))
        text[metric] = all.filter(({ metric: labels }) => !labels.instance?.startsWith('host-1:'))
    }
    const path = join(folder, 'without.json')
    writeFileSync(path, JSON.stringify(text))
    const { machines: found, store } = await measured([path], 'nodes')
    const { failures } = extracted(found, 'nodes')
    assert.deepEqual(
      failures.map(({ what }) => what),
      ['host-1:28282 rapl-sysfs/NodeOS', 'host-1:28282 acpi/NodeOS'],
    )
    assert.match(failures[0]?.why ?? '', /no series of the machine host-1:28282 .*; it is of \{instance=.*--identity/)
    store.close()
  })
})
