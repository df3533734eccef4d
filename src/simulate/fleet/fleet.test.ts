import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Fleet, fleetTruthMeter, simulatedFleet } from './fleet.js'
import { startFleetExporter } from './fleet-exporter.js'
import { fleetResponseChunks, type FleetResponseOptions, fleetTruth } from './fleet-response.js'
import { fleetScenarioNamed, fleetScenarioNames } from './fleet-scenario.js'
import { fleetZoneNames } from './host.js'
import type { OperatingSystem } from './operating-system.js'

const options: FleetResponseOptions = {
  scenario: fleetScenarioNamed('services'),
  hosts: 2,
  vms: 3,
  duration: 60,
  step: 5,
  seed: 4,
}

function close(actual: number, expected: number, what: string): void {
  assert.ok(
    Math.abs(actual - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
    `${what}: ${actual}, not ${expected}`,
  )
}

const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0)
const ofAll = ({ seconds }: OperatingSystem) => sum(Object.values(seconds))

function after(seconds: number): Fleet {
  const fleet = simulatedFleet(options)
  fleet.advanceTo(seconds)
  return fleet
}

describe('a simulated fleet', () => {
  it('divides the active energy of a host among its processes, without rest', () => {
    for (const { guests, own, activeJoules, joules } of after(90).hosts) {
      fleetZoneNames.forEach((zone, z) => {
        const divided = sum(guests.map((guest) => guest.joules[z]!)) + own.joules[z]!
        close(divided, activeJoules[z]!, zone)
        assert.ok(activeJoules[z]! > 0 && activeJoules[z]! < joules[z]!, zone)
      })
    }
  })

  it('has processor time of a guest for each second, and what it wanted and did not get as steal', () => {
    const { hosts } = after(300)
    let stolen = 0
    for (const { guests, system, machine } of hosts) {
      for (const { guest, cpuSeconds } of guests) {
        const { seconds } = guest.system
        close(ofAll(guest.system), guest.vcpus * 300, guest.name)
        const worked = seconds.user + seconds.nice + seconds.system + seconds.irq + seconds.softirq
        close(worked, cpuSeconds, `${guest.name}, as its host counts it`)
        stolen += seconds.steal
      }
      close(ofAll(system), machine.spec.cores * 300, system.name)
    }
    assert.ok(stolen > 0, 'guests together want more than their hosts have')
  })

  it('knows the truth: what guests cause is the dynamic energy of their host, whatever its Kepler gives them', () => {
    const fleet = simulatedFleet({ ...options, hosts: 1 })
    const meter = fleetTruthMeter(fleet)
    meter.sample(100)
    fleet.advanceTo(60)
    const { hosts, guests, time } = meter.sample(160)!
    assert.equal(time, 160)
    const [host] = hosts
    const [metered] = fleet.hosts
    fleetZoneNames.forEach((zone, z) => {
      const caused = sum(guests.map((guest) => guest.caused[z]!))
      const attributed = sum(guests.map((guest) => guest.attributed[z]!))
      assert.ok(caused > 0 && caused < host!.total[z]!, zone)
      assert.ok(attributed > 0 && attributed < host!.active[z]!, zone)
      close(host!.total[z]!, metered!.joules[z]! / 60, zone)
      close(host!.active[z]!, metered!.activeJoules[z]! / 60, zone)
      close(guests[1]!.attributed[z]!, metered!.guests[1]!.joules[z]! / 60, zone)
      close(guests[1]!.caused[z]!, metered!.guests[1]!.trueJoules[z]! / 60, zone)
    })
    assert.notEqual(guests[0]!.caused[0], guests[0]!.attributed[0])
  })

  it('is the same for the same seed, however it is looked at, and another for another', () => {
    const text = (more = {}) => [...fleetResponseChunks({ ...options, duration: 15, ...more })].join('')
    assert.equal(text(), text())
    assert.notEqual(text(), text({ seed: 5 }))
    const steps = simulatedFleet(options)
    for (let seconds = 0; seconds <= 30; seconds += 0.3) steps.advanceTo(seconds)
    steps.advanceTo(30)
    const [whole] = after(30).hosts
    const [part] = steps.hosts
    close(part!.joules[0]!, whole!.joules[0]!, 'joules in small steps')
    close(part!.guests[1]!.cpuSeconds, whole!.guests[1]!.cpuSeconds, 'time in small steps')
    close(part!.own.cpuSeconds, whole!.own.cpuSeconds, 'own time in small steps')
    close(part!.system.contextSwitches, whole!.system.contextSwitches, 'switches in small steps')
    close(part!.guests[1]!.guest.system.seconds.user, whole!.guests[1]!.guest.system.seconds.user, 'user time')
  })

  it('knows the truth at the times of its response, all but the first', () => {
    const truth = [...fleetTruth({ ...options, duration: 10, start: 100 })]
    assert.deepEqual(
      truth.map(({ time }) => time),
      [105, 110],
    )
    const [host] = after(10).hosts
    close(sum(truth.map(({ hosts }) => 5 * hosts[0]!.total[0]!)), host!.joules[0]!, 'joules')
  })

  it('shows the Kepler of each host and a node_exporter on each machine', () => {
    const document: Record<string, { metric: Record<string, string> }[]> = JSON.parse(
      [...fleetResponseChunks({ ...options, duration: 5 })].join(''),
    )
    const labels = (metric: string, label: string) => [
      ...new Set((document[metric] ?? []).map((series) => series.metric[label])),
    ]
    assert.deepEqual(labels('kepler_vm_cpu_watts', 'vm_name'), [
      'web-1',
      'compute-2',
      'database-3',
      'analytics-4',
      'cache-5',
      'compile-6',
    ])
    assert.deepEqual(labels('kepler_node_cpu_joules_total', 'zone'), [...fleetZoneNames])
    assert.equal(labels('node_load1', 'instance').length, 8)
    // A guest is not told how fast its processors are.
    assert.deepEqual(labels('node_cpu_scaling_frequency_hertz', 'instance'), ['host-1:9100', 'host-2:9100'])
  })

  it('is served as targets with the labels of real ones', async () => {
    let now = 0
    const server = await startFleetExporter({
      ...options,
      port: 0,
      host: '127.0.0.1',
      clock: () => 1_700_000_000_000,
      monotonic: () => now,
    })
    try {
      const url = (path: string) => `http://127.0.0.1:${server.port}${path}`
      now = 20_000
      const found: { targets: string[]; labels: Record<string, string> }[] = JSON.parse(
        await (await fetch(url('/targets'))).text(),
      )
      assert.equal(found.length, 2 + 8)
      assert.deepEqual(found[0], {
        targets: [`127.0.0.1:${server.port}`],
        labels: { job: 'kepler', instance: 'host-1:28282', __metrics_path__: '/kepler/host-1/metrics' },
      })
      for (const { labels } of found) {
        const page = await fetch(url(labels.__metrics_path__ ?? ''))
        assert.equal(page.status, 200)
        const text = await page.text()
        assert.match(text, labels.job === 'kepler' ? /^kepler_vm_cpu_watts\{.*vm_name="/m : /^node_load1\{\} \d/m)
        assert.doesNotMatch(text, /instance=/)
      }
      const truth: { samples: { guests: unknown[] }[] } = JSON.parse(await (await fetch(url('/truth'))).text())
      assert.equal(truth.samples.length, 20)
      assert.equal(truth.samples[0]?.guests.length, 6)
      assert.equal((await fetch(url('/nothing'))).status, 404)
    } finally {
      await server.close()
    }
  })

  it('refuses a scenario that there is none of', () => {
    for (const name of fleetScenarioNames) assert.equal(fleetScenarioNamed(name).name, name)
    assert.throws(() => fleetScenarioNamed('mixed'), { code: 'INVALID_REQUEST', message: /services, batch, vector/ })
  })
})
