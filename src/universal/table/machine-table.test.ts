import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ModelError } from '../../core/errors.js'
import { measuredMachines, readMachineTable } from './machine-table.js'

const header = 'published,hw_available,vendor,model,cpu,chips,cores,threads,mhz,mem_gb,tdp,nodes,form,p0,p50,p100'
const row = '2024-05-01,Jun-2023,dell,R1,AMD EPYC 9654,2,192,384,2400,384,360,1,2U,120,300,700'

describe('readMachineTable', () => {
  it('reads machines and their watts', () => {
    const [{ machine, watts, line }] = readMachineTable(`${header}\n${row}\n`).rows as [never] &
      ReturnType<typeof readMachineTable>['rows']
    assert.equal(line, 2)
    assert.deepEqual(machine, {
      processor: 'AMD EPYC 9654',
      vendor: 'dell',
      form: '2U',
      chips: 2,
      cores: 192,
      threads: 384,
      megahertz: 2400,
      memory: 384,
      tdp: 360,
      nodes: 1,
      year: 2023.5,
    })
    assert.deepEqual([watts[0], watts[5], watts[10]], [120, 300, 700])
    assert.ok(Number.isNaN(watts[1]))
  })

  it('takes what is empty as not known', () => {
    const [found] = readMachineTable('cpu,chips,tdp\nKVM,,0\n').rows
    assert.deepEqual(found!.machine, { processor: 'KVM' })
  })

  const broken: readonly (readonly [string, RegExp])[] = [
    [`${header}\n${row.replace(',192,', ',many,')}`, /line 2: cores: .*"many"/],
    [`${header}\n${row.replace(',192,', ',-1,')}`, /line 2: cores: .*"-1"/],
    [`${header}\n${row.replace('Jun-2023', 'soon')}`, /line 2: .*"soon"/],
    ['a,b\n1,2\n', /column cpu or threads/],
    ['', /empty/],
    ['cpu,chips\nKVM\n', /1 fields, the header has 2/],
  ]
  for (const [text, message] of broken) {
    it(`refuses ${JSON.stringify(text.slice(-60))}`, () => {
      assert.throws(
        () => readMachineTable(text),
        (error) => error instanceof ModelError && message.test(error.message),
      )
    })
  }

  it('wants everything of measured machines', () => {
    assert.equal(measuredMachines(readMachineTable(`${header}\n${row}\n`))[0]!.watts[10], 700)
    const idleAboveFull = row.replace('120,300,700', '120,300,100')
    assert.throws(() => measuredMachines(readMachineTable(`${header}\n${idleAboveFull}`)), /line 2: .*120 and 100/)
    assert.throws(() => measuredMachines(readMachineTable(`cpu\nKVM\n`)), /line 2/)
  })
})
