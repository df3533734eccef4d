import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ModelError } from '../../core/errors.js'
import { loadUniversalModel } from '../load-model.js'
import { answerPower } from '../power-answer.js'
import { usualHost } from './host.js'
import { cloudInstance, findInstance } from './instances.js'

const { model } = loadUniversalModel()

describe('hosts of virtual machines', () => {
  it('knows instances of three clouds, however they are written', () => {
    assert.equal(cloudInstance('m5.4xlarge').vcpus, 16)
    assert.equal(cloudInstance('M5.4XLARGE').name, 'm5.4xlarge')
    assert.equal(cloudInstance('n2-standard-8').provider, 'gcp')
    assert.equal(cloudInstance('Standard_D4s_v3').provider, 'azure')
    assert.equal(findInstance('m5.huge'), undefined)
    assert.throws(() => cloudInstance('x'.repeat(10_000)), ModelError)
  })

  it('gives a virtual machine its share of the usual machine', () => {
    const { share, machine, from } = usualHost(model(), { processor: 'AMD EPYC 7742', threads: 32 })
    assert.equal(from, 'usual machine with this processor')
    assert.ok(machine.threads === 128 || machine.threads === 256, String(machine.threads))
    assert.equal(share, 32 / machine.threads)
  })

  it('makes a host as large as its guest at least', () => {
    assert.equal(usualHost(model(), { processor: 'KVM', threads: 512 }).share, 1)
    assert.ok(usualHost(model(), {}).share <= 1)
  })

  it('is less sure of a part than of the whole', () => {
    const ratio = (instance: string) => {
      const { wall } = answerPower(model(), { machine: {}, instance })
      for (let u = 1; u < 11; u++) assert.ok(wall.watts[u]! >= wall.watts[u - 1]! && wall.low[u]! > 0)
      return wall.high[5]! / wall.low[5]!
    }
    assert.ok(ratio('m5.large') > ratio('m5.metal'))
  })

  it('has zones within the wall', () => {
    for (const machine of [
      {},
      { processor: 'KVM', threads: 2, memory: 512 },
      { processor: 'AMD EPYC 9654', chips: 2, memory: 384 },
    ]) {
      for (const virtual of [false, true]) {
        const { wall, package: pkg, dram } = answerPower(model(), { machine, virtual })
        for (let u = 0; u < 11; u++) {
          for (const side of ['watts', 'low', 'high'] as const) {
            assert.ok(pkg[side][u]! <= wall[side][u]!)
            assert.ok((dram?.[side][u] ?? 0) <= wall[side][u]!)
          }
          assert.ok(pkg.low[u]! <= pkg.watts[u]! && pkg.watts[u]! <= pkg.high[u]!)
        }
      }
    }
  })
})
