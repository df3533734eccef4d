import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadUniversalModel } from './load-model.js'
import { loads } from './machine.js'
import { answerPower, type PowerAnswer, type PowerQuestion, powerAnswerJson } from './power-answer.js'
import { usualHost, virtualBand } from './virtual/host.js'
import { cloudInstance } from './virtual/instances.js'
import { dramBand, packageBand } from './zones.js'

const { model: open } = loadUniversalModel()
const model = open()
const ask = (question: PowerQuestion) => answerPower(model, question)
const server = { processor: 'AMD EPYC 9654', chips: 2, memory: 384, tdp: 360 }

describe('the power of a whole machine', () => {
  it('is its curve, with zones of its own chips and memory', () => {
    const points = [{ load: 0.5, watts: 400 }]
    const answer = ask({ machine: server, points })
    assert.deepEqual(answer.curve, model.answer(server, points))
    assert.equal(answer.wall, answer.curve)
    assert.deepEqual(answer.package, packageBand(answer.curve, 360, 2))
    assert.deepEqual(answer.dram, dramBand(answer.curve, 384))
    assert.deepEqual(answer.points, points)
    assert.equal('host' in answer, false)
  })

  it('has memory as machines alike have it, and less surely', () => {
    const { memory: _, ...unknown } = server
    const { curve, dram } = ask({ machine: unknown })
    const assumed = curve.assumptions.find(({ field }) => field === 'memory')?.value
    assert.deepEqual(dram, dramBand(curve, assumed, false))
  })
})

describe('the power of a virtual machine', () => {
  const guest = { processor: 'AMD EPYC 9654', threads: 16, memory: 64 }

  it('is its share of the usual host, unless it is said to be none', () => {
    const { host, wall, curve, package: pkg, dram } = ask({ machine: guest })
    assert.deepEqual(host, usualHost(model, guest))
    assert.deepEqual(curve, model.answer(host!.machine))
    assert.deepEqual(wall, virtualBand(curve, host!.share))
    assert.deepEqual(pkg, packageBand({ ...curve, ...wall }, curve.machine.tdp, curve.machine.chips! * host!.share))
    assert.deepEqual(dram, dramBand({ ...curve, ...wall }, 64))
    assert.equal(ask({ machine: guest, virtual: false }).host, undefined)
    assert.notEqual(ask({ machine: { ...guest, threads: 384 }, virtual: true }).host, undefined)
    assert.equal(ask({ machine: { ...guest, threads: 384 } }).host, undefined)
  })

  it('has its share of the memory of its host where its own is not known', () => {
    const { memory, ...rest } = { ...guest, memory: undefined }
    const { host, wall, curve, dram } = ask({ machine: rest, virtual: true })
    const assumed = curve.assumptions.find(({ field }) => field === 'memory')?.value
    assert.equal(memory, undefined)
    assert.deepEqual(dram, dramBand({ ...curve, ...wall }, assumed! * host!.share, false))
  })

  it('of an instance is that of its table, below what is said of the machine', () => {
    const { host } = ask({ machine: { threads: 3 }, instance: 'm5.4xlarge' })
    const [first] = cloudInstance('m5.4xlarge').hosts
    assert.deepEqual([host?.from, host?.share], ['instance table', 16 / first!.threads])
    assert.deepEqual([host?.machine.processor, host?.machine.threads], [first?.processor, first?.threads])
    const said = { processor: 'AMD EPYC 7571', vendor: 'x', year: 2019, tdp: 200 }
    const { machine } = ask({ machine: { ...said, threads: 3, memory: 1 }, instance: 'm5.4xlarge' }).host!
    assert.deepEqual({ ...machine, ...said }, machine)
    assert.deepEqual([machine.threads, machine.memory], [host?.machine.threads, host?.machine.memory])
    const known = ask({ machine: {}, instance: 'm5.4xlarge' })
    assert.deepEqual(
      known.dram,
      dramBand({ ...known.curve, ...known.wall }, known.curve.machine.memory! * known.host!.share),
    )
  })

  it('goes through what was measured of the share, and is surer of it', () => {
    const before = ask({ machine: guest, virtual: true })
    const watts = before.wall.watts[5]! * 1.2
    const after = ask({ machine: guest, virtual: true, points: [{ load: 0.5, watts, deviation: 0.001 }] })
    assert.ok(Math.abs(after.wall.watts[5]! / watts - 1) < 0.01, String(after.wall.watts[5]! / watts))
    assert.deepEqual(after.curve, before.curve)
    const ratio = ({ wall }: PowerAnswer) => wall.high[5]! / wall.low[5]!
    assert.ok(ratio(after) < Math.sqrt(ratio(before)), `${ratio(after)} ${ratio(before)}`)
    // As many times as low as high: the interval is of the logarithm.
    assert.ok(Math.abs((after.wall.high[0]! * after.wall.low[0]!) / after.wall.watts[0]! ** 2 - 1) < 1e-6)
    for (const curve of [after.wall.watts, after.wall.low, after.wall.high]) {
      for (let u = 1; u < loads.length; u++) assert.ok(curve[u]! >= curve[u - 1]!)
    }
  })

  it('is refused where a description is of no machine', () => {
    assert.throws(() => ask({ machine: { chips: 4, cores: 2 }, virtual: true }), { field: 'cores' })
    assert.throws(() => ask({ machine: {}, instance: 'none' }), { field: 'instance' })
  })
})

describe('an answer as JSON', () => {
  it('has watts to a tenth, and what is known and assumed', () => {
    const answer = ask({ machine: server, points: [{ load: 0.5, watts: 400, deviation: 0.1 }] })
    const json = powerAnswerJson(answer)
    assert.equal(json.load, loads)
    assert.deepEqual(
      json.wall.watts,
      [...answer.wall.watts].map((value) => Math.round(10 * value) / 10),
    )
    assert.deepEqual(
      [json.package.low[3], json.dram?.high[3]],
      [answer.package.low[3], answer.dram?.high[3]].map((value) => Math.round(10 * value!) / 10),
    )
    assert.deepEqual([json.coverage, json.known, json.later_than_table], [0.9, 'processor', false])
    assert.deepEqual(json.points, [{ load: 0.5, watts: 400 }])
    assert.equal(json.assumptions, answer.curve.assumptions)
    assert.equal('host' in json, false)
    const { host } = powerAnswerJson(ask({ machine: {}, instance: 'm5.large' }))
    assert.deepEqual(host, { share: 2 / cloudInstance('m5.large').hosts[0]!.threads, from: 'instance table' })
  })
})
