import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { countOfList, parseCpuInfo } from './cpuinfo.js'

describe('parseCpuInfo', () => {
  it('counts cores and chips, and takes the highest frequency', () => {
    const text = [
      'processor : 0\nphysical id : 0\ncpu MHz : 1200.5',
      'processor : 1\nphysical id : 1\ncpu MHz : 2300',
      'processor : 22\nphysical id : 1\ncpu MHz : 800',
    ].join('\n\n')
    const { cores, chips, megahertz } = parseCpuInfo(text)
    assert.deepEqual({ cores, chips, megahertz }, { cores: 3, chips: 2, megahertz: 2300 })
  })

  it('counts the processors of s390x, which has their numbers in the key', () => {
    const text =
      '# processors : 12\nprocessor 0: version = FF\nprocessor 11: version = FF\nprocessor 1 x: y\ncpu MHz dynamic : 5000'
    const { cores, megahertz } = parseCpuInfo(text)
    assert.deepEqual([cores, megahertz], [2, 5000])
  })

  it('does not take what old ARM kernels call a processor for a core', () => {
    assert.equal(parseCpuInfo('Processor : AArch64 rev 4\nprocessor : 0\nprocessor : 1 core\n').cores, 1)
  })

  it('keeps the first value of each key, in lower case', () => {
    const { first } = parseCpuInfo('no colon\nModel Name : Xeon: E5\nmodel name : other\n:empty key\n')
    assert.deepEqual(
      [...first],
      [
        ['model name', 'Xeon: E5'],
        ['', 'empty key'],
      ],
    )
  })

  it('finds nothing in an empty text, nor a frequency of 0', () => {
    const nothing = { cores: 0, chips: 0, megahertz: undefined }
    assert.deepEqual(parseCpuInfo(''), { ...nothing, first: new Map() })
    assert.equal(parseCpuInfo('cpu MHz : 0\ncpu MHz : unknown').megahertz, undefined)
  })
})

describe('countOfList', () => {
  for (const [text, count] of [
    ['0-3,8,10-11', 7],
    [' 0\n', 1],
    ['4-4', 1],
    ['5-4', 0],
    ['', 0],
    ['a-b', 0],
    ['5-3', 0],
    ['0-3,', 0],
    ['x0', 0],
    ['0x', 0],
    ['0-999999', 1_000_000],
    ['0-1000000', 0],
    ['1000000', 0],
  ] as const) {
    it(`counts ${count} in ${JSON.stringify(text)}`, () => assert.equal(countOfList(text), count))
  }
})
