import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { loadConfig, showConfig } from './config.js'
import { options } from './options.js'
import { parseModelConfig } from './sources.js'

const folder = mkdtempSync(join(tmpdir(), 'config-'))
after(() => rmSync(folder, { recursive: true }))
const nowhere = { CONFIG_PATH: join(folder, 'absent') }

describe('loadConfig', () => {
  it('takes the command line, then the file, then MODEL_CONFIG, then the environment, then the default', () => {
    writeFileSync(join(folder, 'MODEL_SERVER_URL'), 'http://file:1\n')
    const environment = {
      CONFIG_PATH: folder,
      MODEL_SERVER_URL: 'http://environment:1',
      MODEL_SERVER_ENABLE: 'false',
      MODEL_CONFIG: 'MODEL_SERVER_ENABLE=true\nMODEL_SERVER_URL=http://line:1',
      MODEL_SERVER_PORT: '9000',
    }
    const config = loadConfig({ environment, overrides: { MODEL_SERVER_PORT: '9001' } })
    assert.equal(config.MODEL_SERVER_URL, 'http://file:1')
    assert.equal(config.MODEL_SERVER_ENABLE, true)
    assert.equal(config.MODEL_SERVER_PORT, 9001)
    assert.equal(config.ERROR_KEY, 'mae')
  })

  it('is frozen', () => {
    assert.ok(Object.isFrozen(loadConfig({ environment: nowhere })))
  })

  it('finds models below MNT_PATH unless MODEL_PATH says where', () => {
    assert.equal(loadConfig({ environment: { ...nowhere, MNT_PATH: '/data' } }).MODEL_PATH, '/data/models')
    assert.equal(loadConfig({ environment: { ...nowhere, MODEL_PATH: '/m' } }).MODEL_PATH, '/m')
  })

  it('takes an empty value for none, as config maps write it', () => {
    assert.equal(loadConfig({ environment: { ...nowhere, ERROR_KEY: ' ' } }).ERROR_KEY, 'mae')
  })

  it('reads the port from what Kubernetes sets for a service called model-server', () => {
    const environment = { ...nowhere, MODEL_SERVER_PORT: 'tcp://10.0.0.7:8100' }
    assert.equal(loadConfig({ environment }).MODEL_SERVER_PORT, 8100)
  })

  it('reads proxies in lower case too', () => {
    assert.equal(loadConfig({ environment: { ...nowhere, http_proxy: 'http://p:1' } }).HTTP_PROXY, 'http://p:1')
  })

  it('splits lists and checks each URL', () => {
    const environment = { ...nowhere, INITIAL_PIPELINE_URL: 'file:///a.zip, https://h/b.zip' }
    assert.deepEqual(loadConfig({ environment }).INITIAL_PIPELINE_URL, ['file:///a.zip', 'https://h/b.zip'])
    assert.throws(() => loadConfig({ environment: { ...nowhere, INITIAL_PIPELINE_URL: 'ftp://h/b.zip' } }), {
      code: 'INVALID_CONFIG',
      field: 'INITIAL_PIPELINE_URL',
      message: /ftp:\/\/h\/b\.zip.*http:\/\/ or https:\/\/ or file:\/\//,
    })
  })

  it('names key, value and origin of a wrong value', () => {
    for (const [key, value, expected] of [
      ['MODEL_SERVER_PORT', '70000', /MODEL_SERVER_PORT="70000" from environment variable MODEL_SERVER_PORT: expected/],
      ['MODEL_SERVER_ENABLE', 'maybe', /expected true or false/],
      ['LOG_LEVEL', 'loud', /expected one of debug, info, warn, error/],
      ['PROM_QUERY_STEP', '-3', /expected a whole number from 1 to 86400/],
    ] as const) {
      assert.throws(() => loadConfig({ environment: { ...nowhere, [key]: value } }), {
        code: 'INVALID_CONFIG',
        field: key,
        message: expected,
      })
    }
  })
})

describe('showConfig', () => {
  it('masks secrets and passwords in URLs', () => {
    const environment = { ...nowhere, PROM_PASSWORD: 'hunter2', HTTP_PROXY: 'http://me:hunter2@proxy:1' }
    const shown = JSON.stringify(showConfig({ environment }))
    assert.ok(!shown.includes('hunter2'))
    assert.ok(shown.includes('http://***@proxy:1'))
  })

  it('says where each value comes from', () => {
    const shown = showConfig({ environment: { ...nowhere, ERROR_KEY: 'mape' } })
    assert.deepEqual(
      shown.find(({ key }) => key === 'ERROR_KEY'),
      { key: 'ERROR_KEY', value: '"mape"', origin: 'environment variable ERROR_KEY' },
    )
    assert.equal(shown.length, Object.keys(options).length)
  })
})

describe('parseModelConfig', () => {
  it('reads KEY=value lines with comments, and keeps # inside a URL', () => {
    const text = '# all of it\nNODE_TOTAL_INIT_URL = http://h/m.zip#x  # why\r\n\nnot a setting\nA=1\nA=2'
    assert.deepEqual(
      [...parseModelConfig(text)],
      [
        ['NODE_TOTAL_INIT_URL', 'http://h/m.zip#x'],
        ['A', '2'],
      ],
    )
  })
})
