import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defaultConfig, defaultText, loadConfig, showConfig } from './config.js'
import { optionGroups } from './option.js'
import { type ConfigKey, options } from './options.js'

const keys = Object.keys(options) as ConfigKey[]
const where = (holds: (key: ConfigKey) => boolean) => keys.filter(holds).sort()
const nowhere = { CONFIG_PATH: '/nonexistent' }
const takes = (key: ConfigKey, text: string) => {
  try {
    options[key].parse(text)
    return true
  } catch {
    return false
  }
}

describe('the table of settings', () => {
  it('is frozen, and says of each under which heading it stands and what it is for', () => {
    assert.ok(Object.isFrozen(options))
    for (const key of keys) {
      const { group, kind, description } = options[key]
      assert.ok(optionGroups.includes(group), key)
      assert.ok(kind.length > 0 && description.length > 5, key)
    }
    assert.deepEqual(
      optionGroups.filter((group) => !keys.some((key) => options[key].group === group)),
      [],
    )
  })

  it('takes what it shows as the default', () => {
    for (const key of keys) {
      const { default: value, kind } = options[key]
      if (value === undefined) continue
      const text = Array.isArray(value) ? value.join(kind === 'semicolon-separated' ? ';' : ',') : String(value)
      assert.deepEqual(options[key].parse(text), value, key)
    }
  })

  it('holds numbers within their bounds', () => {
    let numbers = 0
    for (const key of keys) {
      const [, kind, low, high] = /^(whole number|number), (\S+) to (\S+)$/.exec(options[key].kind) ?? []
      if (kind === undefined) continue
      numbers++
      assert.ok(takes(key, low!) && takes(key, high!), key)
      assert.ok(!takes(key, String(Number(high) + 1)) && !takes(key, String(Number(low) - 1)), key)
    }
    assert.ok(numbers > 25)
  })

  it('turns on by default only what is safe to have', () => {
    assert.deepEqual(
      where((key) => options[key].default === true),
      ['PAGE', 'UNIVERSAL'],
    )
  })

  it('hides what is a secret', () => {
    assert.deepEqual(
      where((key) => options[key].secret),
      [
        'AWS_SECRET_ACCESS_KEY',
        'AWS_SESSION_TOKEN',
        'MODEL_SERVER_TOKEN',
        'OFFLINE_TRAINER_TOKEN',
        'PROM_BEARER_TOKEN',
        'PROM_HEADERS',
        'PROM_PASSWORD',
      ],
    )
  })

  it('takes files where something is downloaded, and the web alone where a server is asked', () => {
    const urls = where((key) => /^URL/.test(options[key].kind))
    for (const key of urls) assert.ok(takes(key, 'http://h') && takes(key, 'https://h') && !takes(key, 'ftp://h'), key)
    assert.deepEqual(
      urls.filter((key) => takes(key, 'file:///a')),
      [
        'CONTAINER_COMPONENTS_INIT_URL',
        'CONTAINER_TOTAL_INIT_URL',
        'INITIAL_PIPELINE_URL',
        'MODEL_TOPURL',
        'NODE_COMPONENTS_INIT_URL',
        'NODE_TOTAL_INIT_URL',
        'PROCESS_COMPONENTS_INIT_URL',
        'PROCESS_TOTAL_INIT_URL',
      ],
    )
  })

  it('offers choices that are all taken, and the names that Python has of levels', () => {
    for (const key of [
      'METER_SPLIT',
      'METER_PODS',
      'POWER_UNIT',
      'POWER_COMPONENT',
      'LOG_FORMAT',
      'ONLINE_NODE_OS',
    ] as const) {
      const words = options[key].kind.split(', ')
      assert.ok(words.length > 1 && words.every((word) => options[key].parse(word) === word), key)
    }
    const level = (text: string) => options.LOG_LEVEL.parse(text)
    assert.deepEqual(['WARNING', 'critical', 'Fatal'].map(level), ['warn', 'error', 'error'])
  })
})

describe('defaults', () => {
  it('of lists are these', () => {
    assert.deepEqual(defaultConfig('ESTIMATOR_SOCKETS'), ['/tmp/estimator.sock', '/tmp/estimator.socket'])
    assert.deepEqual(defaultConfig('METER_LEVELS'), ['node', 'process', 'container', 'vm', 'pod'])
    assert.deepEqual(defaultConfig('ONLINE_TRAINERS'), [
      'SGDRegressorTrainer',
      'LinearRegressionTrainer',
      'GradientBoostingRegressorTrainer',
    ])
    assert.deepEqual([defaultConfig('MACHINE_LABELS'), defaultConfig('MACHINE_IDENTITY')], [[], []])
  })

  it('are shown in words, or as they are, or not at all', () => {
    assert.equal(defaultText('MODEL_PATH'), '`MNT_PATH`/models')
    assert.equal(defaultText('MODEL_SERVER_PORT'), '8100')
    assert.equal(defaultText('PROM_USERNAME'), '')
    const shown = new Map(
      showConfig({ environment: nowhere }).map(({ key, value, origin }) => [key, { value, origin }]),
    )
    assert.deepEqual(shown.get('MODEL_PATH'), { value: 'MNT_PATH/models', origin: 'default' })
    assert.deepEqual(shown.get('PAGE'), { value: 'true', origin: 'default' })
  })

  it('of folders lie below MNT_PATH', () => {
    const { MODEL_PATH, JOBS_PATH, ONLINE_HISTORY_PATH } = loadConfig({ environment: { ...nowhere, MNT_PATH: '/m' } })
    assert.deepEqual([MODEL_PATH, JOBS_PATH, ONLINE_HISTORY_PATH], ['/m/models', '/m/jobs', '/m/history'])
    const given = { ...nowhere, JOBS_PATH: '/j', ONLINE_HISTORY_PATH: '/h' }
    const config = loadConfig({ environment: given })
    assert.deepEqual([config.JOBS_PATH, config.ONLINE_HISTORY_PATH], ['/j', '/h'])
  })

  it('are all there when nothing is given, and nothing else is', () => {
    const { MODEL_PATH: _, JOBS_PATH: __, ONLINE_HISTORY_PATH: ___, ...config } = loadConfig({ environment: nowhere })
    for (const [key, value] of Object.entries(config)) {
      if (key !== 'CONFIG_PATH') assert.deepEqual(value, defaultConfig(key as ConfigKey), key)
    }
    assert.equal(loadConfig({ environment: nowhere }).CONFIG_PATH, '/nonexistent')
  })
})

describe('a wrong value of a secret', () => {
  it('is not shown, wherever it came from', () => {
    assert.throws(() => loadConfig({ environment: nowhere, overrides: { METER_SHARE: '2' } }), {
      field: 'METER_SHARE',
      message: 'METER_SHARE="2" from the command line: expected a number from 0.0001 to 1',
    })
    const url = { ...nowhere, HTTP_PROXY: 'ftp://me:pw@h' }
    assert.throws(() => loadConfig({ environment: url }), {
      message: /^HTTP_PROXY="ftp:\/\/\*\*\*@h" from environment/,
    })
  })
})
