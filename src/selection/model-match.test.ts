import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatModelMatch, type ModelMatch, parseModelMatch } from './model-match.js'

describe('x-kepler-match', () => {
  const matches: readonly (readonly [ModelMatch, string])[] = [
    [
      { how: 'similar', nodeType: 1, uncertainty: 0, looseness: 0.25 },
      'similar;node-type=1;uncertainty=0;looseness=0.25',
    ],
    [
      { how: 'partial', nodeType: 12, uncertainty: 1e-7, looseness: 0 },
      'partial;node-type=12;uncertainty=1e-7;looseness=0',
    ],
    [{ how: 'fallback', nodeType: 258, wanted: 999 }, 'fallback;node-type=258;wanted=999'],
    [
      { how: 'universal', nodeType: -1, known: 'family', machine: 'the spec' },
      'universal;node-type=-1;known=family;machine=spec',
    ],
    [
      { how: 'universal', nodeType: -1, known: 'new', machine: 'this machine' },
      'universal;node-type=-1;known=new;machine=this',
    ],
  ]
  for (const [match, text] of matches) {
    it(text, () => {
      assert.equal(formatModelMatch(match), text)
      assert.deepEqual(parseModelMatch(text), match)
    })
  }

  it('may be of any node type', () => {
    const universal = { how: 'universal', known: 'new', machine: 'the spec' } as const
    for (const match of [
      { ...universal, nodeType: 30 },
      { how: 'fallback', nodeType: -1, wanted: -1 },
      { how: 'exact', nodeType: -1, uncertainty: 0, looseness: 0 },
    ] as const) {
      assert.deepEqual(parseModelMatch(formatModelMatch(match)), match)
    }
  })

  it('is absent or of another server', () => {
    for (const text of [
      undefined,
      '',
      'exact',
      'exact;node-type=1',
      'explicit;node-type=1;wanted=2',
      'odd;node-type=1;uncertainty=0;looseness=0',
      'fallback;node-type=1;uncertainty=0;looseness=0',
      'universal;node-type=-1;known=odd;machine=spec',
      'universal;node-type=-1;known=family;machine=other',
      'not-universal;node-type=-1;known=family;machine=spec',
      'universal;node-type=-1;known=family;machine=specs',
      'not exact;node-type=1;uncertainty=0;looseness=0',
      'exact;node-type=1;uncertainty=0;looseness=0;more=1',
      'fallback;node-type=1;wanted=2x',
    ]) {
      assert.equal(parseModelMatch(text), undefined, String(text))
    }
  })
})
