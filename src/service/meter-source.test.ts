import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fakeSystem } from '../../test/support/fake-proc.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { loadConfig } from '../config/config.js'
import { meterPowerSource } from './meter-source.js'

const server = 'model name\t: Intel(R) Xeon(R) CPU E5-2660 v3 @ 2.60GHz'

/** A machine with so many logical processors of this kind. */
function machine(count: number, { hypervisor = false, model = server, dmi = {} as Record<string, string> } = {}) {
  const system = fakeSystem(temporaryFolder())
  const flags = `flags\t: fpu ${hypervisor ? 'hypervisor' : 'vme'}`
  const text = Array.from({ length: count }, (_, id) => `processor\t: ${id}\n${model}\nphysical id\t: 0\n${flags}\n`)
  system.file('proc/cpuinfo', text.join('\n'))
  system.file('proc/meminfo', 'MemTotal: 67108864 kB\n')
  for (const [name, value] of Object.entries(dmi)) system.file(`sys/class/dmi/id/${name}`, `${value}\n`)
  return (more: Readonly<Record<string, string>> = {}) =>
    meterPowerSource(
      loadConfig({
        environment: {
          CONFIG_PATH: '/nonexistent',
          METER_PROCFS: system.proc,
          METER_SYSFS: system.sys,
          MODEL_PATH: system.sys,
          ...more,
        },
      }),
    )
}

const usage = (utilisation: number) => ({ seconds: 1, utilisation, steal: 0, onlineCpus: 1 })
const wall = (source: Awaited<ReturnType<typeof meterPowerSource>>, load: number) => source.power(usage(load))[0]!

describe('meterPowerSource', () => {
  it('has the wall, the package and the memory of a machine of its own', async () => {
    const source = await machine(20)()
    assert.deepEqual(source.zones, ['psys', 'package', 'dram'])
    assert.equal(source.provenance.kind, 'universal')
    assert.equal(source.provenance.share.fraction, 1)
    const [idle, full] = [wall(source, 0), wall(source, 1)]
    assert.ok(idle.watts > 20 && full.watts > 1.5 * idle.watts && full.watts < 600, `${idle.watts} to ${full.watts} W`)
    assert.ok(idle.low < idle.watts && idle.watts < idle.high)
    for (const { watts } of source.power(usage(0.5)).slice(1)) assert.ok(watts < wall(source, 0.5).watts)
  })

  it('gives a virtual machine its share of the host, as the user says or as is assumed', async () => {
    const guest = machine(4, { hypervisor: true })
    const [assumed, said, threads] = [
      await guest(),
      await guest({ METER_SHARE: '0.25' }),
      await guest({ METER_HOST_THREADS: '16' }),
    ]
    assert.match(assumed.provenance.share.origin, /assumed from the processor, 4 of \d+ threads/)
    assert.ok(assumed.provenance.share.fraction < 1)
    assert.deepEqual(said.provenance.share, { fraction: 0.25, origin: 'METER_SHARE' })
    assert.equal(threads.provenance.share.fraction, 0.25)
    assert.ok(Math.abs(wall(said, 0.5).watts - wall(threads, 0.5).watts) < 1e-9)
    assert.ok(wall(assumed, 0).watts < wall(said, 0).watts)
  })

  it("knows Amazon's instances by their firmware", async () => {
    const source = await machine(16, {
      hypervisor: true,
      model: 'model name\t: Intel(R) Xeon(R) Platinum 8175M CPU @ 2.50GHz',
      dmi: { sys_vendor: 'Amazon EC2', product_name: 'm5.4xlarge' },
    })()
    assert.match(source.provenance.share.origin, /instance m5\.4xlarge, 16 of 96 threads/)
    assert.ok(Math.abs(source.provenance.share.fraction - 1 / 6) < 1e-9)
  })

  it('takes the type of the instance that the user says, of any cloud, and refuses one that there is none of', async () => {
    const guest = machine(4, { hypervisor: true, model: 'model name\t: Intel(R) Xeon(R) CPU @ 2.80GHz' })
    for (const instance of ['n2-standard-4', 'Standard_D4s_v3', 'm5.xlarge']) {
      const { share } = (await guest({ METER_INSTANCE: instance })).provenance
      assert.ok(share.origin.startsWith(`instance ${instance}, `), share.origin)
      assert.ok(share.fraction < 0.2, `${share.fraction}`)
    }
    await assert.rejects(guest({ METER_INSTANCE: 'enormous' }), {
      ...{ code: 'INVALID_CONFIG', field: 'METER_INSTANCE', message: /"enormous"/ },
    })
    const asked = await guest({ METER_CLOUD_METADATA: 'true' })
    assert.match(asked.provenance.assumptions[0] ?? '', /firmware names no cloud/)
  })

  it('answers for a machine that says nothing, with a wide interval, and says what it assumes', async () => {
    const source = await machine(1, { model: 'model name\t: KVM' })()
    const half = wall(source, 0.5)
    assert.ok(half.watts > 0 && half.high / half.low > 2)
    assert.ok(source.provenance.assumptions.length > 3)
  })

  it('passes on what cannot be used', async () => {
    await assert.rejects(machine(1)({ MACHINE_SPEC_PATH: '/nonexistent/spec.json' }), { code: 'INVALID_CONFIG' })
  })
})
