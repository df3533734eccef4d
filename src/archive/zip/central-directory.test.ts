import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { bufferSource, fileSource } from './byte-source.js'
import { readCentralDirectory } from './central-directory.js'
import { joinEntries, packEntry } from './join-entries.js'
import type { ZipLimits } from './limits.js'
import { openZip } from './zip.js'

const zipOf = (files: Readonly<Record<string, string | Buffer>>, store = true) =>
  joinEntries(
    Object.entries(files).map(([name, content]) =>
      packEntry(name, Buffer.from(content), { modified: 0x5a210000, level: 9, store }),
    ),
  )
const read = (zip: Uint8Array, limits: ZipLimits = {}) => readCentralDirectory(bufferSource(zip), limits)
const directoryOf = (zip: Buffer) => zip.indexOf(Buffer.from([0x50, 0x4b, 1, 2]))
/** The zip with other bytes at a place of its first central header, or of its end record. */
const patched = (zip: Buffer, place: 'entry' | 'end', at: number, value: number, size: 2 | 4 = 4) => {
  const copy = Buffer.from(zip)
  copy.writeUIntLE(value, (place === 'entry' ? directoryOf(zip) : zip.length - 22) + at, size)
  return copy
}
const invalid = (message: RegExp) => ({ code: 'INVALID_ARCHIVE', message })
const limit = (message: RegExp) => ({ code: 'LIMIT_EXCEEDED', message })

/** The zip of one entry with its three wide fields in a zip64 extra, behind another extra field. */
function wide(fields: readonly bigint[], marks: readonly (readonly [at: number, value: number])[]): Buffer {
  const zip = zipOf({ a: 'hello' })
  const [start, end] = [directoryOf(zip), zip.length - 22]
  const header = Buffer.from(zip.subarray(start, end))
  const extra = Buffer.alloc(4 + 2 + 4 + 8 * fields.length)
  extra.writeUInt16LE(7, 0)
  extra.writeUInt16LE(2, 2)
  extra.writeUInt16LE(1, 6)
  extra.writeUInt16LE(8 * fields.length, 8)
  for (const [i, value] of fields.entries()) extra.writeBigUInt64LE(value, 10 + 8 * i)
  header.writeUInt16LE(extra.length, 30)
  for (const [at, value] of marks) header.writeUInt32LE(value, at)
  const tail = Buffer.from(zip.subarray(end))
  tail.writeUInt32LE(header.length + extra.length, 12)
  return Buffer.concat([zip.subarray(0, start), header, extra, tail])
}

describe('the directory of a zip', () => {
  it('has what stands in it of each file, and leaves folders out', () => {
    const entries = read(zipOf({ 'a/': '', 'a/b': 'hello' }))
    assert.deepEqual([...entries.keys()], ['a/b'])
    assert.deepEqual(entries.get('a/b'), {
      ...{ name: 'a/b', method: 0, crc32: 0x3610a686, packedBytes: 5, bytes: 5, offset: 32, modified: 0x5a210000 },
    })
    assert.equal(read(zipOf({})).size, 0)
  })

  it('may have a comment of any length, and bytes in front that are no part of it', () => {
    const zip = zipOf({ a: 'hello' })
    for (const length of [1, 65_535]) {
      const commented = Buffer.concat([patched(zip, 'end', 20, length, 2), Buffer.alloc(length, 0x20)])
      assert.equal(read(commented).size, 1)
    }
    assert.throws(() => read(Buffer.concat([zip, Buffer.alloc(65_536)])), invalid(/this is not a zip/))
    assert.throws(() => read(patched(zip, 'end', 20, 1, 2)), invalid(/this is not a zip: it has no end record/))
    assert.throws(() => read(Buffer.alloc(21)), invalid(/this is not a zip/))
  })

  it('holds as much as it says', () => {
    const zip = zipOf({ a: 'hello' })
    assert.throws(() => read(patched(zip, 'end', 10, 2, 2)), invalid(/entry 1 of 2 is not in the directory/))
    assert.throws(() => read(patched(zip, 'entry', 0, 0)), invalid(/entry 0 of 1 is not in the directory/))
    for (const at of [28, 30, 32]) {
      assert.throws(() => read(patched(zip, 'entry', at, 50, 2)), invalid(/entry 0 runs past the end of the directory/))
    }
    const { length } = zip
    assert.throws(() => read(patched(zip, 'end', 16, length - 22)), invalid(/directory runs past its end record/))
    assert.equal(read(patched(zip, 'end', 10, 0, 2)).size, 0)
  })

  it('has entries that lie before it and do not overlap', () => {
    const zip = zipOf({ a: 'hello', b: 'world' })
    assert.throws(() => read(patched(zip, 'entry', 42, directoryOf(zip) - 34)), invalid(/"a" runs into the directory/))
    assert.throws(() => read(patched(zip, 'entry', 42, 2)), invalid(/"a" and "b" overlap/))
    assert.throws(() => read(patched(zip, 'entry', 20, 6)), invalid(/"a" is stored, but its two sizes differ/))
  })

  it('may list entries in another order than that in which they lie', () => {
    const zip = zipOf({ a: 'hello', b: 'world' })
    const [first, end] = [directoryOf(zip), zip.length - 22]
    const second = first + 46 + 1
    const parts = [zip.subarray(0, first), zip.subarray(second, end), zip.subarray(first, second), zip.subarray(end)]
    const turned = Buffer.concat(parts)
    assert.deepEqual([...read(turned).keys()], ['b', 'a'])
    assert.equal(Buffer.from(openZip(bufferSource(turned)).read('a')).toString(), 'hello')
    assert.throws(() => read(patched(turned, 'entry', 42, 2)), invalid(/"a" and "b" overlap/))
  })

  it('has names that stay in the archive', () => {
    for (const name of ['a\0b', 'a/../b', '..', '.', 'a/./b', 'a//b', 'z:', 'a:b', '/']) {
      assert.throws(() => read(zipOf({ [name]: 'x' })), invalid(/leaves the archive/), name)
    }
    for (const name of ['1:b', 'aa:b', '...', '.a', 'a..', 'é'])
      assert.equal(read(zipOf({ [name]: 'x' })).size, 1, name)
    assert.throws(() => read(patched(zipOf({ a: 'x' }), 'entry', 8, 1, 2)), invalid(/"a" is encrypted/))
  })

  it('is bounded: so many entries, so large, so much together, each bound included', () => {
    const zip = zipOf({ a: 'x'.repeat(100), b: 'y'.repeat(50) })
    assert.equal(read(zip, { maxEntries: 2, maxEntryBytes: 100, maxTotalBytes: 150 }).size, 2)
    assert.throws(() => read(zip, { maxEntries: 1 }), limit(/lists 2 entries, more than 1/))
    assert.throws(() => read(zip, { maxEntryBytes: 99 }), limit(/"a" unpacks to 100 bytes, more than 99/))
    assert.throws(() => read(zip, { maxTotalBytes: 149 }), limit(/unpack to more than 149 bytes/))
  })

  it('may unpack to any multiple below a megabyte, and to so many times its size above', () => {
    const [small, large] = [1 << 20, (1 << 20) + 1].map((bytes) => zipOf({ a: Buffer.alloc(bytes) }, false))
    assert.equal(read(small!).size, 1)
    assert.throws(() => read(large!), limit(/more than 200 times/))
    const packed = read(large!, { maxRatio: 1e9 }).get('a')!.packedBytes
    const ratio = ((1 << 20) + 1) / packed
    assert.equal(read(large!, { maxRatio: ratio }).size, 1)
    assert.throws(() => read(large!, { maxRatio: ratio * 0.999 }), limit(/times/))
  })

  it('may have its sizes and place in a zip64 field, in their order, as far as they do not fit', () => {
    const all = wide(
      [5n, 5n, 0n],
      [
        [24, 0xffffffff],
        [20, 0xffffffff],
        [42, 0xffffffff],
      ],
    )
    const { bytes, packedBytes, offset } = read(all).get('a')!
    assert.deepEqual([bytes, packedBytes, offset], [5, 5, 0])
    assert.equal(Buffer.from(openZip(bufferSource(all)).read('a')).toString(), 'hello')
    assert.equal(read(wide([0n], [[42, 0xffffffff]])).get('a')?.offset, 0)
    assert.throws(
      () =>
        read(
          wide(
            [5n],
            [
              [24, 0xffffffff],
              [20, 0xffffffff],
            ],
          ),
        ),
      invalid(/a zip64 field is missing/),
    )
    assert.throws(() => read(wide([1n << 60n], [[42, 0xffffffff]])), invalid(/the size 1152921504606846976 is absurd/))
    assert.throws(() => read(wide([], [[42, 0xffffffff]])), invalid(/zip64 field is missing|runs into the directory/))
  })

  it('may stand where a zip64 end record says', () => {
    const zip = zipOf({ a: 'hello' })
    const end = zip.length - 22
    const record = Buffer.alloc(56)
    record.writeUInt32LE(0x06064b50, 0)
    const numbers = [1n, BigInt(end - directoryOf(zip)), BigInt(directoryOf(zip))]
    for (const [i, value] of numbers.entries()) record.writeBigUInt64LE(value, 32 + 8 * i)
    const locator = Buffer.alloc(20)
    locator.writeUInt32LE(0x07064b50, 0)
    locator.writeBigUInt64LE(BigInt(end), 8)
    const whole = (at: number, value: number, size: 2 | 4, mark = record) =>
      Buffer.concat([zip.subarray(0, end), mark, locator, patched(zip, 'end', at, value, size).subarray(end)])
    for (const [at, value, size] of [
      [10, 0xffff, 2],
      [12, 0xffffffff, 4],
      [16, 0xffffffff, 4],
    ] as const) {
      assert.equal(read(whole(at, value, size)).size, 1)
    }
    const odd = invalid(/the zip64 end record is not where it should be/)
    assert.throws(() => read(whole(10, 0xffff, 2, Buffer.alloc(56))), odd)
    // Without a locator 65,535 entries are what they say.
    assert.throws(() => read(patched(zip, 'end', 10, 0xffff, 2)), invalid(/entry 1 of 65535/))
  })
})

describe('an entry of a zip', () => {
  it('is damaged where its header, method, size or bytes are others', () => {
    const zip = zipOf({ a: 'hello' })
    const damaged = (bytes: Buffer, message: RegExp) =>
      assert.throws(() => openZip(bufferSource(bytes)).read('a'), invalid(message))
    damaged(patched(zip, 'entry', 10, 9, 2), /"a" is damaged: compression method 9 is not supported/)
    damaged(patched(zip, 'entry', 10, 8, 2), /"a" is damaged: /)
    damaged(patched(zip, 'entry', 16, 1), /its checksum does not match/)
    const headless = Buffer.from(zip)
    headless.writeUInt32LE(0, 0)
    damaged(headless, /its local header is missing/)
    const short = zipOf({ a: 'hello' }, false)
    damaged(patched(short, 'entry', 24, 6), /it has 5 bytes, not 6/)
  })

  it('begins behind the name and the extra field of its own header', () => {
    const zip = zipOf({ a: 'hello' })
    const own = Buffer.from(zip)
    own.writeUInt16LE(3, 28)
    const longer = Buffer.concat([own.subarray(0, 31), Buffer.alloc(3), own.subarray(31)])
    longer.writeUInt32LE(directoryOf(zip) + 3, longer.length - 6)
    assert.equal(Buffer.from(openZip(bufferSource(longer)).read('a')).toString(), 'hello')
  })
})

describe('bytes to read from', () => {
  it('lie within their source, in memory and on disk', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bytes-'))
    const path = join(folder, 'x')
    writeFileSync(path, 'hello')
    const file = fileSource(path)
    for (const source of [bufferSource(Buffer.from('hello')), file]) {
      assert.equal(source.size, 5)
      assert.equal(Buffer.from(source.read(1, 4)).toString(), 'ello')
      assert.equal(source.read(5, 0).length, 0)
      for (const [offset, length] of [
        [2, 4],
        [-1, 2],
        [1, -1],
        [6, 0],
      ] as const) {
        assert.throws(() => source.read(offset, length), invalid(/^bytes -?\d to \d lie outside of 5$/))
      }
    }
    truncateSync(path, 2)
    assert.throws(() => file.read(0, 5), { code: 'UNAVAILABLE', message: /became shorter while it was read/ })
    file.close()
    rmSync(folder, { recursive: true })
    assert.throws(() => fileSource(path), { code: 'UNAVAILABLE', message: /^cannot open ".*x": ENOENT/ })
  })
})
