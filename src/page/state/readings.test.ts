import assert from 'node:assert/strict'
import { it } from 'node:test'
import { type Reading, readings } from './readings.js'

const live = { model: { kind: 'universal', name: 'm' }, utilisation: 0.5, gap: null, zones: [] }

it('readings are those of ten minutes, in the order of time', () => {
  let seen: readonly Reading[] = []
  for (let at = 0; at < 400; at++) seen = readings(seen, { at, live })
  assert.equal(seen.length, 300)
  assert.deepEqual([seen[0]?.at, seen.at(-1)?.at], [100, 399])
  // A clock that was set back begins anew.
  assert.deepEqual(
    readings(seen, { at: 101, live }).map(({ at }) => at),
    [100, 101],
  )
})

it('of two of one time the later stays', () => {
  const other = { ...live, utilisation: 0.9 }
  assert.deepEqual(readings([{ at: 5, live }], { at: 5, live: other }), [{ at: 5, live: other }])
  assert.deepEqual(readings([], { at: 5, live }), [{ at: 5, live }])
})
