import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../../test/support/temporary-folder.js'
import { zipFiles } from '../../archive/write-model-archive.js'
import { temporaryPath } from '../../runtime/temporary-files.js'
import { type Pin, pipelineVersions } from './versions.js'

async function scene(keep = 10) {
  const folder = await temporaryFolder()
  const versions = pipelineVersions(folder, 'std', keep)
  const pins: (Pin | undefined)[] = []
  return {
    folder,
    versions,
    pins,
    async publish() {
      const number = await versions.nextNumber()
      await mkdir(dirname(versions.candidatePath), { recursive: true })
      const zip = zipFiles(new Map([['metadata.json', JSON.stringify({ name: 'std', version: number })]]))
      await writeFile(versions.candidatePath, zip)
      pins.push(await versions.publish(number))
      return number
    },
  }
}
const numbers = (list: readonly { readonly number: number }[]) => list.map(({ number }) => number)

describe('pipelineVersions', () => {
  it('serves what was published last, and keeps so many', async () => {
    const { folder, versions, publish } = await scene(3)
    assert.equal(versions.served(), undefined)
    for (let i = 1; i <= 5; i++) assert.equal(await publish(), i)
    assert.equal(versions.liveNumber(), 5)
    assert.deepEqual(numbers(await versions.list()), [3, 4, 5])
    assert.deepEqual(versions.served(), { name: 'std', path: join(folder, 'std.zip'), kind: 'zip' })
    // Nothing is left beside.
    assert.deepEqual((await readdir(folder)).sort(), ['.versions', 'std.zip'])
  })

  it('goes back to the version before, or to one by its number, and pins it', async () => {
    const { versions, publish } = await scene()
    for (let i = 0; i < 3; i++) await publish()
    assert.equal((await versions.rollback(undefined, 0)).number, 2)
    assert.equal(versions.liveNumber(), 2)
    assert.deepEqual(await versions.pin(), { version: 2, since: '1970-01-01T00:00:00.000Z' })
    assert.equal((await versions.rollback(undefined, 0)).number, 1)
    assert.equal((await versions.rollback(3, 0)).number, 3)
    await versions.unpin()
    assert.equal(await versions.pin(), undefined)
    assert.equal(await versions.nextNumber(), 4)
  })

  it('serves what somebody went back to while a round was about to publish', async () => {
    const { versions, pins, publish } = await scene()
    for (let i = 0; i < 3; i++) await publish()
    // The round has seen no pin, and publishes.
    const { number } = await versions.rollback(1, 0)
    await publish()
    assert.equal(versions.liveNumber(), number)
    assert.deepEqual(pins.at(-1), await versions.pin())
    assert.deepEqual(numbers(await versions.list()), [1, 2, 3, 4])
  })

  it('says which versions there are when there is none to go back to', async () => {
    const { versions, publish } = await scene()
    await assert.rejects(versions.rollback(undefined, 0), {
      field: 'rollback',
      message: /no version before.*kept: none/,
    })
    await publish()
    await assert.rejects(versions.rollback(undefined, 0), { message: /no version before 1; kept: 1 \(served\)/ })
    await assert.rejects(versions.rollback(7, 0), { message: /no version 7/ })
    assert.equal(await versions.pin(), undefined)
    assert.equal(versions.liveNumber(), 1)
  })

  it('goes back to the newest version when what is served is damaged', async () => {
    const { folder, versions, publish } = await scene()
    await publish()
    await publish()
    await writeFile(join(folder, 'std.zip'), 'PK, and no more')
    assert.equal((await versions.rollback(undefined, 0)).number, 2)
    assert.equal(versions.liveNumber(), 2)
  })

  it('never forgets the served version', async () => {
    const { versions, publish } = await scene(2)
    await publish()
    await publish()
    await versions.rollback(1, 0)
    await versions.unpin()
    assert.equal(await publish(), 3)
    await versions.rollback(2, 0)
    await versions.unpin()
    assert.deepEqual(numbers(await versions.list()), [2, 3])
  })

  it('keeps no version that could not be served', async () => {
    const { folder, versions, publish } = await scene()
    await publish()
    await mkdir(temporaryPath(join(folder, 'std.zip')))
    await assert.rejects(publish(), { code: 'UNAVAILABLE' })
    assert.deepEqual(numbers(await versions.list()), [1])
    assert.equal(versions.liveNumber(), 1)
  })

  it('never gives a number twice, also when all versions are gone', async () => {
    const { versions } = await scene()
    await versions.log({ time: 'now', action: 'published', version: 41, why: 'a test' })
    assert.equal(await versions.nextNumber(), 42)
  })

  it('takes a pin that cannot be read for a pin', async () => {
    const { folder, versions, publish } = await scene()
    await publish()
    await writeFile(join(folder, '.versions', 'std', 'pinned.json'), '{"ver')
    assert.deepEqual(await versions.pin(), { version: 1, since: 'unknown' })
  })

  it('keeps a bounded history that a line cut short does not spoil', async () => {
    const { folder, versions } = await scene()
    const path = join(folder, '.versions', 'std', 'history.jsonl')
    await versions.log({ time: 't1', action: 'published', version: 1, why: 'first' })
    await appendFile(path, '{"time":"t2","act')
    await versions.log({ time: 't3', action: 'kept', why: 'third' })
    assert.deepEqual(
      (await versions.history()).map(({ time }) => time),
      ['t1', 't3'],
    )
    const line = `${JSON.stringify({ time: 'x', action: 'kept', why: '' })}\n`
    await writeFile(path, line.repeat(2000))
    await versions.log({ time: 'last', action: 'kept', why: '' })
    assert.equal((await readFile(path, 'utf8')).split('\n').length, 1001)
    // Why a version was published is asked long after why nothing was.
    await writeFile(
      path,
      `${JSON.stringify({ time: 'old', action: 'published', version: 7, why: '' })}\n${line.repeat(1999)}`,
    )
    await versions.log({ time: 'last', action: 'kept', why: '' })
    assert.equal((await versions.history())[0]?.time, 'old')
    assert.equal((await versions.history()).length, 1001)
  })

  it('takes no path for a name, and writes nothing before it has to', async () => {
    assert.throws(() => pipelineVersions('/tmp', '../etc', 1), {
      field: 'ONLINE_PIPELINE',
      message: /no name of a pipeline/,
    })
    const { folder } = await scene()
    assert.equal(existsSync(join(folder, '.versions')), false)
  })
})
