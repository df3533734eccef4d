import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assumptionText, describedText, knownText, matchText, matchWord } from './words.js'

describe('a match', () => {
  const partial = { how: 'partial', node_type: 3, looseness: 0 } as const
  const similar = { how: 'similar', node_type: 3, uncertainty: 0 } as const

  it('is as certain as its word', () => {
    assert.equal(matchWord({ how: 'exact', node_type: 3, uncertainty: 0, looseness: 0 }), 'certain')
    assert.equal(matchWord({ ...partial, uncertainty: 0.2 }), 'likely')
    assert.equal(matchWord({ ...partial, uncertainty: 0.8 }), 'a guess')
    assert.equal(matchWord({ ...similar, looseness: 0.1 }), 'likely')
    assert.equal(matchWord({ ...similar, looseness: 0.7 }), 'a guess')
    assert.equal(matchWord({ how: 'fallback', node_type: 3, wanted: 9 }), 'a guess')
  })

  it('is told in a sentence with its numbers', () => {
    assert.match(matchText({ ...similar, looseness: 0.73 }), /Node type 3 is the most similar: 27 % alike/)
    assert.match(matchText({ ...partial, uncertainty: 0.25 }), /25 % of the measured machines/)
    assert.match(matchText({ ...partial, uncertainty: 0 }), /no other type/)
    assert.match(matchText({ how: 'fallback', node_type: 3, wanted: 9 }), /Node type 9 has no model.*type 3/)
  })
})

describe('what a curve was made for', () => {
  it('is told with units and where it is from', () => {
    assert.equal(
      assumptionText({ field: 'tdp', value: 147.3, from: 'machines alike' }),
      'thermal design power 147 W, from machines alike',
    )
    assert.equal(assumptionText({ field: 'form', value: 2, from: 'processor' }), 'form 2U, from the processor’s name')
    assert.equal(assumptionText({ field: 'vendor', from: 'nothing' }), 'vendor is not known')
  })

  it('leaves out what is not known', () => {
    assert.equal(describedText({ processor: 'EPYC', threads: 64, megahertz: 2600 }), 'EPYC, 64 threads, 2600 MHz')
    assert.equal(describedText({}), '')
  })

  it('names every field that is known, in its unit', () => {
    const of = (field: string, value = 2.3456) => assumptionText({ field, value, from: 'x' })
    assert.deepEqual(
      ['megahertz', 'memory', 'tdp', 'supply', 'form', 'nodes', 'strange'].map((field) => of(field)),
      [
        'frequency 2.35 MHz, from x',
        'memory 2.35 GB, from x',
        'thermal design power 2.35 W, from x',
        'power supply 2.35 W, from x',
        'form 2.35U, from x',
        'machines in the enclosure 2.35, from x',
        'strange 2.35, from x',
      ],
    )
    assert.equal(of('year', 0), 'year 0, from x')
  })

  it('is told with every part', () => {
    const machine = { processor: 'EPYC', chips: 1, cores: 64, threads: 128, memory: 256, megahertz: 2600, tdp: 280 }
    assert.equal(describedText(machine), 'EPYC, 1 chip, 64 cores, 128 threads, 256 GB, 2600 MHz, TDP 280 W')
  })

  it('is told by what was measured, and whether that is older', () => {
    const curve = (known: 'processor' | 'family' | 'new', later_than_table: boolean) =>
      knownText({ known, later_than_table } as Parameters<typeof knownText>[0])
    const texts = (['processor', 'family', 'new'] as const).map((known) => curve(known, false))
    assert.equal(new Set(texts).size, 3)
    assert.match(texts[2]!, /wide/)
    for (const known of ['processor', 'family', 'new'] as const) {
      assert.ok(curve(known, true).startsWith(curve(known, false)) && curve(known, true) !== curve(known, false))
    }
  })
})

describe('every kind of match', () => {
  const plain = { node_type: 3, uncertainty: 0, looseness: 0 }
  const universal = { how: 'universal', node_type: 3, machine: 'this machine' } as const

  it('has a sentence of its own', () => {
    const matches = [
      ...(['explicit', 'exact', 'partial', 'similar'] as const).map((how) => ({ ...plain, how })),
      { ...universal, known: 'new' } as const,
      { ...universal, known: 'new', machine: 'the spec' } as const,
      { how: 'fallback', node_type: 3, wanted: 9 } as const,
    ]
    assert.equal(new Set(matches.map(matchText)).size, matches.length)
    for (const match of matches) if (match.how !== 'universal') assert.match(matchText(match), /type 3/)
  })

  it('has its word at the bounds', () => {
    assert.equal(matchWord({ ...plain, how: 'explicit' }), 'certain')
    const partial = (uncertainty: number) => matchWord({ ...plain, how: 'partial', uncertainty })
    assert.deepEqual([partial(0.49), partial(0.5)], ['likely', 'a guess'])
    const similar = (looseness: number) => matchWord({ ...plain, how: 'similar', looseness })
    assert.deepEqual([similar(0.19), similar(0.2)], ['likely', 'a guess'])
    const made = (known: 'processor' | 'family' | 'new') => matchWord({ ...universal, known })
    assert.deepEqual([made('processor'), made('family'), made('new')], ['likely', 'likely', 'a guess'])
  })
})
