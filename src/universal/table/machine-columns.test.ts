import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { measuredMachines, readMachineTable } from './machine-table.js'

const read = (header: string, ...rows: readonly string[]) => readMachineTable([header, ...rows, ''].join('\n')).rows
const machineOf = (header: string, row: string) => read(header, row)[0]!.machine

describe('the columns of a table of machines', () => {
  it('have the names that we write, or those of other tables', () => {
    assert.deepEqual(machineOf('processor,frequency,memory,threads', 'KVM,2400,16,8'), {
      ...{ processor: 'KVM', megahertz: 2400, memory: 16, threads: 8 },
    })
    assert.deepEqual(machineOf('cpu,processor,mhz,frequency,psu_w', 'A,B,1,2,750'), {
      ...{ processor: 'A', megahertz: 1, supply: 750 },
    })
  })

  it('need a processor or threads, and nothing else', () => {
    assert.deepEqual(machineOf('threads', '8'), { threads: 8 })
    const [{ model, published, tdpSource, watts, line }] = read('threads,x', '8,y') as [ReturnType<typeof read>[number]]
    assert.deepEqual([model, published, tdpSource, line], ['', '', '', 2])
    assert.ok(watts.length === 11 && watts.every(Number.isNaN))
    assert.throws(() => read('cores,chips', '8,1'), { code: 'INVALID_DATA', message: /got "cores,chips"/ })
  })

  it('say nothing where they are empty, 0 or two dashes, and are read without blanks', () => {
    assert.deepEqual(machineOf('cpu,vendor,form,chips,nodes,tdp', ' KVM , --,  ,0,, 65 '), {
      processor: 'KVM',
      tdp: 65,
    })
  })

  it('have numbers from 0, and say line and column of others', () => {
    assert.deepEqual([...read('threads,p0,p100', '1,0,1e2')[0]!.watts].filter(Number.isFinite), [0, 100])
    for (const [text, column] of [
      ['x,1', 'threads'],
      ['1,-0.1', 'p50'],
      ['1,Infinity', 'p50'],
    ] as const) {
      const message = new RegExp(`^machines, line 3: ${column}: expected a number from 0, got "`)
      assert.throws(() => read('threads,p50', '1,1', text), { code: 'INVALID_DATA', message })
    }
  })
})

describe('the year of a machine', () => {
  const year = (text: string, published = '') => machineOf('cpu,hw_available,published', `A,${text},${published}`).year

  it('is that of its month, its day or its decimals', () => {
    assert.equal(year('Jan-2010'), 2010 + 1 / 12)
    assert.equal(year('dec-2010'), 2011)
    assert.equal(year('2010-04-07'), 2010 + 4 / 12)
    assert.equal(year('2010.5'), 2010.5)
    assert.equal(year('2010'), 2010)
    assert.equal(machineOf('cpu,year', 'A,2012').year, 2012)
  })

  it('is when it was to be had, else when its result was published, else not known', () => {
    assert.equal(year('Jun-2009', '2010-04-07'), 2009.5)
    assert.equal(year('', '2010-04-07'), 2010 + 4 / 12)
    assert.equal(year(''), undefined)
    assert.equal(read('cpu,published', 'A,2010-04-07')[0]!.published, '2010-04-07')
  })

  it('is no date of another kind', () => {
    for (const text of ['Foo-2010', 'Jun 2010', '2010-4-7', '10', '2010.', 'x2010', '2010-04-07T00', 'Jun-20100']) {
      assert.throws(() => year(text), {
        code: 'INVALID_DATA',
        message: `machines, line 2: expected a date such as Jun-2010, got "${text}"`,
      })
    }
  })
})

describe('a measured machine', () => {
  const header = 'cpu,chips,cores,threads,mhz,model,published,tdp_source,p0,p100'
  const of = (row: string) => measuredMachines(readMachineTable(`${header}\n${row}\n`))[0]!

  it('has what it was measured with, and where that is from where it is known', () => {
    const { watts, ...machine } = of('A,1,2,4,2000,R1,2024-05-01,maker,50,100')
    assert.deepEqual([watts[0], watts[10]], [50, 100])
    assert.deepEqual(machine, {
      ...{ processor: 'A', chips: 1, cores: 2, threads: 4, megahertz: 2000, model: 'R1' },
      ...{ published: '2024-05-01', year: 2024 + 5 / 12, tdpSource: 'maker' },
    })
    const { watts: _, ...bare } = of('A,1,2,4,2000,,,,50,100')
    assert.deepEqual(bare, { processor: 'A', chips: 1, cores: 2, threads: 4, megahertz: 2000, model: '' })
  })

  it('has a processor, its counts and its clock, and draws more at full load than at idle', () => {
    for (const row of [',1,2,4,2000', 'A,,2,4,2000', 'A,1,,4,2000', 'A,1,2,,2000', 'A,1,2,4,']) {
      assert.throws(() => of(`${row},R1,,,50,100`), {
        code: 'INVALID_DATA',
        message: /line 2: a measured machine has cpu/,
      })
    }
    for (const [idle, full] of [
      ['0', '100'],
      ['', '100'],
      ['50', ''],
      ['50', '50'],
    ]) {
      assert.throws(() => of(`A,1,2,4,2000,R1,,,${idle},${full}`), {
        message: /line 2: expected p0 above 0 and p100 above/,
      })
    }
    assert.equal(of('A,1,2,4,2000,R1,,,50,50.1').watts[10], 50.1)
  })
})
