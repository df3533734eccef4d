import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cpuTimesRecord, cpuUse, readCpuTimes } from './cpu-time.js'

function times(text: string) {
  const into = cpuTimesRecord()
  const bytes = Buffer.from(text)
  return { ok: readCpuTimes(bytes, bytes.length, into), times: into }
}

/** user, nice, system, idle, iowait, irq, softirq, steal */
function stat(...rows: readonly (readonly [number, readonly number[]])[]): string {
  const sum = rows[0]![1].map((_, mode) => rows.reduce((total, [, row]) => total + row[mode]!, 0))
  return `cpu  ${sum.join(' ')} 0 0\n${rows.map(([id, row]) => `cpu${id} ${row.join(' ')} 0 0\n`).join('')}intr 5 0\nctxt 77\n`
}

describe('readCpuTimes', () => {
  it('reads each processor by mode, and context switches', () => {
    const { ok, times: read } = times(stat([0, [1, 2, 3, 4, 5, 6, 7, 8]], [2, [10, 0, 0, 90, 0, 0, 0, 0]]))
    assert.ok(ok)
    assert.deepEqual([...read.ids.slice(0, read.count)], [0, 2])
    assert.deepEqual([...read.perCpu.slice(8, 12)], [10, 0, 0, 90])
    assert.deepEqual([...read.total], [11, 2, 3, 94, 5, 6, 7, 8])
    assert.equal(read.contextSwitches, 77)
  })

  it('takes the columns of an old kernel, and of one without a line for each processor', () => {
    assert.deepEqual([...times('cpu  1 2 3 4\n').times.total], [1, 2, 3, 4, 0, 0, 0, 0])
    assert.ok(times('cpu  1 2 3 4 5 6 7 8 9 10 11 12\n').ok)
  })

  it('refuses what is torn or something else', () => {
    for (const text of [
      '',
      'cpu',
      'cpu  1 2',
      'cpu  1 2 3 44',
      'intr 5\n',
      'cpu  a b c d\n',
      'cpu  1 2 3 4\ncpu0 1 2\n',
      'cpu  1 2 3\n',
      'cpu  1 2 3 4\ncpu0 1 2 3\n',
    ]) {
      assert.equal(times(text).ok, false, JSON.stringify(text))
    }
  })

  it('refuses a line that is torn where an earlier reading went on', () => {
    const whole = Buffer.from('cpu  1 2 3 4 5 6 7 8 99 0\nctxt 5\n')
    const into = cpuTimesRecord()
    const lineEnd = whole.indexOf('\n')
    for (let length = 0; length <= lineEnd; length++)
      assert.equal(readCpuTimes(whole, length, into), false, String(length))
    assert.equal(readCpuTimes(whole, lineEnd + 1, into), true)
    assert.equal(into.contextSwitches, 0)
  })

  it('reads what stands in any order, and no context switches where there are none', () => {
    const read = times('intr 5\ncpu  1 2 3 4\ncpu0 1 2 3 4\ncpufreq 5\n')
    assert.equal(read.ok, false, 'cpufreq is no processor')
    const other = times('intr 5\ncpu  1 2 3 4\n')
    assert.deepEqual([other.ok, other.times.count, other.times.contextSwitches], [true, 0, 0])
    assert.equal(times('cpu  1 2 3 4\nctxt x\n').times.contextSwitches, 0)
  })

  it('refuses numbers of processors that no machine has', () => {
    assert.equal(times('cpu  1 2 3 4\ncpu65535 1 2 3 4\n').ok, true)
    assert.equal(times('cpu  1 2 3 4\ncpu65536 1 2 3 4\n').ok, false)
    const lines = (count: number) => `cpu  1 2 3 4\n${'cpu7 1 2 3 4\n'.repeat(count)}`
    assert.equal(times(lines(65_536)).ok, true)
    assert.equal(times(lines(65_537)).ok, false)
  })

  it('takes more processors than it had room for', () => {
    const rows = Array.from({ length: 300 }, (_, id) => [id, [id, 0, 0, 100, 0, 0, 0, 0]] as const)
    const { times: read } = times(stat(...rows))
    assert.equal(read.count, 300)
    assert.equal(read.perCpu[299 * 8], 299)
  })
})

describe('cpuUse', () => {
  const use = (before: string, now: string) => cpuUse(times(before).times, times(now).times)
  const partsOf = (before: string, now: string) => {
    const { utilisation, steal, modes } = use(before, now)!
    return { utilisation, steal, modes: [...modes] }
  }

  it('counts work of its own, and steal apart', () => {
    const before = stat([0, [0, 0, 0, 0, 0, 0, 0, 0]])
    assert.deepEqual(partsOf(before, stat([0, [20, 5, 15, 30, 10, 5, 5, 10]])), {
      utilisation: 0.5,
      steal: 0.1,
      modes: [0.2, 0.05, 0.15, 0.3, 0.1, 0.05, 0.05, 0.1],
    })
  })

  it('leaves out processors that went or came', () => {
    const before = stat([0, [0, 0, 0, 100, 0, 0, 0, 0]], [1, [500, 0, 0, 0, 0, 0, 0, 0]])
    const now = stat([0, [50, 0, 0, 150, 0, 0, 0, 0]], [3, [9000, 0, 0, 0, 0, 0, 0, 0]])
    assert.deepEqual(partsOf(before, now), { utilisation: 0.5, steal: 0, modes: [0.5, 0, 0, 0.5, 0, 0, 0, 0] })
  })

  it('goes by the number of a processor, not by its place', () => {
    const row = (busy: number, idle: number) => [busy, 0, 0, idle, 0, 0, 0, 0]
    const before = stat([0, row(0, 0)], [1, row(0, 0)], [2, row(100, 900)])
    assert.equal(use(before, stat([0, row(0, 100)], [2, row(200, 900)]))?.utilisation, 0.5)
    assert.equal(use(before, stat([2, row(130, 970)]))?.utilisation, 0.3)
  })

  it('has forgotten the processors of an earlier reading in the same place', () => {
    const record = cpuTimesRecord()
    const read = (text: string) => readCpuTimes(Buffer.from(text), text.length, record)
    read(stat([0, [0, 0, 0, 0, 0, 0, 0, 0]], [1, [0, 0, 0, 0, 0, 0, 0, 0]]))
    read(stat([0, [0, 0, 0, 0, 0, 0, 0, 0]]))
    const now = times(stat([0, [50, 0, 0, 50, 0, 0, 0, 0]], [1, [900, 0, 0, 0, 0, 0, 0, 0]]))
    assert.equal(cpuUse(record, now.times)?.utilisation, 0.5)
  })

  it('is of all together where no processor is in both, or none is listed', () => {
    const before = stat([0, [0, 0, 0, 0, 0, 0, 0, 0]])
    assert.equal(use(before, stat([1, [30, 0, 0, 70, 0, 0, 0, 0]]))?.utilisation, 0.3)
    assert.equal(use('cpu  0 0 0 0\n', 'cpu  40 0 0 60\n')?.utilisation, 0.4)
    const [zero, both] = ['cpu  0 0 0 0\ncpu0 0 0 0 0\n', 'cpu  500 0 0 0\ncpu0 10 0 0 90\n']
    assert.equal(use(zero, both)?.utilisation, 0.1)
  })

  it('takes time that went back for none', () => {
    const before = stat([0, [0, 0, 0, 100, 60, 0, 0, 0]])
    assert.deepEqual(partsOf(before, stat([0, [50, 0, 0, 150, 50, 0, 0, 0]])), {
      utilisation: 0.5,
      steal: 0,
      modes: [0.5, 0, 0, 0.5, 0, 0, 0, 0],
    })
  })

  it('says nothing when no time has passed', () => {
    const same = stat([0, [1, 0, 0, 100, 0, 0, 0, 0]])
    assert.equal(use(same, same), undefined)
  })
})
