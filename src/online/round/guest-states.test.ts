import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Extracted } from './datasets.js'
import { type Guest, guestStatesOf, whyNoGuest } from './guests.js'
import type { FoundMachine } from './machines.js'

const guest = (instance: string, state: 'metered' | 'no_meter', why = '') =>
  ({ machine: { instance, state, why } }) as unknown as FoundMachine

describe('the states of guests', () => {
  it('are whether something was learnt of each, and why not', () => {
    const guests = [
      guest('a', 'metered'),
      guest('b', 'no_meter', 'estimated'),
      guest('ab', 'metered'),
      guest('c', 'metered'),
    ]
    const data = [{ machine: guests[0]!.machine }] as unknown as Extracted['data']
    const failures = [
      { what: 'a acpi/NodeOS', why: 'of another' },
      { what: 'ab acpi/NodeOS', why: 'missing' },
    ]
    assert.deepEqual(guestStatesOf(guests, { data, failures }), [
      { instance: 'a', state: 'joined', why: '' },
      { instance: 'b', state: 'no_label', why: 'estimated' },
      { instance: 'ab', state: 'not_joined', why: 'missing' },
      { instance: 'c', state: 'not_joined', why: '' },
    ])
  })

  it('say why nothing is learnt, of the first, unless something is', () => {
    const of = (state: Guest['state'], why: string): Guest => ({ instance: 'x', state, why })
    assert.equal(whyNoGuest([of('not_joined', 'one'), of('no_label', 'two')]), 'x: one')
    assert.equal(whyNoGuest([of('not_joined', 'one'), of('joined', '')]), undefined)
    assert.match(whyNoGuest([]) ?? '', /^no Kepler shows/)
  })
})
