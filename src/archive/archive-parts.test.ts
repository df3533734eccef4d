import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { linearPowerModel, testArchive } from '../../test/support/test-model.js'
import { unpickle } from './pickle/unpickle.js'
import { isNdArray } from './pickle/value.js'
import { readModelArchive } from './read-model-archive.js'
import { modelArchiveFiles, writeModelArchive, zipFiles } from './write-model-archive.js'
import { bufferSource } from './zip/byte-source.js'
import { openZip } from './zip/zip.js'

describe('a model zip', () => {
  it('may hold its files together in one folder', () => {
    const files = modelArchiveFiles(linearPowerModel(), { mae: 1 })
    const within = zipFiles(
      new Map([...files].map(([name, content]) => [`LinearRegressionTrainer_1/${name}`, content])),
    )
    assert.deepEqual(readModelArchive(within).predict(['bpf_cpu_time_ms'], [[3]]), { package: [16], dram: [16] })
    // Of several, the one at the top is the model's own.
    const both = zipFiles(new Map([['a/metadata.json', '{}'], ...files]))
    assert.equal(readModelArchive(both).metadata.model_name, 'LinearRegressionTrainer_1')
    const deep = zipFiles(new Map([...files].map(([name, content]) => [`a/b/${name}`, content])))
    assert.throws(() => readModelArchive(deep), { code: 'INVALID_ARCHIVE', message: /no metadata\.json/ })
  })

  it('has the same bytes each time: no clock stands in it', async () => {
    const zip = await writeModelArchive(linearPowerModel(), { mae: 1 })
    assert.deepEqual(await writeModelArchive(linearPowerModel(), { mae: 1 }), zip)
    for (const { modified } of openZip(bufferSource(zip)).entries.values()) {
      const date = modified >>> 16
      assert.deepEqual([(date >> 9) + 1980, (date >> 5) & 15, date & 31, modified & 0xffff], [2000, 1, 1, 0])
    }
  })

  it('may have a comment, also one that looks like an end record', async () => {
    const zip = await testArchive()
    const commented = (comment: Buffer) => {
      const copy = Buffer.concat([zip, comment])
      copy.writeUInt16LE(comment.length, zip.length - 2)
      return copy
    }
    const looksLikeEnd = Buffer.alloc(40, ' ')
    looksLikeEnd.writeUInt32LE(0x06054b50, 6)
    looksLikeEnd.writeUInt16LE(0xffff, 26)
    for (const comment of [Buffer.from('hello'), looksLikeEnd, Buffer.alloc(0xffff, 'x')]) {
      assert.equal(readModelArchive(commented(comment)).metadata.model_name, 'LinearRegressionTrainer_1')
    }
  })
})

describe('a pickle of protocol 0', () => {
  const read = (text: string) => unpickle(Buffer.from(text, 'latin1'))

  it('has booleans, integers, long ones, decimals and text as lines', () => {
    assert.deepEqual(read('(lp0\nI01\naI00\naI7\naI-1\naI1\naL12L\naF0.5\naNa.'), [
      true,
      false,
      7,
      -1,
      1,
      12,
      0.5,
      null,
    ])
    assert.equal(read("S'text'\n."), 'text')
    assert.equal(read('Vtext\n.'), 'text')
    assert.throws(() => read('Ix\n.'), { code: 'INVALID_ARCHIVE', message: /is not a number/ })
  })

  it('recalls what it kept, and says what it did not keep', () => {
    assert.deepEqual(read('(lp3\nI5\nag3\n.'.replace('g3\n', '')), [5])
    assert.deepEqual(read('(I5\np1\ng1\nt.'), [5, 5])
    assert.throws(() => read('g9\n.'), { code: 'INVALID_ARCHIVE', message: /nothing was kept under 9$/ })
  })

  it('makes an array that is empty until its state comes', () => {
    // numpy.core.multiarray._reconstruct(numpy.ndarray, (0,), b'b')
    const empty = read("cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR.")
    assert.ok(isNdArray(empty))
    assert.deepEqual([empty.shape, empty.dtype.kind, empty.data.length, empty.fortranOrder], [[0], 'dtype', 0, false])
  })
})
