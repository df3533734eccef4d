import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { ByteScanner } from './byte-scanner.js'
import { readFields } from './fields.js'
import { KernelFiles } from './kernel-files.js'
import { nodeOsUsage } from './node-os-usage.js'

function scanner(text: string, at = 0, end = text.length): ByteScanner {
  const made = new ByteScanner()
  made.reset(Buffer.from(text), at, end)
  return made
}

describe('ByteScanner', () => {
  it('reads the numbers of a line, whatever stands between', () => {
    const scan = scanner('a 12,-3 090\n7')
    assert.deepEqual([scan.number(), scan.number(), scan.number(), scan.number()], [12, 3, 90, -1])
    assert.equal(scan.nextLine(), true)
    assert.deepEqual([scan.number(), scan.number(), scan.at], [7, -1, 13])
  })

  it('reads the digits alone', () => {
    assert.deepEqual([scanner('/0:').number(), scanner('/9:').number(), scanner('/:').number()], [0, 9, -1])
  })

  it('reads nothing beyond its end', () => {
    assert.equal(scanner('12345', 1, 3).number(), 23)
    assert.equal(scanner('12\n45', 0, 3).nextLine(), false)
    assert.equal(scanner('12\n45', 0, 2).nextLine(), false)
    const ended = scanner('ab', 0, 1)
    assert.deepEqual([ended.startsWith('a'), ended.startsWith('ab')], [true, false])
  })

  it('skips words, and the spaces before them, up to the end of the line', () => {
    const scan = scanner('  one two\nthree')
    scan.skipWord()
    assert.equal(scan.at, 5)
    scan.skipWord()
    assert.equal(scan.at, 9)
    scan.skipWord()
    assert.equal(scan.at, 9)
    const last = scanner('one')
    last.skipWord()
    assert.equal(last.at, 3)
  })

  it('reads nothing behind its end, which is of an earlier reading', () => {
    const within = (text: string, end: number) => {
      const scan = new ByteScanner()
      scan.reset(Buffer.from(text), 0, end)
      return scan
    }
    const digits = within('123456', 3)
    assert.deepEqual([digits.number(), digits.at], [123, 3])
    const none = within('ab12', 2)
    assert.deepEqual([none.number(), none.at], [-1, 2])
    for (const [text, end] of [
      ['abcd', 2],
      ['    ', 2],
      [' abc', 2],
    ] as const) {
      const scan = within(text, end)
      scan.skipWord()
      assert.equal(scan.at, end, text)
    }
    assert.deepEqual([within('Mem', 2).startsWith('Mem'), within('Mem', 3).startsWith('Mem')], [false, true])
  })

  it('goes to the next line, if there is one', () => {
    const scan = scanner('a\nb\n')
    assert.deepEqual([scan.nextLine(), scan.at], [true, 2])
    assert.deepEqual([scan.nextLine(), scan.at], [false, 4])
    assert.deepEqual([scan.nextLine(), scan.at], [false, 4])
    const bytes = Buffer.from('ab\ncd\n')
    for (const end of [1, 2]) {
      const short = new ByteScanner()
      short.reset(bytes, 0, end)
      assert.deepEqual([short.nextLine(), short.at], [false, end], 'what is behind the end is of an earlier reading')
    }
    const empty = scanner('\na')
    assert.deepEqual([empty.nextLine(), empty.at], [true, 1])
  })

  it('compares from where it stands', () => {
    const scan = scanner('MemTotal: 1', 3)
    assert.deepEqual([scan.startsWith('Total:'), scan.startsWith('Totals'), scan.startsWith('')], [true, false, true])
  })
})

describe('readFields', () => {
  function read(text: string, wanted: readonly string[]) {
    const path = join(temporaryFolder(), 'file')
    writeFileSync(path, text)
    const into = new Float64Array(wanted.length)
    const isRead = readFields(new KernelFiles(), { path, descriptor: undefined }, wanted, into)
    return [isRead, ...into]
  }

  it('has the numbers in the order in which they are wanted, whatever stands between', () => {
    assert.deepEqual(read('x: 9\na: 1 kB\ny: 8\nb: 2 kB\na: 3\n', ['b:', 'a:']), [true, 2, 1])
  })

  it('has -1 for what is not there, and says when nothing is', () => {
    assert.deepEqual(read('a: 1\n', ['a:', 'b:']), [true, 1, -1])
    assert.deepEqual(read('a:\nb: 5\n', ['a:', 'b:']), [true, -1, 5])
    assert.deepEqual(read('', ['a:']), [false, -1])
    const into = Float64Array.of(7)
    const none = { path: '/nonexistent', descriptor: undefined }
    assert.deepEqual([readFields(new KernelFiles(), none, ['a:'], into), into[0]], [false, -1])
  })
})

describe('nodeOsUsage', () => {
  const counted = {
    modes: Float64Array.of(0.3, 0.05, 0.1, 0.3, 0.04, 0.01, 0.02, 0.18),
    ...{ seconds: 2, contextSwitches: 10, pageFaults: 4, load1: 0, memoryUsed: 0, frequency: 2400 },
  }

  it('has rates per second, parts of the time, and hertz', () => {
    const usage = nodeOsUsage(counted)
    assert.ok(Math.abs(usage.node_cpu_user_ratio! - 0.35) < 1e-12)
    assert.ok(Math.abs(usage.node_cpu_irq_ratio! - 0.03) < 1e-12)
    assert.deepEqual(
      [usage.node_cpu_system_ratio, usage.node_cpu_iowait_ratio, usage.node_cpu_steal_ratio],
      [0.1, 0.04, 0.18],
    )
    assert.deepEqual([usage.node_context_switches_per_second, usage.node_page_faults_per_second], [5, 2])
    assert.deepEqual([usage.node_cpu_frequency_hertz, usage.node_load1, usage.node_memory_used_ratio], [2.4e9, 0, 0])
  })

  it('leaves out what is not told, but has a frequency of 0', () => {
    const none = { ...counted, pageFaults: undefined, load1: undefined, memoryUsed: undefined, frequency: undefined }
    const usage = nodeOsUsage(none)
    assert.deepEqual([Object.keys(usage).length, usage.node_cpu_frequency_hertz], [7, 0])
    assert.equal(nodeOsUsage({ ...counted, contextSwitches: -5, pageFaults: -5 }).node_page_faults_per_second, 0)
  })
})
