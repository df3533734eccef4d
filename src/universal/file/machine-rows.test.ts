import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loads, type MeasuredMachine } from '../machine.js'
import { loadUniversalModel } from '../load-model.js'
import { machineColumns, machineRowSchema, rowOfMachine } from './machine-rows.js'
import { readUniversalModel, writeUniversalModel } from './model-file.js'

const watts = Float64Array.from(loads, (load) => 100 + 200 * load)
const least: MeasuredMachine = {
  ...{ model: 'R1', processor: 'AMD EPYC 9654', chips: 2, cores: 192, threads: 384, megahertz: 2400, watts },
}
const whole: MeasuredMachine = {
  ...least,
  ...{ published: '2024-05-01', year: 2023.5, vendor: 'dell', memory: 384, tdp: 360, tdpSource: 'x' },
  ...{ nodes: 4, form: '2U', supply: 1400 },
}

describe('the rows of a model’s file', () => {
  it('have all that is known of a machine, in the order of their columns', () => {
    assert.deepEqual(machineColumns.slice(-11), [
      ...['p0', 'p10', 'p20', 'p30', 'p40', 'p50', 'p60', 'p70', 'p80', 'p90', 'p100'],
    ])
    const row = rowOfMachine({ ...whole, year: 2023.4567 })
    assert.deepEqual(row.slice(0, 15), [
      ...['2024-05-01', 2023.46, 'dell', 'R1', 'AMD EPYC 9654', 2, 192, 384, 2400, 384, 360, 'x', 4, '2U', 1400],
    ])
    assert.deepEqual(row.slice(15), [...watts])
    for (const machine of [whole, least]) assert.deepEqual(machineRowSchema.parse(rowOfMachine(machine)), machine)
  })

  it('have null for what is not known, also between idle and full load', () => {
    const gap = { ...least, watts: watts.map((value, u) => (u === 5 ? Number.NaN : value)) }
    const row = rowOfMachine(gap)
    assert.deepEqual([row[0], row[1], row[9], row[20]], [null, null, null, null])
    assert.deepEqual(machineRowSchema.parse(row), gap)
  })

  it('are refused where they are of no machine', () => {
    const fault = (row: readonly unknown[]) => machineRowSchema.safeParse(row).error?.issues[0]?.message
    const row = rowOfMachine(whole)
    assert.match(fault(row.slice(0, -1)) ?? '', /expected 26 values/)
    assert.match(fault([...row, 1]) ?? '', /expected 26 values/)
    const full = row.length - 1
    assert.match(fault(row.with(full, 100)) ?? '', /more watts at full load than at idle/)
    assert.equal(fault(row.with(full, 100.1)), undefined)
    for (const column of [3, 4, 5, 8, 15]) assert.notEqual(fault(row.with(column, null)), undefined)
    for (const column of [5, 9, 16]) assert.notEqual(fault(row.with(column, 0)), undefined)
    assert.notEqual(fault(row.with(4, '')), undefined)
  })
})

describe('a model’s file', () => {
  const { file } = loadUniversalModel()
  const machines = [least, { ...whole, watts: watts.map((value, u) => (u === 3 ? Number.NaN : value)) }, whole]
  const process = (weights: readonly number[]) => ({
    theta: Float64Array.of(1.234567, -2),
    noiseWeights: Float64Array.from(weights),
  })
  const parameters = { full: process([1, 1.0004, 2.345678]), idle: process([1, 1, 1]), shapes: [process([1, 3])] }
  const small = {
    ...file,
    name: 'small',
    machines,
    parameters,
    sources: [
      { name: 's', url: 'u' },
      { name: 't', note: 'n' },
    ],
  }

  it('has five digits, and the weights of the rows that are far off', () => {
    const text = writeUniversalModel(small)
    const { full, idle, shapes } = JSON.parse(text)
    assert.deepEqual(full, { theta: [1.2346, -2], noise: [[2, 2.3457]] })
    assert.deepEqual([idle.noise, shapes[0].noise], [[], [[1, 3]]])
    const read = readUniversalModel(text, 'small.json')
    assert.deepEqual([read.name, read.machines, read.sources], ['small', machines, small.sources])
    assert.deepEqual(read.parameters.full.noiseWeights, Float64Array.of(1, 1, 2.3457))
    // Shapes have a row for each machine with a whole curve.
    assert.deepEqual(read.parameters.shapes[0]?.noiseWeights, Float64Array.of(1, 3))
    assert.equal(writeUniversalModel(read), text)
  })

  it('has weights of rows that there are', () => {
    const text = writeUniversalModel(small).replace('[[2,2.3457]]', '[[2,2.3457],[3,9]]')
    assert.equal(readUniversalModel(text, 'x').parameters.full.noiseWeights?.length, 3)
  })

  it('is refused with the place and the value that is none', () => {
    const text = writeUniversalModel(small)
    for (const [from, to, message] of [
      ['"version":1', '"version":2', /^small\.json: version: /],
      ['"known":', '"known":0.5,"was":', /^small\.json: late\.known: /],
      ['"columns":["published"', '"columns":["when"', /^small\.json: columns: expected published, /],
      ['"categories":["family"', '"categories":["kin"', /^small\.json: categories: expected family, /],
      ['"name":"small"', '"name":""', /^small\.json: name: /],
    ] as const) {
      assert.ok(text.includes(from), from)
      assert.throws(() => readUniversalModel(text.replace(from, to), 'small.json'), {
        code: 'INVALID_ARCHIVE',
        message,
      })
    }
    assert.throws(() => readUniversalModel('[]', 'small.json'), { message: /^small\.json: the file: / })
  })
})
