import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { crc32, inflateRawSync } from 'node:zlib'
import { joinEntries, packEntry } from './join-entries.js'

type Places = Readonly<Record<string, readonly [at: number, bytes: number]>>

/** Fields by their place in APPNOTE.TXT, 4.3. */
function fields(header: Buffer, places: Places) {
  return Object.fromEntries(Object.entries(places).map(([name, [at, bytes]]) => [name, header.readUIntLE(at, bytes)]))
}
const common = (at: number): Places => ({
  needed: [at, 2],
  flags: [at + 2, 2],
  method: [at + 4, 2],
  time: [at + 6, 2],
  date: [at + 8, 2],
  crc: [at + 10, 4],
  packed: [at + 14, 4],
  bytes: [at + 18, 4],
  name: [at + 22, 2],
  extra: [at + 24, 2],
})
const local: Places = { signature: [0, 4], ...common(4) }
const central: Places = {
  signature: [0, 4],
  madeBy: [4, 2],
  ...common(6),
  comment: [32, 2],
  disk: [34, 2],
  internal: [36, 2],
  external: [38, 4],
  offset: [42, 4],
}
const end: Places = {
  signature: [0, 4],
  disk: [4, 2],
  start: [6, 2],
  here: [8, 2],
  all: [10, 2],
  bytes: [12, 4],
  offset: [16, 4],
  comment: [20, 2],
}

describe('a zip that is joined', () => {
  const content = [Buffer.from('hello '.repeat(50)), Buffer.from('as it is')]
  const modified = 0x1234_5678
  const deflated = packEntry('a.txt', content[0]!, { modified, level: 9 })
  const stored = packEntry('é', content[1]!, { modified, level: 9, store: true })
  const zip = joinEntries([deflated, stored])
  const sizes = [deflated.packed.length, stored.packed.length] as const

  it('has a header before each file, and the directory of all behind them', () => {
    // Names of five bytes and, in UTF-8, of two.
    const second = 30 + 5 + sizes[0]
    const directory = second + 30 + 2 + sizes[1]
    const expected = [
      { method: 8, crc: crc32(content[0]!), packed: sizes[0], bytes: 300, name: 5 },
      { method: 0, crc: crc32(content[1]!), packed: 8, bytes: 8, name: 2 },
    ].map((own) => ({ needed: 20, flags: 0x800, time: 0x5678, date: 0x1234, extra: 0, ...own }))
    for (const [i, at] of [0, second].entries()) {
      assert.deepEqual(fields(zip.subarray(at), local), { signature: 0x04034b50, ...expected[i] })
    }
    const rest = { signature: 0x02014b50, madeBy: 20, comment: 0, disk: 0, internal: 0, external: 0 }
    for (const [i, at] of [directory, directory + 46 + 5].entries()) {
      assert.deepEqual(fields(zip.subarray(at), central), { ...rest, ...expected[i], offset: [0, second][i] })
    }
    const length = 2 * 46 + 5 + 2
    assert.deepEqual(fields(zip.subarray(directory + length), end), {
      ...{ signature: 0x06054b50, disk: 0, start: 0, here: 2, all: 2, bytes: length, offset: directory, comment: 0 },
    })
    assert.equal(zip.length, directory + length + 22)
    assert.deepEqual([zip.toString('utf8', 30, 35), zip.toString('utf8', second + 30, second + 32)], ['a.txt', 'é'])
  })

  it('has files packed, or as they are', () => {
    assert.deepEqual(inflateRawSync(deflated.packed), content[0])
    assert.ok(sizes[0] < 30)
    assert.equal(stored.packed, content[1])
  })

  it('may hold nothing', () => {
    const empty = joinEntries([])
    assert.equal(empty.length, 22)
    assert.deepEqual([empty.readUInt32LE(0), empty.readUInt16LE(10), empty.readUInt32LE(16)], [0x06054b50, 0, 0])
  })
})
