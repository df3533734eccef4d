import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadConfig } from '../config/config.js'
import { roundSettings } from './round-settings.js'

const configOf = (environment: Record<string, string> = {}) =>
  loadConfig({ environment: { CONFIG_PATH: '/nonexistent', ...environment } })

describe('roundSettings', () => {
  it('have seconds as milliseconds, and the margin as a share', () => {
    const settings = roundSettings(
      configOf({
        ...{ ONLINE_TRAINERS: 'GradientBoostingRegressor,SGDRegressorTrainer', ONLINE_PUBLISH_INTERVAL: '60' },
        ...{ SAMPLING_INTERVAL: '20', PROM_QUERY_INTERVAL: '30', ONLINE_MIN_ROWS: '40', ONLINE_MAX_ROWS: '5000' },
        ...{ ONLINE_MARGIN: '7', ONLINE_MAX_ERROR: '33', ERROR_KEY: 'mape' },
      }),
    )
    assert.deepEqual(settings, {
      trainers: ['GradientBoostingRegressorTrainer', 'SGDRegressorTrainer'],
      publishInterval: 60_000,
      interval: 20_000,
      recentSeconds: 30,
      minRows: 40,
      maxRows: 5000,
      margin: 0.07,
      maxError: 33,
      errorKey: 'mape',
    })
  })

  it('have each trainer once, however it is named', () => {
    const { trainers } = roundSettings(configOf({ ONLINE_TRAINERS: 'SGDRegressor,SGDRegressorTrainer,SGDRegressor' }))
    assert.deepEqual(trainers, ['SGDRegressorTrainer'])
  })

  it('refuse a trainer that there is none of, and none at all', () => {
    const error = { code: 'INVALID_CONFIG', field: 'ONLINE_TRAINERS' }
    const unheard = configOf({ ONLINE_TRAINERS: 'SGDRegressorTrainer,Unheard' })
    assert.throws(() => roundSettings(unheard), { ...error, message: /"Unheard"; there are .*SGDRegressorTrainer, / })
    assert.throws(() => roundSettings({ ...configOf(), ONLINE_TRAINERS: [] }), { ...error, message: /no trainer/ })
  })
})
