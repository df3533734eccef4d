import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, it } from 'node:test'
import { withDeadline } from './deadline.js'

/** Work that ends only with its signal. */
const endless = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason))
  })
const late = () => new Error('too late')

describe('withDeadline', () => {
  it('gives what the work gives, and leaves nothing behind', async () => {
    const outer = new AbortController()
    const given = await withDeadline({ milliseconds: 1e6, signal: outer.signal, late }, async () => 7)
    assert.equal(given, 7)
    assert.equal(getEventListeners(outer.signal, 'abort').length, 0)
  })

  it('leaves no timer, also when the work fails', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const before = timers()
    await withDeadline({ milliseconds: 1e6, late }, async () => 7)
    await assert.rejects(
      withDeadline({ milliseconds: 1e6, late }, async () => {
        throw new Error('its own')
      }),
      { message: 'its own' },
    )
    assert.equal(timers(), before)
  })

  it('runs with a signal that has not aborted while there is time', async () => {
    const outer = new AbortController()
    const aborted = await withDeadline(
      { milliseconds: 1e6, signal: outer.signal, late },
      async (signal) => signal.aborted,
    )
    assert.equal(aborted, false)
  })

  it('ends the work when time is up', async () => {
    await assert.rejects(withDeadline({ milliseconds: 1, late }, endless), { message: 'too late' })
  })

  it('ends the work with the reason of the outer signal, also of one that came before', async () => {
    const outer = new AbortController()
    const running = withDeadline({ milliseconds: 1e6, signal: outer.signal, late }, endless)
    outer.abort(new Error('stopped'))
    await assert.rejects(running, { message: 'stopped' })
    await assert.rejects(withDeadline({ milliseconds: 1e6, signal: outer.signal, late }, endless), {
      message: 'stopped',
    })
  })
})
