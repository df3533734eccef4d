import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { unpickle } from '../../src/archive/pickle/unpickle.js'
import { readModelArchive } from '../../src/archive/read-model-archive.js'
import { bufferSource } from '../../src/archive/zip/byte-source.js'
import { replaceEntry } from '../../src/archive/zip/replace-entry.js'
import { openZip } from '../../src/archive/zip/zip.js'
import { ModelError } from '../../src/core/errors.js'
import { seeded } from '../support/mutate.js'

const folder = new URL('../fixtures/archives/', import.meta.url)
const fixture = (name: string): Buffer => readFileSync(new URL(name, folder))
const linear = fixture('LinearRegressionTrainer_0.zip')
const features = ['bpf_cpu_time_ms', 'bpf_page_cache_hit', 'cpu_cycles']
const answer = (zip: Uint8Array): unknown => readModelArchive(zip).predict(features, [[4000, 7, 1e9]])

const text = (value: string): Buffer => Buffer.concat([Buffer.from([0x8c, value.length]), Buffer.from(value)])
const global = (module: string, name: string): Buffer => Buffer.concat([text(module), text(name), Buffer.from([0x93])])
const pickle = (...parts: (Buffer | string | number[])[]): Buffer =>
  Buffer.concat(
    [...parts, '.'].map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))),
  )
const int = (value: number): Buffer => {
  const bytes = Buffer.from([0x4a, 0, 0, 0, 0])
  bytes.writeInt32LE(value, 1)
  return bytes
}

/** `numpy.dtype(code)` with a little-endian state. */
const dtype = (code: string): Buffer =>
  Buffer.concat([
    global('numpy', 'dtype'),
    text(code),
    Buffer.from([0x89, 0x88, 0x87, 0x52, 0x28]),
    int(3),
    text('<'),
    Buffer.from('NNN'),
    int(-1),
    int(-1),
    int(0),
    Buffer.from('tb'),
  ])

/** joblib's wrapper of an array of `length` elements, with whatever bytes follow. */
const wrappedArray = (length: number, code = 'f8', bytes = Buffer.alloc(0)): Buffer =>
  Buffer.concat([
    global('joblib.numpy_pickle', 'NumpyArrayWrapper'),
    Buffer.from([0x29, 0x81, 0x7d, 0x28]),
    text('shape'),
    int(length),
    Buffer.from([0x85]),
    text('dtype'),
    dtype(code),
    text('order'),
    text('C'),
    Buffer.from('ub'),
    bytes,
  ])

const proof = join(tmpdir(), `kepler-hostile-${process.pid}`)

const hostilePickles: readonly [string, Buffer, RegExp][] = [
  ['posix.system', pickle(`cposix\nsystem\n(S'touch ${proof}'\ntR`), /"posix\.system", which no model needs; refused/],
  ['os.system', pickle(global('os', 'system'), text(`touch ${proof}`), [0x85, 0x52]), /"os\.system"/],
  ['builtins.eval', pickle(global('builtins', 'eval'), text('1'), [0x85, 0x52]), /"builtins\.eval"/],
  ['subprocess through INST', pickle(`(S'true'\nisubprocess\nPopen\n`), /"subprocess\.Popen"/],
  [
    'a reducer on a foreign class',
    pickle(global('copyreg', '_reconstructor'), global('os', 'popen'), [0x85, 0x52]),
    /"os\.popen"/,
  ],
  ['an unknown class of scikit-learn', pickle(global('sklearn.svm._classes', 'NuSVR'), [0x29, 0x81]), /NuSVR/],
  [
    'a property of all objects as a class',
    pickle(global('sklearn.svm._classes', '__proto__'), [0x29, 0x81]),
    /__proto__/,
  ],
  ['a property of all objects as a module', pickle(global('constructor', 'constructor'), [0x29, 0x81]), /constructor/],
  ['a call of what is only a name', pickle(global('builtins', 'object'), [0x29, 0x52]), /calling builtins\.object/],
  ['a call of a text', pickle(text('system'), [0x29, 0x52]), /calling the string system/],
  ['a persistent id', pickle('Pid\n'), /instruction 0x50/],
  ['an extension code', pickle([0x82, 1]), /instruction 0x82/],
  ['a gigabyte of doubles', pickle(wrappedArray(2 ** 27)), /1073741824 bytes are wanted/],
  [
    'more elements than numbers can count',
    pickle(wrappedArray(2 ** 31 - 1), [0x30], wrappedArray(-1)),
    /17179869176 bytes are wanted/,
  ],
  ['more instructions than any model has', pickle(Buffer.alloc(1_000_001, ']')), /more than 1000000 instructions/],
  ['a text of four gigabytes', pickle([0x58, 255, 255, 255, 255]), /stops short/],
  ['bytes of 2^63', pickle([0x8e, 0, 0, 0, 0, 0, 0, 0, 128]), /stops short/],
  [
    'objects of objects of objects',
    pickle(...Array.from({ length: 50 }, () => wrappedArray(1, 'O8'))),
    /nested deeper than 8/,
  ],
  ['an empty stack', pickle('0'), /stack is empty/],
  ['a mark that is not there', pickle('t'), /no mark/],
  ['a memo that is not there', pickle([0x68, 9]), /nothing was kept under 9/],
  ['a state for a number', pickle(int(1), 'Nb'), /giving a state to/],
  [
    'bytes made over and over',
    pickle(
      text('x'.repeat(250)),
      [0x94],
      ...Array.from({ length: 200 }, () => [...global('_codecs', 'encode'), 0x68, 0, 0x85, 0x52, 0x30]),
      int(0),
    ),
    /makes more bytes than it has/,
  ],
  ['nothing', Buffer.alloc(0), /stops short/],
]

describe('hostile pickles', () => {
  for (const [what, bytes, message] of hostilePickles) {
    it(`refuses ${what} and names it`, () => {
      assert.throws(
        () => unpickle(bytes),
        (error) => error instanceof ModelError && message.test(error.message),
      )
      const zip = replaceEntry(linear, 'package.pkl', bytes)
      assert.throws(() => readModelArchive(zip), { name: 'ModelError', message: /^package\.pkl: / })
      assert.equal(existsSync(proof), false, 'something ran')
    })
  }

  it('reads a list that holds itself without following it', () => {
    const list = unpickle(pickle([0x5d, 0x94, 0x68, 0, 0x61]))
    assert.ok(Array.isArray(list) && list[0] === list)
    assert.throws(
      () => readModelArchive(replaceEntry(linear, 'package.pkl', pickle([0x5d, 0x94, 0x68, 0, 0x61]))),
      ModelError,
    )
  })

  it('reads 400,000 nested lists without running out of stack', () => {
    assert.throws(
      () =>
        readModelArchive(
          replaceEntry(linear, 'package.pkl', pickle(Buffer.alloc(400_000, ']'), Buffer.alloc(399_999, 'a'))),
        ),
      ModelError,
    )
  })

  it('refuses every archive that stops short', () => {
    for (let length = 0; length < linear.length; length++) {
      assert.throws(() => readModelArchive(linear.subarray(0, length)), ModelError, `at ${length} bytes`)
    }
  })

  it('refuses every pickle that stops short', () => {
    const bytes = openZip(bufferSource(linear)).read('package.pkl')
    for (let length = 0; length < bytes.length; length++) {
      assert.throws(() => unpickle(bytes.subarray(0, length)), ModelError, `at ${length} bytes`)
    }
  })
})

describe('hostile JSON in archives', () => {
  const xgboost = fixture('XgboostFitTrainer_0.zip')
  const model = () => JSON.parse(Buffer.from(openZip(bufferSource(xgboost)).read('package.json')).toString())
  const withTree = (change: (tree: Record<string, number[]>) => void): Buffer => {
    const document = model()
    change(document.learner.gradient_booster.model.trees[0])
    return replaceEntry(xgboost, 'package.json', Buffer.from(JSON.stringify(document)))
  }
  const cases: readonly [string, Buffer, RegExp][] = [
    [
      'a tree that loops',
      withTree((tree) => {
        tree.left_children![0] = 0
      }),
      /has a loop/,
    ],
    [
      'two parents of one node',
      withTree((tree) => {
        tree.right_children![0] = tree.left_children![0]!
      }),
      /has a loop/,
    ],
    [
      'a child that is not there',
      withTree((tree) => {
        tree.left_children![0] = 1e6
      }),
      /has a loop/,
    ],
    [
      'a feature that is not there',
      withTree((tree) => {
        tree.split_indices![0] = 7
      }),
      /asks for feature 7 of 3/,
    ],
    [
      'a list that is too short',
      withTree((tree) => {
        tree.split_conditions!.pop()
      }),
      /split_conditions/,
    ],
    [
      'words for numbers',
      replaceEntry(
        xgboost,
        'package.json',
        Buffer.from(JSON.stringify(model()).replace('"left_children":[', '"left_children":["x",')),
      ),
      /"x"/,
    ],
    [
      'another objective',
      replaceEntry(
        xgboost,
        'package.json',
        Buffer.from(JSON.stringify(model()).replaceAll('reg:squarederror', 'rank:ndcg')),
      ),
      /rank:ndcg/,
    ],
    [
      'JSON nested 100,000 deep',
      replaceEntry(linear, 'metadata.json', Buffer.from('['.repeat(100_000) + ']'.repeat(100_000))),
      /metadata\.json/,
    ],
    ['metadata that is no object', replaceEntry(linear, 'metadata.json', Buffer.from('7')), /metadata\.json/],
    [
      'a component that does not exist',
      replaceEntry(linear, 'LinearRegressionTrainer_0.json', Buffer.from('{"warp_drive":{"model_file":"x"}}')),
      /"warp_drive"/,
    ],
    [
      'a file that leaves the archive',
      replaceEntry(
        linear,
        'LinearRegressionTrainer_0.json',
        Buffer.from('{"package":{"model_file":"../../etc/passwd"}}'),
      ),
      /no "passwd"/,
    ],
    [
      'a keras model',
      replaceEntry(
        linear,
        'metadata.json',
        Buffer.from(
          '{"model_name":"X_1","model_class":"keras","model_file":"LinearRegressionTrainer_0.json","features":[]}',
        ),
      ),
      /"keras" is not supported/,
    ],
  ]
  for (const [what, zip, message] of cases) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => readModelArchive(zip),
        (error) => error instanceof ModelError && message.test(error.message),
      )
    })
  }
})

describe('10,000 random mutations of archives', () => {
  const zips = readdirSync(folder)
    .filter((name) => name.endsWith('.zip'))
    .map(fixture)
  const before = answer(linear)

  /** Changes some bytes, drops some, or repeats some. */
  function mutate(bytes: Uint8Array, random: () => number): Buffer {
    const copy = Buffer.from(bytes)
    const place = (): number => Math.floor(random() * copy.length)
    switch (Math.floor(random() * 4)) {
      case 0:
        for (let i = 0; i < 3; i++) copy[place()] = Math.floor(random() * 256)
        return copy
      case 1:
        copy[place()]! ^= 1 << Math.floor(random() * 8)
        return copy
      case 2:
        return copy.subarray(0, place())
      default: {
        const at = place()
        return Buffer.concat([copy.subarray(0, at), copy.subarray(Math.max(0, at - 20))])
      }
    }
  }

  function survives(zip: Uint8Array): void {
    try {
      const archive = readModelArchive(zip)
      archive.predict(archive.model.features, [archive.model.features.map(() => 1)])
    } catch (error) {
      assert.ok(error instanceof ModelError, `${error instanceof Error ? error.stack : error}`)
    }
  }

  it('never does more than refuse, within a bound of memory, and reads the next one as before', () => {
    const random = seeded(1)
    const memory = process.memoryUsage().rss
    for (let i = 0; i < 5_000; i++) survives(mutate(zips[i % zips.length]!, random))
    for (let i = 0; i < 5_000; i++) {
      const zip = zips[i % zips.length]!
      const names = [...openZip(bufferSource(zip)).entries.keys()]
      const name = names[Math.floor(random() * names.length)]!
      survives(replaceEntry(zip, name, mutate(openZip(bufferSource(zip)).read(name), random)))
    }
    const grown = (process.memoryUsage().rss - memory) / 2 ** 20
    assert.ok(grown < 400, `${grown.toFixed()} MB more than before`)
    assert.deepEqual(answer(linear), before)
  })
})

rmSync(proof, { force: true })
