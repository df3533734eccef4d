import assert from 'node:assert/strict'
import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import type { IdleProfile } from '../isolate/idle-profile.js'
import { openProfileFile } from './profile-file.js'

const profile = (lowest: number): IdleProfile => ({
  format: 'kepler-idle-profile/1',
  containers: [],
  power: { acpi: { platform: { '0': { lowest, highest: 50, units: 1 } } } },
})

describe('the idle profile on disk', () => {
  it('is there again when it is opened the next time', async () => {
    const folder = temporaryFolder()
    const file = await openProfileFile(folder)
    assert.equal(file.profile, undefined)
    await file.keep(profile(40))
    assert.deepEqual(file.profile, profile(40))
    assert.deepEqual((await openProfileFile(folder)).profile, profile(40))
    assert.ok(readFileSync(join(folder, 'idle-profile.json'), 'utf8').endsWith('}\n'))
  })

  it('is written when it has changed, and never forgotten', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'idle-profile.json')
    const file = await openProfileFile(folder)
    await file.keep(profile(40))
    utimesSync(path, 1, 1)
    await file.keep(profile(40))
    await file.keep(undefined)
    assert.equal(statSync(path).mtimeMs, 1000)
    assert.deepEqual(file.profile, profile(40))
    await file.keep(profile(41))
    assert.notEqual(statSync(path).mtimeMs, 1000)
    assert.deepEqual((await openProfileFile(folder)).profile, profile(41))
  })

  it('is learned anew where the file is damaged', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'idle-profile.json'), '{"for')
    assert.equal((await openProfileFile(folder)).profile, undefined)
  })
})
