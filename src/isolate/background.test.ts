import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isBackground, parseHints } from './background.js'

const ids = ['abc/app-1/app/work', 'def/agent-x/agent/infra', 'app/sys/system_processes/system']
const background = (rule: Parameters<typeof isBackground>[0]) =>
  ids.filter(isBackground(rule)).map((id) => id.split('/')[2])

describe('background containers', () => {
  it('are none without hints (the original took all)', () => {
    assert.deepEqual(background({}), [])
  })
  it('are those that a background hint names, in pod, container or namespace, not in the id', () => {
    assert.deepEqual(background({ bgHints: parseHints('agent, app') }), ['app', 'agent'])
    assert.deepEqual(background({ bgHints: ['infra'] }), ['agent'])
  })
  it('are all that no target hint names', () => {
    assert.deepEqual(background({ targetHints: ['app'] }), ['agent', 'system_processes'])
  })
  it('are those whose container name was seen on an idle node', () => {
    assert.deepEqual(background({ names: new Set(['agent', 'ap']) }), ['agent'])
  })
})
