import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createLedger } from './ledger.js'

function scene() {
  const ledger = createLedger<string, { share: number; joules: Float64Array }>()
  const open = (key: string, joules: number) => ledger.open(key, { share: 0.5, joules: Float64Array.of(joules, 1) })
  const ended = () => [...ledger.terminated].map(({ joules }) => joules[0])
  return { ledger, open, ended }
}

describe('a ledger', () => {
  it('has what runs by its key', () => {
    const { ledger, open } = scene()
    const account = open('a', 5)
    assert.equal(ledger.get('a'), account)
    assert.equal(ledger.get('b'), undefined)
    assert.deepEqual([...ledger.running], [account])
    ledger.clearShares()
    assert.equal(account.share, 0)
  })

  it('shows what ended with ten joules or more, which draws nothing any more', () => {
    const { ledger, open, ended } = scene()
    const account = open('a', 10)
    open('b', 9.99)
    for (const key of ['a', 'b', 'unknown']) ledger.close(key, 0)
    assert.deepEqual([ended(), [...ledger.running], account.share], [[10], [], 0])
  })

  it('forgets it a minute after it ended, if somebody has seen it, else after ten', () => {
    const { ledger, open, ended } = scene()
    open('a', 10)
    ledger.close('a', 100)
    ledger.forget(160)
    ledger.forget(699.9)
    assert.deepEqual(ended(), [10])
    ledger.forget(700)
    assert.deepEqual(ended(), [])
    open('b', 20)
    ledger.close('b', 100)
    ledger.exported()
    ledger.forget(159.9)
    assert.deepEqual(ended(), [20])
    ledger.forget(160)
    assert.deepEqual(ended(), [])
  })

  it('keeps the five hundred of most energy', () => {
    const { ledger, open, ended } = scene()
    const joules = [50, 10, ...Array.from({ length: 498 }, (_, i) => 100 + i)]
    joules.forEach((value, i) => {
      open(String(i), value)
      ledger.close(String(i), 0)
    })
    assert.equal(ended().length, 500)
    open('more', 30)
    ledger.close('more', 0)
    assert.deepEqual([ended().length, ended().includes(10), ended().includes(30)], [500, false, true])
    open('last', 20)
    ledger.close('last', 0)
    assert.deepEqual([ended().includes(20), ended().includes(30), ended().includes(50)], [false, true, true])
  })
})
