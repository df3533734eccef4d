import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, it } from 'node:test'
import { closeFolder } from '../../test/support/closed-folder.js'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { loadConfig } from '../config/config.js'
import { silentLogger } from '../runtime/ports.js'
import { folderToRead, knownFolder, writableFolder } from './writable-folder.js'

const byDefault = '/mnt/models'

/** A user's home, and the settings of a user who set none but that of the state. */
function scene({ stated = true } = {}) {
  const home = temporaryFolder()
  process.env.HOME = home
  const environment = { CONFIG_PATH: '/nonexistent', ...(stated && { XDG_STATE_HOME: join(home, 'state') }) }
  const below = (...parts: readonly string[]) => join(home, ...parts, 'kepler-model-server', 'models')
  return { home, below, config: loadConfig({ environment }) }
}

describe('the default folder of a user who may not write it', () => {
  const home = process.env.HOME
  afterEach(() => {
    if (home === undefined) delete process.env.HOME
    else process.env.HOME = home
  })

  it('is replaced by one below XDG_STATE_HOME or the home, which is made and said', (t) => {
    // `/mnt/models` may be there on the machine that runs this: it is as the test says.
    closeFolder(t, byDefault, [])
    for (const find of [writableFolder, folderToRead]) {
      for (const stated of [true, false]) {
        const { below, config } = scene({ stated })
        const expected = stated ? below('state') : below('.local', 'state')
        const logger = recordedLog()
        assert.equal(find(config, 'MODEL_PATH', logger), expected)
        assert.ok(existsSync(expected))
        const [line, ...others] = logger.lines
        assert.deepEqual(others, [])
        assert.deepEqual([line?.level, line?.fields.configured, line?.fields.used], ['warn', byDefault, expected])
        assert.match(String(line?.fields.reason), /EACCES/)
      }
    }
  })

  it('is replaced by the one of version 0.1 where that is there, unless there is a newer one', (t) => {
    closeFolder(t, byDefault, [])
    const { below, config } = scene()
    const found = () => [
      writableFolder(config, 'MODEL_PATH', silentLogger),
      folderToRead(config, 'MODEL_PATH', silentLogger),
      knownFolder(config, 'MODEL_PATH'),
    ]
    mkdirSync(below('.cache'), { recursive: true })
    assert.deepEqual(found(), Array(3).fill(below('.cache')))
    mkdirSync(below('state'), { recursive: true })
    assert.deepEqual(found(), Array(3).fill(below('state')))
  })

  it('is read from where it holds something, unless the user has one instead', (t) => {
    closeFolder(t, byDefault, ['mine.zip'])
    const { below, config } = scene()
    const logger = recordedLog()
    assert.equal(folderToRead(config, 'MODEL_PATH', logger), byDefault)
    assert.equal(knownFolder(config, 'MODEL_PATH'), byDefault)
    assert.deepEqual(logger.lines, [])
    mkdirSync(below('state'), { recursive: true })
    assert.equal(folderToRead(config, 'MODEL_PATH', logger), below('state'))
  })

  it('is read from where it is empty and the other cannot be made, and cannot be written', (t) => {
    closeFolder(t, byDefault, [])
    const { home, config } = scene()
    writeFileSync(join(home, 'state'), 'a file')
    assert.equal(folderToRead(config, 'MODEL_PATH', silentLogger), byDefault)
    assert.throws(() => writableFolder(config, 'MODEL_PATH', silentLogger), {
      code: 'INVALID_CONFIG',
      field: 'MODEL_PATH',
      message: /^MODEL_PATH \/mnt\/models cannot be used: EACCES.*; set it/,
    })
  })

  it('cannot be used at all where it is not there and the other cannot be made', (t) => {
    closeFolder(t, byDefault)
    const { home, config } = scene()
    writeFileSync(join(home, 'state'), 'a file')
    assert.throws(() => folderToRead(config, 'MODEL_PATH', silentLogger), { code: 'INVALID_CONFIG' })
  })
})

describe('a folder that was set and may only be read', () => {
  it('is refused to whoever writes, and is read from', (t) => {
    const folder = temporaryFolder()
    const config = loadConfig({ environment: { CONFIG_PATH: '/nonexistent', MODEL_PATH: folder } })
    closeFolder(t, folder, [])
    assert.throws(() => writableFolder(config, 'MODEL_PATH', silentLogger), {
      code: 'INVALID_CONFIG',
      field: 'MODEL_PATH',
      message: /EACCES/,
    })
    assert.equal(folderToRead(config, 'MODEL_PATH', silentLogger), folder)
    assert.equal(knownFolder(config, 'MODEL_PATH'), folder)
  })
})
