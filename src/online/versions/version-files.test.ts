import assert from 'node:assert/strict'
import { mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { zipFiles } from '../../archive/write-model-archive.js'
import { pipelineVersions, versionIn, versionOf, versionsFolder } from './versions.js'

const zip = (metadata: unknown) => zipFiles(new Map([['metadata.json', JSON.stringify(metadata)]]))

function scene(files: Readonly<Record<string, string | Buffer>> = {}) {
  const modelPath = temporaryFolder()
  const folder = versionsFolder(modelPath, 'std')
  mkdirSync(folder, { recursive: true })
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  const live = join(modelPath, 'std.zip')
  return { modelPath, folder, live, versions: pipelineVersions(modelPath, 'std', 3) }
}

describe('the number of a version', () => {
  it('is a whole number above 0 in the metadata', () => {
    const of = (version: unknown) => versionOf(Buffer.from(JSON.stringify({ version })))
    assert.deepEqual([of(1), of(7), of(2 ** 53 - 1)], [1, 7, 2 ** 53 - 1])
    for (const none of [0, -1, 1.5, 2 ** 53, '7', null, [7]]) assert.equal(of(none), 0, String(none))
    for (const text of ['', '{', '[]', '7', 'null', '{}']) assert.equal(versionOf(Buffer.from(text)), 0, text)
  })

  it('is none of a file that is no pipeline', () => {
    const path = join(temporaryFolder(), 'a.zip')
    assert.equal(versionIn(path), 0)
    writeFileSync(path, 'no zip')
    assert.equal(versionIn(path), 0)
    writeFileSync(path, zipFiles(new Map([['other.json', '{}']])))
    assert.equal(versionIn(path), 0)
    writeFileSync(path, zip({ version: 3 }))
    assert.equal(versionIn(path), 3)
  })
})

describe('the versions of a pipeline', () => {
  it('are the zips that are called by a number, in order, with what is known of each', async () => {
    const { folder, live, versions } = scene({
      '000010.zip': zip({ version: 10 }),
      '2.zip': zip({ version: 2 }),
      ...{ '0.zip': '', 'x3.zip': '', '4.zip.tmp': '', '1234567890.zip': '', '5zip': '', 'pinned.json': '{}' },
    })
    writeFileSync(live, zip({ version: 2 }))
    utimesSync(join(folder, '000010.zip'), 5, 5)
    const list = await versions.list()
    assert.deepEqual(
      list.map(({ number, live: isLive }) => [number, isLive]),
      [
        [2, true],
        [10, false],
      ],
    )
    const { path, bytes, publishedAt } = list[1]!
    assert.deepEqual([path, bytes, publishedAt], [join(folder, '000010.zip'), statSync(path).size, 5000])
  })

  it('are none, and the next one is the first, where nothing was published', async () => {
    const versions = pipelineVersions(temporaryFolder(), 'std', 3)
    assert.deepEqual([await versions.list(), await versions.history()], [[], []])
    assert.deepEqual([versions.liveNumber(), await versions.nextNumber(), versions.served()], [0, 1, undefined])
    await versions.unpin()
  })

  it('go on after the largest number that was ever used', async () => {
    const { live, versions } = scene({ '7.zip': zip({ version: 7 }) })
    assert.equal(await versions.nextNumber(), 8)
    writeFileSync(live, zip({ version: 9 }))
    assert.equal(await versions.nextNumber(), 10)
    await versions.log({ time: 't', action: 'kept', why: '' })
    assert.equal(await versions.nextNumber(), 10)
    await versions.log({ time: 't', action: 'published', version: 20, why: '' })
    assert.equal(await versions.nextNumber(), 21)
  })

  it('have no number where another program serves a folder', () => {
    const { modelPath, versions } = scene()
    mkdirSync(join(modelPath, 'std'))
    writeFileSync(join(modelPath, 'std', 'metadata.json'), '{"version": 5}')
    assert.equal(versions.served()?.kind, 'folder')
    assert.equal(versions.liveNumber(), 0)
  })
})

describe('a pin', () => {
  const pinned = async (text: string) => {
    const { live, versions } = scene({ 'pinned.json': text })
    writeFileSync(live, zip({ version: 4 }))
    return versions.pin()
  }

  it('is what was written, and of the served version where that cannot be read', async () => {
    assert.deepEqual(await pinned('{"version": 2, "since": "then"}'), { version: 2, since: 'then' })
    assert.deepEqual(await pinned('{"version": 0, "since": "then"}'), { version: 0, since: 'then' })
    for (const text of [
      '{"version": -1, "since": "then"}',
      '{"version": 1.5, "since": "x"}',
      '{"version": 2}',
      '[]',
      '',
    ]) {
      assert.deepEqual(await pinned(text), { version: 4, since: 'unknown' }, text)
    }
  })
})
