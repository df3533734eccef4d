import assert from 'node:assert/strict'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { loadConfig } from '../config/config.js'
import { silentLogger } from '../runtime/ports.js'
import { folderToRead, knownFolder, writableFolder } from './writable-folder.js'

const folder = temporaryFolder()
const configOf = (environment: Record<string, string>) =>
  loadConfig({ environment: { CONFIG_PATH: '/nonexistent', XDG_STATE_HOME: join(folder, 'state'), ...environment } })

describe('writableFolder', () => {
  it('makes a folder that was set', () => {
    const MODEL_PATH = join(folder, 'a', 'models')
    assert.equal(writableFolder(configOf({ MODEL_PATH }), 'MODEL_PATH', silentLogger), MODEL_PATH)
    assert.ok(existsSync(MODEL_PATH))
  })

  const impossible = [{ MODEL_PATH: '/proc/foo' }, { MNT_PATH: '/proc/foo' }, { MODEL_PATH: '/dev/null/models' }]
  for (const environment of impossible) {
    const [[key, value] = ['', '']] = Object.entries(environment)
    it(`takes no other folder for ${key}=${value}, which cannot be made, and says so at once`, () => {
      for (const find of [writableFolder, folderToRead]) {
        assert.throws(() => find(configOf(environment), 'MODEL_PATH', silentLogger), {
          code: 'INVALID_CONFIG',
          field: 'MODEL_PATH',
          message: /^MODEL_PATH \/\S+ cannot be used: E\w+.*set it to a folder/,
        })
      }
    })
  }
})

describe('knownFolder', () => {
  const byDefault = '/mnt/history'
  it('finds below XDG_STATE_HOME what a program keeps there', { skip: existsSync(byDefault) }, () => {
    const config = configOf({})
    assert.equal(knownFolder(config, 'ONLINE_HISTORY_PATH'), byDefault)
    const own = join(folder, 'state', 'kepler-model-server', 'history')
    mkdirSync(own, { recursive: true })
    assert.equal(knownFolder(config, 'ONLINE_HISTORY_PATH'), own)
  })

  it('looks nowhere else for a folder that was set', () => {
    const set = join(folder, 'mine', 'history')
    assert.equal(knownFolder(configOf({ ONLINE_HISTORY_PATH: set }), 'ONLINE_HISTORY_PATH'), set)
  })
})
