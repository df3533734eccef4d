import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fastEnough } from './fast-enough.js'

const rate = { bytesPerSecond: 1000, window: 40 }

async function* drip(times: number, every: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < times; i++) {
    await pause(every)
    yield Buffer.alloc(1)
  }
}
async function count(chunks: AsyncIterable<Buffer>, each = async () => {}): Promise<number> {
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    await each()
  }
  return bytes
}

describe('fastEnough', () => {
  it('passes on what comes fast, or is not watched', async () => {
    async function* large() {
      for (let i = 0; i < 20; i++) yield Buffer.alloc(1000)
    }
    assert.equal(await count(fastEnough(large(), () => true, rate)), 20_000)
    assert.equal(await count(fastEnough(drip(5, 30), () => false, rate)), 5)
  })

  it('leaves no timer behind that would keep the process', async () => {
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    const before = timers()
    async function* two() {
      yield Buffer.alloc(1)
      yield Buffer.alloc(1)
    }
    assert.equal(await count(fastEnough(two(), () => true, { bytesPerSecond: 1, window: 3_600_000 })), 2)
    assert.equal(timers(), before)
  })

  it('ends a client that dribbles, or says nothing more', async () => {
    const slow = { code: 'INVALID_REQUEST', message: /less than 1000 bytes a second/ }
    await assert.rejects(count(fastEnough(drip(1000, 5), () => true, rate)), slow)
    const silent = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) }
    await assert.rejects(count(fastEnough(silent, () => true, rate)), slow)
  })

  it('does not count for how long the chunks are not taken', async () => {
    async function* some() {
      for (let i = 0; i < 5; i++) yield Buffer.alloc(1)
    }
    assert.equal(
      await count(
        fastEnough(some(), () => true, rate),
        () => pause(50),
      ),
      5,
    )
  })

  it('fails as the chunks do', async () => {
    async function* broken() {
      yield Buffer.alloc(1)
      throw new Error('broke off')
    }
    await assert.rejects(count(fastEnough(broken(), () => true, rate)), { message: 'broke off' })
  })
})
