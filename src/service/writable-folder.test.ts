import assert from 'node:assert/strict'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { knownFolder } from './writable-folder.js'

describe('knownFolder', () => {
  const home = process.env.HOME
  const folder = temporaryFolder()
  const configured = join(folder, 'mnt', 'models')
  const own = join(folder, '.cache', 'kepler-model-server', 'models')
  beforeEach(() => {
    process.env.HOME = folder
  })
  afterEach(() => {
    process.env.HOME = home
  })

  it('finds what a program that may not write to the configured folder keeps at home', () => {
    assert.equal(knownFolder(configured), configured)
    mkdirSync(own, { recursive: true })
    assert.equal(knownFolder(configured), own)
    mkdirSync(configured, { recursive: true })
    assert.equal(knownFolder(configured), configured)
    rmSync(configured, { recursive: true })
  })
})
