import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, it } from 'node:test'
import { orAborted } from './or-aborted.js'

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

describe('orAborted', () => {
  it('gives what the work gives, and leaves no listener, however often', async () => {
    const { signal } = new AbortController()
    for (let i = 0; i < 20; i++) assert.equal(await orAborted(signal, Promise.resolve(i)), i)
    await assert.rejects(orAborted(signal, Promise.reject(new Error('broken'))), { message: 'broken' })
    assert.equal(listeners(signal), 0)
  })

  it('ends when the signal aborts, whatever the work does', async () => {
    const stop = new AbortController()
    const endless = new Promise(() => {})
    const waiting = orAborted(stop.signal, endless)
    stop.abort(new Error('stopped'))
    await assert.rejects(waiting, { message: 'stopped' })
    await assert.rejects(orAborted(stop.signal, endless), { message: 'stopped' })
    await assert.rejects(orAborted(stop.signal, Promise.reject(new Error('too late'))), { message: 'stopped' })
  })
})
