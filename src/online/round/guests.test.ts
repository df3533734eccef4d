import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { assessRequest } from '../../../test/support/assess-request.js'
import { fleetResponse } from '../../../test/support/fleet-models.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { readModelArchive } from '../../archive/read-model-archive.js'
import { bufferSource } from '../../archive/zip/byte-source.js'
import { openZip } from '../../archive/zip/zip.js'
import type { MachineSpec } from '../../core/machine-spec.js'
import { allMeasurements } from '../../extract/measurements.js'
import { fleetScenarioNamed } from '../../simulate/fleet/fleet-scenario.js'
import { type FleetResponseOptions, fleetResponseChunks } from '../../simulate/fleet/fleet-response.js'
import { type AssessRequest, assess } from './assess.js'
import { type Guest, guestsIn, whyNoGuest } from './guests.js'

const options: FleetResponseOptions = {
  scenario: fleetScenarioNamed('services'),
  hosts: 2,
  vms: 4,
  duration: 300,
  step: 3,
  seed: 3,
}

/** A round of what a fleet measured, as `edit` leaves it. */
async function round(request: Partial<AssessRequest>, edit = (text: string) => text, fleet = options) {
  const folder = temporaryFolder()
  const path = join(folder, 'fleet.json')
  writeFileSync(path, edit([...fleetResponseChunks(fleet)].join('')))
  const candidatePath = join(folder, 'candidate.zip')
  return { candidatePath, assessment: await assess(assessRequest({ paths: [path], candidatePath, ...request })) }
}

/** A response without some metrics. */
const without = (wanted: (metric: string) => boolean) => (text: string) =>
  JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).filter(([metric]) => !wanted(metric))))

const states = (guests: readonly Guest[] | undefined) => [...new Set(guests?.map(({ state }) => state))]

describe('guestsIn', () => {
  it('has each virtual machine of each host, called as its host calls it and by none of its names', () => {
    const found = guestsIn(fleetResponse(options))
    assert.equal(found.length, 8)
    for (const { machine, guest } of found) {
      assert.deepEqual([machine.state, machine.sources, guest], ['metered', ['rapl-sysfs', 'acpi'], true])
      assert.ok(machine.names.includes(machine.instance), machine.instance)
      assert.ok(!machine.names.some((name) => name.startsWith('host-')), machine.names.join())
    }
  })
})

describe('what the operating system of a guest counts', () => {
  const response = fleetResponse({ ...options, duration: 9 })
  const loads = response.series.get('node_load1') ?? []
  const [first] = guestsIn(response)
  const name = first?.machine.instance ?? ''

  it("is that of its own exporter, among those of hosts and other guests; the host's Kepler tells its power", () => {
    assert.equal(loads.length, 2 + 8)
    for (const { machine, response: own } of guestsIn(response)) {
      assert.deepEqual(
        own.series.get('node_load1')?.map(({ labels }) => labels.instance),
        [`${machine.instance}:9100`],
      )
      const power = own.series.get('kepler_vm_cpu_joules_total') ?? []
      assert.ok(power.length > 0 && power.every(({ labels }) => labels.vm_name === machine.instance))
    }
  })

  it('is shown of all others where there is none of its own, so that whoever extracts it can say why', () => {
    const others = loads.filter(({ labels }) => labels.instance !== `${name}:9100`)
    const series = new Map([...response.series].filter(([metric]) => !metric.startsWith('node_')))
    const [found] = guestsIn({ ...response, series: series.set('node_load1', others) })
    assert.equal(found?.machine.instance, name)
    assert.deepEqual(found.response.series.get('node_load1'), others)
  })

  it('is not looked for by a rule that is none', () => {
    const measurements = { ...allMeasurements, identity: [undefined as never] }
    assert.throws(() => guestsIn(response, measurements), TypeError)
  })
})

describe('a round with guests', () => {
  it('publishes models of NodeOS for absolute power of the guests, beside those of their hosts', async () => {
    const { assessment, candidatePath } = await round({ nodeOs: 'guests' })
    assert.deepEqual(states(assessment.guests), ['joined'])
    assert.equal(assessment.guests?.length, 8)
    const ofGuests = assessment.slots.filter(({ slot }) => slot.group === 'NodeOS')
    assert.deepEqual(ofGuests.map(({ slot }) => `${slot.source}/${slot.outputType}`).sort(), [
      'acpi/AbsPower',
      'rapl-sysfs/AbsPower',
    ])
    for (const { verdict, why } of ofGuests) assert.equal(verdict, 'first', why)
    assert.ok(assessment.slots.some(({ slot }) => slot.group === 'CPUTimeOnly'))
    const zip = openZip(bufferSource(readFileSync(candidatePath)))
    const model = readModelArchive(zip.read('rapl-sysfs/AbsPower/NodeOS/LinearRegressionTrainer_0.zip'))
    // The rows of all guests, without those that are held out.
    assert.ok(Number(model.metadata.rows) > 8 * 60, `${model.metadata.rows} rows`)
  })

  it('leaves NodeOS out where nobody asked for it, and takes nodes by their own zones where that is asked for', async () => {
    const groupsOf = async (nodeOs: AssessRequest['nodeOs']) => {
      const { assessment } = await round({ nodeOs })
      assert.equal(assessment.guests, undefined)
      return new Set(assessment.slots.map(({ slot }) => slot.group))
    }
    assert.deepEqual([...(await groupsOf('off'))], ['CPUTimeOnly'])
    assert.deepEqual([...(await groupsOf('nodes'))].sort(), ['CPUTimeOnly', 'NodeOS'])
  })

  it('names the metric that is missing', async () => {
    const { assessment } = await round(
      { nodeOs: 'guests' },
      without((metric) => metric === 'node_load1'),
    )
    assert.deepEqual(states(assessment.guests), ['not_joined'])
    assert.match(whyNoGuest(assessment.guests ?? []) ?? '', /node_load1 is missing/)
    assert.ok(!assessment.slots.some(({ slot }) => slot.group === 'NodeOS'))
  })

  it('says that no host tells the power of a guest', async () => {
    const { assessment } = await round(
      { nodeOs: 'guests' },
      without((metric) => /^kepler_(vm|process)_cpu_(joules|watts)/.test(metric)),
    )
    assert.deepEqual(assessment.guests, [])
    assert.match(whyNoGuest([]) ?? '', /kepler_vm_cpu_\*/)
  })

  it("does not take the exporter of a host for that of its only guest, and says how to name the guest's", async () => {
    const fleet = { ...options, hosts: 1, vms: 1 }
    const [only] = guestsIn(fleetResponse(fleet))
    const name = only?.machine.instance ?? ''
    const { assessment } = await round(
      { nodeOs: 'guests' },
      (text) => {
        const response: Record<string, { metric: Record<string, string> }[]> = JSON.parse(text)
        for (const metric of Object.keys(response).filter((one) => one.startsWith('node_'))) {
          response[metric] = (response[metric] ?? []).filter((one) => !one.metric.instance?.startsWith(`${name}:`))
        }
        return JSON.stringify(response)
      },
      fleet,
    )
    assert.deepEqual(states(assessment.guests), ['not_joined'])
    assert.match(whyNoGuest(assessment.guests ?? []) ?? '', /nothing tells whose .* it is: host-1.*--identity/)
  })

  it('gives guests of another size a node type of their own, by the name of the guest', async () => {
    const names = guestsIn(fleetResponse(options)).map(({ machine }) => machine.instance)
    const spec: MachineSpec = { processor: 'amd_epyc_7b12', cores: 4, chips: 1, memory: 8, frequency: 2250 }
    const { assessment } = await round({ nodeOs: 'guests', specs: new Map([[names[0]!, spec]]) })
    const types = assessment.slots.flatMap(({ slot }) => (slot.group === 'NodeOS' ? [slot.nodeType] : []))
    assert.deepEqual([...new Set(types)].sort(), [0, 1])
  })
})
