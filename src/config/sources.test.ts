import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { configPathOf, parseModelConfig, settingReader } from './sources.js'

describe('where settings come from', () => {
  it('is a file of a megabyte at most', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'LOG_LEVEL')
    const read = () => settingReader({ environment: { CONFIG_PATH: folder } })('LOG_LEVEL')
    writeFileSync(file, ` debug${' '.repeat((1 << 20) - 6)}`)
    assert.deepEqual(read(), { text: 'debug', origin: `file ${file}` })
    writeFileSync(file, ` debug${' '.repeat((1 << 20) - 5)}`)
    assert.throws(read, { code: 'INVALID_CONFIG', field: 'LOG_LEVEL', message: /is 1048577 bytes; at most 1048576$/ })
  })

  it('is an error when the file is there and cannot be read, and nothing when there is none', () => {
    const folder = temporaryFolder()
    const read = (path: string) => settingReader({ environment: { CONFIG_PATH: path } })('LOG_LEVEL')
    assert.equal(read(join(folder, 'none')), undefined)
    writeFileSync(join(folder, 'file'), '')
    assert.equal(read(join(folder, 'file')), undefined)
    mkdirSync(join(folder, 'LOG_LEVEL'))
    assert.throws(() => read(folder), {
      code: 'INVALID_CONFIG',
      field: 'LOG_LEVEL',
      message: /^cannot read LOG_LEVEL from /,
    })
  })

  it('is MODEL_CONFIG before the environment, and small letters for proxies only', () => {
    const environment = { MODEL_CONFIG: 'LOG_LEVEL=warn', LOG_LEVEL: 'debug', http_proxy: 'http://p', log_format: 'x' }
    const read = settingReader({ environment: { CONFIG_PATH: '/nonexistent', ...environment } })
    assert.deepEqual(read('LOG_LEVEL'), { text: 'warn', origin: 'MODEL_CONFIG' })
    assert.deepEqual(read('HTTP_PROXY'), { text: 'http://p', origin: 'environment variable http_proxy' })
    assert.equal(read('LOG_FORMAT'), undefined)
    assert.deepEqual(read('MODEL_CONFIG'), { text: 'LOG_LEVEL=warn', origin: 'environment variable MODEL_CONFIG' })
  })

  it('is the folder that the command line names, before that of the environment', () => {
    const environment = { CONFIG_PATH: '/a' }
    assert.equal(configPathOf({ environment, overrides: { CONFIG_PATH: '/b' } })?.text, '/b')
    assert.equal(configPathOf({ environment })?.text, '/a')
    assert.equal(configPathOf({ environment: {} }), undefined)
    const read = settingReader({ environment, overrides: { CONFIG_PATH: '/b' } })
    assert.deepEqual(read('CONFIG_PATH'), { text: '/b', origin: 'the command line' })
  })

  it('are lines with comments at their start or after a space; the last of a name counts', () => {
    const lines = parseModelConfig('A=1\r\n#B=2\n C = 3 # three\nD=x#y\nA=4\nnonsense\n=5\n')
    assert.deepEqual(
      [...lines],
      [
        ['A', '4'],
        ['C', '3'],
        ['D', 'x#y'],
      ],
    )
  })
})
