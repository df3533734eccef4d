import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loads, type MachineDescription } from '../machine.js'
import type { CurveAnswer, UniversalModel } from '../universal-model.js'
import { hostOfInstance, usualHost, virtualBand } from './host.js'
import { type CloudInstance, cloudInstance, findInstance } from './instances.js'

const instance = (vcpus: number, ...hosts: CloudInstance['hosts']): CloudInstance => ({
  ...{ provider: 'aws', name: 'x', memory: 8, vcpus, hosts },
})
const band = (watts: Float64Array, factor = 1): CurveAnswer =>
  ({ watts, low: watts.map((one) => one / factor), high: watts.map((one) => one * factor) }) as CurveAnswer
const close = (a: number | undefined, b: number) =>
  assert.ok(Math.abs((a ?? Number.NaN) - b) < 1e-9 * Math.max(1, b), `${a} is not ${b}`)

describe('the host of an instance', () => {
  it('is the first of its table, with what is known of it', () => {
    const hosts = [
      { processor: 'A', threads: 96, memory: 384 },
      { processor: 'B', threads: 64, memory: 256 },
    ]
    assert.deepEqual(hostOfInstance(instance(24, ...hosts)), {
      ...{ machine: { processor: 'A', threads: 96, memory: 384 }, share: 0.25, from: 'instance table' },
    })
    assert.deepEqual(hostOfInstance(instance(8, { processor: '', threads: 4, memory: 0 })), {
      ...{ machine: { threads: 4 }, share: 1, from: 'instance table' },
    })
    assert.throws(() => hostOfInstance(instance(1)), { code: 'INVALID_REQUEST', field: 'instance' })
  })
})

describe('the usual host', () => {
  const asked: MachineDescription[] = []
  const model = (threads: number | undefined) =>
    ({
      complete(machine: MachineDescription) {
        asked.push(machine)
        return { machine: { ...machine, ...(threads === undefined ? {} : { threads, chips: 2 }) } }
      },
    }) as unknown as UniversalModel
  const guest = { processor: 'A', threads: 8, vendor: 'QEMU', memory: 32, megahertz: 2400 }

  it('is the machine with its processor and clock, whatever else the guest has', () => {
    const { machine, share, from } = usualHost(model(64), guest)
    assert.deepEqual(asked.at(-1), { processor: 'A', megahertz: 2400 })
    assert.deepEqual(machine, { processor: 'A', megahertz: 2400, threads: 64, chips: 2 })
    assert.deepEqual([share, from], [0.125, 'usual machine with this processor'])
    usualHost(model(64), { processor: '', threads: 8 })
    assert.deepEqual(asked.at(-1), {})
    assert.equal(usualHost(model(64), { processor: 'A' }).share, 1 / 64)
  })

  it('has 64 threads where the table has none that is as large, or as many as the guest', () => {
    assert.equal(usualHost(model(8), guest).machine.chips, 2, 'just as large')
    for (const threads of [7, undefined]) {
      const { machine, share } = usualHost(model(threads), guest)
      assert.deepEqual([machine, share], [{ processor: 'A', megahertz: 2400, threads: 64 }, 0.125])
    }
    const large = usualHost(model(undefined), { threads: 100 })
    assert.deepEqual([large.machine, large.share], [{ threads: 100 }, 1])
  })
})

describe('the power of a share of a host', () => {
  const line = Float64Array.from(loads, (load) => 100 + 200 * load)

  it('is that of the host where it is the whole', () => {
    const whole = virtualBand(band(line, 1.5), 1)
    for (const u of loads.keys()) {
      close(whole.watts[u], line[u]!)
      close(whole.low[u], line[u]! / 1.5)
      close(whole.high[u], line[u]! * 1.5)
    }
  })

  it('is its share, as sure as the host is, and as how the host is filled', () => {
    const half = virtualBand(band(line, 1.5), 0.5)
    // On a line it does not matter how busy the others are.
    const factor = Math.exp(Math.hypot(Math.log(1.5), 1.6449 * 0.2))
    for (const u of loads.keys()) {
      close(half.watts[u], line[u]! / 2)
      close(half.low[u], line[u]! / 2 / factor)
      close(half.high[u], (line[u]! / 2) * factor)
    }
  })

  it('is less sure where the curve bends: alone, a guest draws what the first part does', () => {
    // 100 W at idle, 200 W from a tenth on.
    const steep = Float64Array.from(loads, (_, u) => (u === 0 ? 100 : 200 + u / 100))
    const { watts, high } = virtualBand(band(steep), 0.25)
    close(watts[4], (200 + 4 / 100) / 4)
    // Its full load is at a tenth of the host's: 25 W of idle, and all that the host adds.
    const alone = 25 + (steep[1]! - 100)
    close(high[4], watts[4]! * Math.exp(Math.hypot(Math.log(alone / watts[4]!), 1.6449 * 0.2)))
    // Between two loads of the host, on the line between them.
    const between = 25 + (steep[2]! + (steep[3]! - steep[2]!) / 2) - 100
    close(high[10], Math.max(high[9]!, watts[10]! * Math.exp(Math.hypot(Math.log(between / watts[10]!), 1.6449 * 0.2))))
    assert.ok(high.every((value, u) => u === 0 || value >= high[u - 1]!))
  })
})

describe('the tables of instances', () => {
  it('know a name in any spelling, and suggest names that begin alike', () => {
    for (const name of ['Standard_D4s_v3', 'D4s v3', 'd4s__V3', ' standard d4s_v3 ']) {
      assert.equal(findInstance(name)?.name, 'D4s v3', name)
    }
    assert.throws(() => cloudInstance('m5.huge'), {
      field: 'instance',
      message: /^instance: no table has "m5\.huge"; there are m5\S*(?:, m5\S*){4} \.\.\.$/,
    })
    assert.throws(() => cloudInstance('?!'), { message: 'instance: no table has "?!"' })
  })

  it('have hosts that the instances fit on', () => {
    const { vcpus, hosts, memory, provider } = cloudInstance('m5.4xlarge')
    assert.deepEqual([provider, vcpus, memory], ['aws', 16, 64])
    assert.ok(hosts.length > 0 && hosts.every(({ threads, processor }) => threads >= vcpus && processor !== ''))
  })
})
