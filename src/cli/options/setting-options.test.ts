import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { describedProgram } from '../help/described-program.js'
import { addSettingOptions, settingOverrides } from './setting-options.js'

const flags = {
  MODEL_SERVER_PORT: '--port <port>',
  ESTIMATOR_SOCKETS: '--socket <path>',
  ESTIMATOR_HTTP_PORT: '--http [port]',
  OFFLINE: '--offline',
} as const

function overrides(...args: string[]) {
  const program = addSettingOptions(describedProgram('p', ''), flags).action(() => {})
  program.parse(args, { from: 'user' })
  return settingOverrides(program, flags)
}

describe('settings as options', () => {
  it('are absent where they were not given', () => {
    assert.deepEqual(overrides(), {})
  })

  it('become values of the settings; a list may be given several times', () => {
    assert.deepEqual(overrides('--port', '1', '--socket', 'a', '--socket', 'b', '--offline'), {
      MODEL_SERVER_PORT: '1',
      ESTIMATOR_SOCKETS: 'a,b',
      OFFLINE: 'true',
    })
  })

  it('have a port for --http without one', () => {
    assert.deepEqual(overrides('--http'), { ESTIMATOR_HTTP_PORT: '8101' })
    assert.deepEqual(overrides('--http', '0'), { ESTIMATOR_HTTP_PORT: '0' })
  })

  it('say in their help which setting they are and what its default is', () => {
    const help = addSettingOptions(describedProgram('p', ''), flags).helpInformation()
    assert.match(help, /--port <port>[\s\S]*\[MODEL_SERVER_PORT,\s+default 8100\]/)
  })
})
