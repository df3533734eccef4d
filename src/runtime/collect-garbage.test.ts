import assert from 'node:assert/strict'
import { it } from 'node:test'
import { collectGarbage } from './collect-garbage.js'

it('collectGarbage collects what nothing refers to any more', async () => {
  const collected = new Set<string>()
  const registry = new FinalizationRegistry((name: string) => collected.add(name))
  const kept = { values: new Float64Array(1000) }
  registry.register(kept, 'kept')
  registry.register({ values: new Float64Array(1000) }, 'left')
  // An object stays until the turn in which it was made is over.
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  while (!collected.has('left')) await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual([...collected], ['left'])
  assert.equal(kept.values.length, 1000)
})
