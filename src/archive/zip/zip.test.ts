import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { crc32, deflateRawSync } from 'node:zlib'
import { ZipFile } from 'yazl'
import { ModelError } from '../../core/errors.js'
import { bufferSource } from './byte-source.js'
import { replaceEntry } from './replace-entry.js'
import { openZip } from './zip.js'

async function zipOf(files: Record<string, string | Buffer>, compress = true): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name, { compress })
  zip.end()
  const parts: Buffer[] = []
  for await (const part of zip.outputStream) parts.push(Buffer.from(part))
  return Buffer.concat(parts)
}

/** Changes a name in place, in local header and directory; both names have the same length. */
function rename(zip: Buffer, from: string, to: string): Buffer {
  const copy = Buffer.from(zip)
  for (let at = copy.indexOf(from); at >= 0; at = copy.indexOf(from, at + 1)) copy.write(to, at)
  return copy
}

const open = (bytes: Uint8Array, limits = {}) => openZip(bufferSource(bytes), limits)

describe('zip reader', () => {
  for (const compress of [true, false]) {
    it(`reads ${compress ? 'deflated' : 'stored'} entries`, async () => {
      const zip = open(await zipOf({ 'a/b.txt': 'hello '.repeat(100), empty: '' }, compress))
      assert.deepEqual([...zip.entries.keys()], ['a/b.txt', 'empty'])
      assert.equal(Buffer.from(zip.read('a/b.txt')).toString(), 'hello '.repeat(100))
      assert.equal(zip.read('empty').length, 0)
    })
  }

  for (const name of ['../x', '/abcd', 'a/..x', 'C:abc', 'a\\bcd', 'a//bc', './abc']) {
    it(`${name === 'a/..x' ? 'accepts' : 'refuses'} the name ${name}`, async () => {
      const zip = rename(await zipOf({ ['n'.repeat(name.length)]: 'x' }), 'n'.repeat(name.length), name)
      if (name === 'a/..x') assert.equal(open(zip).entries.size, 1)
      else assert.throws(() => open(zip), { code: 'INVALID_ARCHIVE', message: /leaves the archive/ })
    })
  }

  it('refuses a name that occurs twice', async () => {
    const zip = rename(await zipOf({ first: '1', other: '2' }), 'other', 'first')
    assert.throws(() => open(zip), { code: 'INVALID_ARCHIVE', message: /"first" occurs twice/ })
  })

  it('refuses entries that share bytes', async () => {
    const zip = await zipOf({ first: '1', other: '2' }, false)
    const second = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]))
    zip.writeUInt32LE(0, second + 42)
    assert.throws(() => open(zip), { code: 'INVALID_ARCHIVE', message: /overlap/ })
  })

  it('refuses a bomb by its ratio before it unpacks anything', async () => {
    const zip = await zipOf({ bomb: Buffer.alloc(8 << 20) })
    assert.throws(() => open(zip), { code: 'LIMIT_EXCEEDED', message: /"bomb" unpacks to more than 200 times/ })
  })

  it('unpacks no more than an entry says, whatever is in it', async () => {
    const packed = deflateRawSync(Buffer.alloc(1 << 20))
    const zip = await zipOf({ liar: packed }, false)
    for (const [signature, method, size, crc] of [
      [[0x50, 0x4b, 3, 4], 8, 22, 14],
      [[0x50, 0x4b, 1, 2], 10, 24, 16],
    ] as const) {
      const at = zip.indexOf(Buffer.from(signature))
      zip.writeUInt16LE(8, at + method)
      zip.writeUInt32LE(10, at + size)
      zip.writeUInt32LE(crc32(Buffer.alloc(10)), at + crc)
    }
    assert.throws(() => open(zip).read('liar'), { code: 'INVALID_ARCHIVE', message: /"liar" is damaged/ })
  })

  it('refuses too many entries, too large ones and too much together', async () => {
    const zip = await zipOf({ a: 'x'.repeat(100), b: 'y'.repeat(100) })
    assert.throws(() => open(zip, { maxEntries: 1 }), { code: 'LIMIT_EXCEEDED' })
    assert.throws(() => open(zip, { maxEntryBytes: 99 }), { code: 'LIMIT_EXCEEDED' })
    assert.throws(() => open(zip, { maxTotalBytes: 199 }), { code: 'LIMIT_EXCEEDED' })
  })

  it('notices a flipped bit in the content', async () => {
    const zip = await zipOf({ a: 'hello hello' }, false)
    zip[zip.indexOf('hello')]! ^= 1
    assert.throws(() => open(zip).read('a'), { code: 'INVALID_ARCHIVE', message: /checksum/ })
  })

  it('refuses a zip that stops short, wherever', async () => {
    const zip = await zipOf({ a: 'hello', b: 'world' })
    for (let length = 0; length < zip.length; length++) {
      assert.throws(() => open(zip.subarray(0, length)), ModelError, `at ${length} bytes`)
    }
  })

  it('names an entry that is not there', async () => {
    const zip = open(await zipOf({ a: '1' }))
    assert.throws(() => zip.read('b'), { code: 'INVALID_ARCHIVE', message: 'the zip has no "b"' })
  })
})

describe('replaceEntry', () => {
  it('changes one entry, keeps the others to the byte and gives the same bytes each time', async () => {
    const before = await zipOf({ a: 'first', 'metadata.json': '{}', c: 'third' })
    const after = replaceEntry(before, 'metadata.json', Buffer.from('{"x":1}'))
    const zip = open(after)
    assert.deepEqual([...zip.entries.keys()], ['a', 'metadata.json', 'c'])
    assert.equal(Buffer.from(zip.read('metadata.json')).toString(), '{"x":1}')
    assert.equal(Buffer.from(zip.read('c')).toString(), 'third')
    assert.deepEqual(replaceEntry(before, 'metadata.json', Buffer.from('{"x":1}')), after)
  })

  it('adds an entry that was missing', async () => {
    const zip = open(replaceEntry(await zipOf({ a: '1' }), 'b', Buffer.from('2')))
    assert.equal(Buffer.from(zip.read('b')).toString(), '2')
  })
})
