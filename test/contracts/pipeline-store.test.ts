import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { folderStore } from '../../src/registry/store/folder-store.js'
import type { PipelineStore } from '../../src/registry/store/pipeline-store.js'
import { zipStore } from '../../src/registry/store/zip-store.js'
import { type Files, writeFiles, zipOf } from '../support/pipeline-fixture.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const files: Files = {
  'metadata.json': '{}',
  'rapl-sysfs/AbsPower/BPFOnly/A_1.zip': zipOf({ 'metadata.json': '{"a": 1}' }),
  'rapl-sysfs/AbsPower/BPFOnly/A_1/weight.json': '{"b": 2}',
}

/** What every store promises. */
function itKeepsTheStoreContract(make: (files: Files) => { store: PipelineStore; path: string }): void {
  it('lists all files by relative names', () => {
    const { store } = make(files)
    assert.deepEqual([...store.list()].sort(), Object.keys(files).sort())
    store.close()
  })
  it('reads what was written', () => {
    const { store } = make(files)
    for (const [name, content] of Object.entries(files)) {
      assert.ok(store.has(name))
      assert.deepEqual(Buffer.from(store.read(name)), Buffer.from(content))
      store.open(name, (source) => {
        assert.equal(source.size, Buffer.from(content).length)
        assert.deepEqual(Buffer.from(source.read(0, 2)), Buffer.from(content).subarray(0, 2))
      })
    }
    store.close()
  })
  it('refuses names that it does not list, above all those that lead out', () => {
    const { store } = make(files)
    for (const name of ['nothing.json', '../secret', '/etc/passwd', 'rapl-sysfs/../metadata.json', '']) {
      assert.equal(store.has(name), false)
      assert.throws(() => store.read(name), { code: 'INVALID_ARCHIVE' })
    }
    store.close()
  })
  it('has another signature when a file changes', () => {
    const one = make(files)
    const other = make({ ...files, 'metadata.json': '{"changed": true}' })
    assert.notEqual(one.store.signature, other.store.signature)
    one.store.close()
    other.store.close()
  })
  it('can be closed twice', () => {
    const { store } = make(files)
    store.close()
    store.close()
  })
}

describe('folderStore', () => {
  const folder = temporaryFolder()
  let made = 0
  itKeepsTheStoreContract((content) => {
    const path = join(folder, String(made++))
    writeFiles(path, content)
    return { store: folderStore(path), path }
  })
  it('says what is wrong when there is no folder', () => {
    assert.throws(() => folderStore(join(folder, 'none')), { code: 'UNAVAILABLE' })
  })
  it('passes over hidden files', () => {
    const path = join(folder, 'hidden')
    writeFiles(path, { 'a.json': '', '.b.json': '', '..data/c.json': '' })
    assert.deepEqual([...folderStore(path).list()], ['a.json'])
  })
})

describe('zipStore', () => {
  const folder = temporaryFolder()
  let made = 0
  function write(content: Uint8Array): string {
    const path = join(folder, `${made++}.zip`)
    writeFileSync(path, content)
    return path
  }
  itKeepsTheStoreContract((content) => {
    const path = write(zipOf(content))
    return { store: zipStore(path), path }
  })
  it('looks into the one folder that some tools pack around a pipeline', () => {
    const store = zipStore(write(zipOf({ 'std/metadata.json': '{}', 'std/a/b.json': '' })))
    assert.deepEqual([...store.list()], ['metadata.json', 'a/b.json'])
    store.close()
  })
  it('says what is wrong when there is no file, or half of one', () => {
    assert.throws(() => zipStore(join(folder, 'none.zip')), { code: 'UNAVAILABLE' })
    const store = zipStore(write(zipOf(files).subarray(0, 300)))
    assert.throws(() => store.list()[Symbol.iterator]().next(), { code: 'INVALID_ARCHIVE' })
    store.close()
  })
})
