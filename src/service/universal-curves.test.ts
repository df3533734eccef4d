import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fakeSystem } from '../../test/support/fake-proc.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { calibrationPath, machineIdentity, writeCalibration } from '../universal/calibrate/calibration-file.js'
import { describeThisMachine } from '../universal/this-machine.js'
import { filesOfHost } from '../machine/system-files.js'
import { type CurvesRequest, universalCurves } from './universal-curves.js'

/** A machine of 20 threads and 64 GiB. */
function scene({ hypervisor = false, processor = 'Intel(R) Xeon(R) CPU E5-2660 v3 @ 2.60GHz', memory = true } = {}) {
  const system = fakeSystem(temporaryFolder())
  const lines = `model name\t: ${processor}\nphysical id\t: 0\nflags\t: fpu ${hypervisor ? 'hypervisor' : ''}`
  const cpus = Array.from({ length: 20 }, (_, id) => `processor\t: ${id}\n${lines}\n`)
  system.file('proc/cpuinfo', processor === '' ? '' : cpus.join('\n'))
  system.file('proc/meminfo', processor !== '' && memory ? 'MemTotal: 67108864 kB\n' : '')
  const request: CurvesRequest = {
    roots: { proc: system.proc, sys: system.sys },
    modelPath: temporaryFolder(),
    spec: undefined,
    METER_SHARE: undefined,
    METER_HOST_THREADS: undefined,
  }
  const calibrate = () =>
    writeCalibration(calibrationPath(request.modelPath), {
      machine: machineIdentity(describeThisMachine(filesOfHost(request.roots)).machine),
      points: [{ load: 0, watts: 500 }],
      source: 'a meter',
      measured: '2026-01-01T00:00:00Z',
    })
  const ask = (more: Partial<CurvesRequest> = {}) => universalCurves({ ...request, ...more })
  return { ask, calibrate }
}

const idle = (answer: ReturnType<typeof universalCurves>, zone = 'psys') =>
  answer.curves.find((curve) => curve.zone === zone)?.watts[0] ?? Number.NaN

const full = ({ curves }: ReturnType<typeof universalCurves>) => Array.from(curves[0]?.watts ?? []).at(-1) ?? Number.NaN

describe('universalCurves', () => {
  it('has the error that was held out until the machine was measured', () => {
    const { ask, calibrate } = scene()
    const { provenance, curves } = ask()
    assert.equal(provenance.kind, 'universal')
    assert.deepEqual(provenance.error, { metric: 'mape', value: 10.6 })
    assert.equal(provenance.calibrationPoints, 0)
    assert.deepEqual(provenance.share, { fraction: 1, origin: 'a machine of its own' })
    assert.ok(curves.every(({ outOfRange }) => outOfRange === false))
    calibrate()
    const calibrated = ask()
    assert.equal(calibrated.provenance.kind, 'calibrated')
    assert.equal(calibrated.provenance.error, undefined)
    assert.equal(calibrated.provenance.calibrationPoints, 1)
    assert.ok(Math.abs(idle(calibrated) - 500) < 25, `${idle(calibrated)} W, measured 500 W`)
    assert.ok(idle(ask()) > 2 * idle(scene().ask()))
  })

  it('puts what a spec says above what is found', () => {
    const { ask } = scene()
    const found = ask()
    assert.deepEqual(ask({ spec: { frequency: 3000 } }).curves, found.curves)
    assert.ok(idle(ask({ spec: { memory: 1024 } }), 'dram') > 4 * idle(found, 'dram'))
    const other = ask({ spec: { processor: 'amd_epyc_9654', cores: 192, chips: 1 } })
    assert.ok(full(other) > 1.5 * full(found), `${full(other)} and ${full(found)} W`)
  })

  it('takes the share of the host that is said, and never more than the host', () => {
    const { ask } = scene({ hypervisor: true })
    assert.deepEqual(ask({ METER_HOST_THREADS: 80 }).provenance.share, {
      fraction: 0.25,
      origin: 'METER_HOST_THREADS, 20 of 80 threads',
    })
    assert.equal(ask({ METER_HOST_THREADS: 10 }).provenance.share.fraction, 1)
    // The share of the user stands above the threads.
    assert.deepEqual(ask({ METER_SHARE: 0.5, METER_HOST_THREADS: 80 }).provenance.share, {
      fraction: 0.5,
      origin: 'METER_SHARE',
    })
  })

  it('has the zones of a share: a part of the host of so many more threads', () => {
    const { ask } = scene()
    const [half, whole] = [ask({ METER_SHARE: 0.5 }), ask({ METER_SHARE: 1 })]
    const host = ask({ spec: { cores: 40 } })
    assert.ok(idle(half) < idle(host))
    for (const zone of ['package', 'dram']) assert.ok(idle(half, zone) < idle(half), zone)
    // The memory is the guest's own, whatever its share.
    assert.ok(Math.abs(idle(half, 'dram') / idle(whole, 'dram') - 1) < 0.2)
  })

  it('refuses threads of a host where this machine does not tell its own', () => {
    const { ask } = scene({ processor: '' })
    assert.throws(() => ask({ METER_HOST_THREADS: 80 }), { code: 'INVALID_CONFIG', field: 'METER_HOST_THREADS' })
  })

  it('says that a calibration is not used beside a share that was given', () => {
    const { ask, calibrate } = scene({ hypervisor: true })
    const unused = /^the calibration is not used/
    const says = (answer: ReturnType<typeof universalCurves>, what: RegExp) =>
      answer.provenance.assumptions.some((text) => what.test(text))
    assert.ok(!says(ask({ METER_SHARE: 0.5 }), unused))
    calibrate()
    const given = ask({ METER_SHARE: 0.5 })
    assert.ok(says(given, unused))
    assert.deepEqual([given.provenance.kind, given.provenance.calibrationPoints], ['universal', 0])
    assert.ok(!says(ask(), unused))
  })

  it('says what is assumed of a virtual machine, and of its host where no type is known', () => {
    const host = 'the host is the usual machine with this processor'
    const neighbours = 'the neighbours are as busy as this machine'
    const physical = scene().ask().provenance.assumptions
    assert.ok(!physical.includes(host) && !physical.includes(neighbours))
    const { ask } = scene({ hypervisor: true })
    const virtual = ask().provenance.assumptions
    assert.ok(virtual.includes(host) && virtual.includes(neighbours))
    const instance = ask({ instance: 'm5.4xlarge' }).provenance
    assert.ok(!instance.assumptions.includes(host) && instance.assumptions.includes(neighbours))
    assert.equal(instance.share.origin, 'instance m5.4xlarge, 20 of 96 threads')
  })

  it('takes the type that the cloud told, and says of one that is newer than the tables', () => {
    const { ask } = scene({ hypervisor: true })
    assert.match(ask({ toldInstance: 'm5.4xlarge' }).provenance.share.origin, /^instance m5\.4xlarge/)
    const newer = ask({ toldInstance: 'm99.large' }).provenance
    assert.match(newer.share.origin, /^assumed from the processor/)
    assert.ok(newer.assumptions.includes('no table of instances has m99.large'))
    const known = ask({ toldInstance: 'm5.4xlarge' }).provenance
    assert.ok(!known.assumptions.some((text) => text.startsWith('no table of instances')))
    assert.match(ask({ instance: 'm5.4xlarge', toldInstance: 'm99.large' }).provenance.share.origin, /^instance m5/)
    assert.equal(ask({ unknownInstance: 'nobody answered' }).provenance.assumptions[0], 'nobody answered')
  })

  it('refuses a type that the user says and no table has', () => {
    assert.throws(() => scene().ask({ instance: 'enormous' }), { code: 'INVALID_CONFIG', field: 'METER_INSTANCE' })
  })

  it('has the wall, the package and the memory, by the model that it names', () => {
    const { curves, provenance } = scene().ask()
    assert.deepEqual(
      curves.map(({ zone }) => zone),
      ['psys', 'package', 'dram'],
    )
    assert.match(provenance.model, /\S/)
    for (const { watts, low, high, zone } of curves) {
      const whole = Array.from(watts).every((value, load) => low[load]! <= value && value <= high[load]!)
      assert.ok(whole && watts.length > 1, zone)
    }
  })

  it('has memory of its own beside a share of the host, and in the host where that is its own', () => {
    const { ask } = scene()
    const [half, large] = [ask({ METER_SHARE: 0.5 }), ask({ METER_SHARE: 0.5, spec: { memory: 1024 } })]
    assert.equal(idle(large), idle(half))
    assert.ok(idle(large, 'dram') > 2 * idle(half, 'dram'))
    const [whole, wholeLarge] = [ask({ METER_SHARE: 1 }), ask({ METER_SHARE: 1, spec: { memory: 1024 } })]
    assert.ok(idle(wholeLarge) > idle(whole) + 10, `${idle(wholeLarge)} and ${idle(whole)} W`)
  })

  it('has a share of the memory that the host is assumed to have, where its own is not known', () => {
    const { ask } = scene({ memory: false })
    const [half, quarter] = [ask({ METER_SHARE: 0.5 }), ask({ METER_SHARE: 0.25 })]
    assert.ok(idle(half, 'dram') > 0)
    assert.ok(idle(quarter, 'dram') < idle(half, 'dram'))
  })

  it('says what it does not know of a machine that tells nothing', () => {
    const { provenance } = scene({ processor: '' }).ask({ instance: 'm5.4xlarge' })
    assert.equal(provenance.share.origin, 'instance m5.4xlarge, ? of 96 threads')
    const { assumptions } = scene({ processor: '' }).ask().provenance
    assert.ok(
      assumptions.some((text) => / is not known$/.test(text)) && assumptions.some((text) => /, from /.test(text)),
      assumptions.join('; '),
    )
  })

  it('is the whole host where that has no more threads', () => {
    const { ask } = scene({ hypervisor: true })
    assert.equal(ask({ METER_HOST_THREADS: 20 }).provenance.share.fraction, 1)
    assert.equal(ask({ METER_HOST_THREADS: 21 }).provenance.share.fraction, 20 / 21)
  })

  it('is out of range for a processor that is like none of the table', () => {
    const { curves, provenance } = scene({ processor: 'Zilog Z80 9000' }).ask()
    assert.ok(curves.every(({ outOfRange }) => outOfRange))
    assert.ok(
      provenance.assumptions.some((text) => /^[a-z]+ \d+(\.\d+)?, from /.test(text)),
      provenance.assumptions.join(),
    )
  })
})
