import assert from 'node:assert/strict'
import { mkdirSync, rmSync, statSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { pipelineFiles, writeFiles, zipOf } from '../../../test/support/pipeline-fixture.js'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { ModelError } from '../../core/errors.js'
import { joinEntries, packEntry } from '../../archive/zip/join-entries.js'
import { seededRandom } from '../../numeric/random.js'
import { atOnce } from '../../runtime/in-turns.js'
import { findPipelines, pipelineAt } from '../find-pipelines.js'
import { isPipelineName, pipelineNameOf } from '../pipeline-name.js'
import { folderSignature, folderStore, folderStorePieces } from './folder-store.js'
import { zipStore } from './zip-store.js'

const deep = 'acpi/AbsPower/BPFOnly/A_0'

describe('a pipeline in a folder', () => {
  const made = (files: Readonly<Record<string, string>>) => {
    const folder = temporaryFolder()
    writeFiles(folder, files)
    return folder
  }

  it('has files down to those of a model, none deeper or hidden, and those behind links', () => {
    const folder = made({ 'metadata.json': '', [`${deep}/a.json`]: '', [`${deep}/too/deep.json`]: '', '.a/b': '' })
    symlinkSync(join(folder, 'metadata.json'), join(folder, 'link.json'))
    symlinkSync('/nowhere', join(folder, 'broken.json'))
    assert.deepEqual([...folderStore(folder).list()], [`${deep}/a.json`, 'link.json', 'metadata.json'])
  })

  it('was changed when its newest file was', () => {
    const folder = made({ 'a.json': '1', 'b.json': '2' })
    utimesSync(join(folder, 'a.json'), 100, 100)
    utimesSync(join(folder, 'b.json'), 50, 50)
    assert.equal(folderStore(folder).modifiedAt, 100_000)
  })

  it('has another signature when a file has another size, time or name', () => {
    const folder = made({ 'a.json': '1' })
    const file = join(folder, 'a.json')
    const signatures = new Set<string>()
    const add = () => signatures.add(folderStore(folder).signature)
    utimesSync(file, 100, 100)
    add()
    add()
    utimesSync(file, 101, 101)
    add()
    writeFileSync(file, '12')
    utimesSync(file, 101, 101)
    add()
    writeFileSync(join(folder, 'b.json'), '')
    add()
    assert.equal(signatures.size, 4)
  })

  it('has as many files as it may, and no more', () => {
    const folder = made({ 'a.json': '', 'b.json': '', 'c/d.json': '' })
    const open = (most: number) => [...atOnce(folderStorePieces(folder, most)).list()].length
    assert.equal(open(3), 3)
    assert.throws(() => open(2), { code: 'LIMIT_EXCEEDED', message: `${folder} has more than 2 files` })
  })

  it('reads files up to 64 MiB', () => {
    const folder = made({ 'a.json': '1' })
    const store = folderStore(folder)
    truncateSync(join(folder, 'a.json'), 64 * 1024 * 1024)
    assert.equal(store.read('a.json').length, 67_108_864)
    truncateSync(join(folder, 'a.json'), 64 * 1024 * 1024 + 1)
    assert.throws(() => store.read('a.json'), { code: 'UNAVAILABLE', message: /67108865 bytes, at most 67108864/ })
    assert.throws(() => store.read('../a.json'), { code: 'INVALID_ARCHIVE' })
  })

  it('is listed in pieces of 256 entries, those that are passed over among them', () => {
    const pieces = (visible: number, hidden: number) => {
      const names = [
        ...Array.from({ length: visible }, (_, i) => `${i}.json`),
        ...Array.from({ length: hidden }, (_, i) => `.${i}`),
      ]
      return [...folderStorePieces(made(Object.fromEntries(names.map((name) => [name, '']))))].length
    }
    assert.deepEqual([pieces(1, 255), pieces(1, 256), pieces(512, 0), pieces(513, 0)], [0, 1, 1, 2])
  })

  it('reads a file in places, and lets go of it', () => {
    const store = folderStore(made({ 'a.json': 'abc' }))
    assert.equal(
      store.open('a.json', (source) => Buffer.from(source.read(1, 2)).toString()),
      'bc',
    )
    assert.deepEqual([store.has('a.json'), store.has('b.json')], [true, false])
    assert.throws(() => store.open('b.json', () => 0), { code: 'INVALID_ARCHIVE', message: /has no "b\.json"/ })
    assert.throws(() => folderStore(join(temporaryFolder(), 'none')), {
      code: 'UNAVAILABLE',
      message: /^pipeline ".*none" cannot be read: /,
    })
  })

  it('is followed by its folders down to the feature groups', () => {
    const folder = made({ 'metadata.json': '1', [`${deep}/a.json`]: '1' })
    const signature = () => folderSignature(folder)
    const first = signature()
    writeFileSync(join(folder, deep, 'a.json'), '22')
    assert.equal(signature(), first)
    // Below the feature groups nothing is looked at: who trains renames a whole model to its place.
    writeFileSync(join(folder, deep, 'b.json'), '')
    assert.equal(signature(), first)
    writeFileSync(join(folder, 'acpi/AbsPower/BPFOnly', 'B_0.zip'), '')
    const second = signature()
    assert.notEqual(second, first)
    writeFileSync(join(folder, 'metadata.json'), '22')
    const third = signature()
    assert.notEqual(third, second)
    const { atime, mtime } = statSync(join(folder, 'metadata.json'))
    writeFileSync(join(folder, 'metadata.json'), '333')
    utimesSync(join(folder, 'metadata.json'), atime, mtime)
    assert.notEqual(signature(), third, 'another size')
    mkdirSync(join(folder, '.hidden'))
    utimesSync(folder, 100, 100)
    const fourth = signature()
    utimesSync(join(folder, '.hidden'), 1, 1)
    assert.equal(signature(), fourth)
    symlinkSync('nowhere', join(folder, 'broken'))
    assert.notEqual(signature(), fourth, 'the folder has changed')
    assert.throws(() => folderSignature(join(folder, 'none')), { code: 'UNAVAILABLE' })
  })
})

describe('a pipeline in a zip', () => {
  it('looks into the folder that is around all files, and into none where there are others', () => {
    const listed = (files: Readonly<Record<string, string>>) => {
      const path = join(temporaryFolder(), 'a.zip')
      writeFileSync(path, zipOf(files))
      const store = zipStore(path)
      const names = [...store.list()]
      store.close()
      return names
    }
    assert.deepEqual(listed({ 'std/metadata.json': '', 'std/a/b': '' }), ['metadata.json', 'a/b'])
    assert.deepEqual(listed({ 'metadata.json': '', 'std/b': '' }), ['metadata.json', 'std/b'])
    assert.deepEqual(listed({ 'std/metadata.json': '', 'other/b': '' }), ['std/metadata.json', 'other/b'])
    assert.deepEqual(listed({}), [])
  })

  it('has files that unpack to 64 MiB at most', () => {
    const path = join(temporaryFolder(), 'a.zip')
    const random = seededRandom(1)
    const packed = packEntry('a', Buffer.from(Array.from({ length: 400_000 }, () => random.below(256))), {
      ...{ modified: 0, level: 1 },
    })
    const claiming = (bytes: number) => {
      writeFileSync(path, joinEntries([{ ...packed, entry: { ...packed.entry, bytes } }]))
      const store = zipStore(path)
      try {
        return [...store.list()]
      } finally {
        store.close()
      }
    }
    assert.deepEqual(claiming(67_108_864), ['a'])
    assert.throws(() => claiming(67_108_865), { code: 'LIMIT_EXCEEDED', message: /67108865 bytes, more than 67108864/ })
  })

  it('is listed once, and read where its directory says', () => {
    const path = join(temporaryFolder(), 'a.zip')
    writeFileSync(path, zipOf({ 'metadata.json': '{}' }))
    const store = zipStore(path)
    assert.ok(store.has('metadata.json'))
    truncateSync(path, 0)
    assert.deepEqual([store.has('metadata.json'), [...store.list()]], [true, ['metadata.json']])
    assert.throws(() => store.read('metadata.json'))
    store.close()
  })

  it('has the time of its file, and another signature when that changes', () => {
    const path = join(temporaryFolder(), 'a.zip')
    writeFileSync(path, zipOf({ 'metadata.json': '{}' }))
    utimesSync(path, 100, 100)
    const store = zipStore(path)
    assert.equal(store.modifiedAt, 100_000)
    assert.equal(store.signature, `zip ${statSync(path).size} 100000 ${statSync(path).ino}`)
    assert.equal(Buffer.from(store.read('metadata.json')).toString(), '{}')
    assert.equal(
      store.open('metadata.json', ({ size }) => size),
      2,
    )
    assert.throws(() => store.read('none'), { code: 'INVALID_ARCHIVE', message: /a\.zip.*none/ })
    store.close()
    store.close()
    assert.throws(() => zipStore(`${path}.none`), { code: 'UNAVAILABLE' })
  })
})

describe('finding pipelines', () => {
  it('takes the zip or the folder of a name, whichever is newer', () => {
    const root = temporaryFolder()
    writeFiles(join(root, 'mine'), pipelineFiles([]))
    writeFileSync(join(root, 'mine.zip'), '')
    const kinds = () => findPipelines(root).map(({ name, kind }) => `${name} ${kind}`)
    utimesSync(join(root, 'mine/metadata.json'), 100, 100)
    utimesSync(join(root, 'mine.zip'), 101, 101)
    assert.deepEqual(kinds(), ['mine zip'])
    utimesSync(join(root, 'mine/metadata.json'), 102, 102)
    assert.deepEqual(kinds(), ['mine folder'])
    utimesSync(join(root, 'mine.zip'), 102, 102)
    assert.deepEqual(kinds(), ['mine folder'])
    assert.deepEqual(findPipelines(join(root, 'none')), [])
    assert.throws(() => findPipelines(join(root, 'mine.zip')), { code: 'UNAVAILABLE', message: /cannot be listed/ })
  })

  it('takes no folder for a zip, no file for a folder, and nothing for what is not there', () => {
    const root = temporaryFolder()
    mkdirSync(join(root, 'folder.zip'))
    mkdirSync(join(root, 'inner', 'metadata.json'), { recursive: true })
    writeFileSync(join(root, 'file'), '')
    symlinkSync('nowhere.zip', join(root, 'broken.zip'))
    symlinkSync('round.zip', join(root, 'round.zip'))
    assert.deepEqual(findPipelines(root), [])
    writeFileSync(join(root, 'a.zip'), '')
    symlinkSync('a.zip', join(root, 'linked.zip'))
    assert.deepEqual(findPipelines(root), [
      { name: 'a', path: join(root, 'a.zip'), kind: 'zip' },
      { name: 'linked', path: join(root, 'linked.zip'), kind: 'zip' },
    ])
  })

  it('takes whatever is at a path that somebody named', () => {
    const root = temporaryFolder()
    for (const name of ['a.zip', 'b.data']) writeFileSync(join(root, name), '')
    assert.deepEqual(pipelineAt(root, 'x'), { name: 'x', path: root, kind: 'folder' })
    assert.equal(pipelineAt(join(root, 'a.zip'), 'x').kind, 'zip')
    assert.equal(pipelineAt(join(root, 'b.data'), 'x').kind, 'zip')
    assert.throws(() => pipelineAt(join(root, 'none'), 'x'), {
      code: 'UNAVAILABLE',
      message: /there is no pipeline at/,
    })
  })

  it('knows the names of pipelines, and the one at the end of a URL', () => {
    for (const name of ['a', '_a', 'ec2-0.7.11', 'a'.repeat(128)]) assert.ok(isPipelineName(name), name)
    for (const name of ['', '.a', '-a', 'a b', 'a/b', 'a'.repeat(129)]) assert.ok(!isPipelineName(name), name)
    assert.equal(pipelineNameOf('https://x/models/ec2-0.7.11.ZIP?raw=true'), 'ec2-0.7.11')
    assert.equal(pipelineNameOf('https://x/mine'), 'mine')
    assert.equal(pipelineNameOf('https://x/mine.zip.old'), 'mine.zip.old')
    assert.throws(() => pipelineNameOf('https://x/'), { code: 'INVALID_CONFIG', field: 'INITIAL_PIPELINE_URL' })
  })
})

describe('what the file system said', () => {
  it('is the cause of an error, by which a full disk is told from others', () => {
    const root = temporaryFolder()
    const file = join(root, 'file')
    writeFileSync(file, '')
    writeFileSync(join(root, 'a.json'), '')
    const none = join(root, 'none')
    const store = folderStore(root)
    rmSync(join(root, 'a.json'))
    const failing: readonly (readonly [() => unknown, string])[] = [
      [() => findPipelines(file), 'ENOTDIR'],
      [() => pipelineAt(none, 'x'), 'ENOENT'],
      [() => folderStore(none), 'ENOENT'],
      [() => folderSignature(none), 'ENOENT'],
      [() => zipStore(none), 'ENOENT'],
      [() => store.read('a.json'), 'ENOENT'],
    ]
    for (const [fail, code] of failing) {
      assert.throws(fail, (error) => {
        assert.ok(error instanceof ModelError && error.cause instanceof Error && 'code' in error.cause)
        assert.deepEqual([error.code, error.cause.code], ['UNAVAILABLE', code], fail.toString())
        return true
      })
    }
  })
})
