import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { explainChoice } from './explain-choice.js'
import { createModelOrder, type Rankable } from './model-order.js'

interface Model extends Rankable {
  readonly name: string
}

function model(name: string, numbers: Readonly<Record<string, number>>, features = ['a']): Model {
  return {
    name,
    trainer: name,
    nodeType: 0,
    features,
    numbers: { keys: Object.keys(numbers), values: Object.values(numbers) },
  }
}

/** Metadata as training writes it: the error of each fold, and the mean and standard error of them. */
function heldOut(complexity: number, folds: readonly number[], more: Readonly<Record<string, number>> = {}) {
  const mean = folds.reduce((sum, error) => sum + error, 0) / folds.length
  const variance = folds.reduce((sum, error) => sum + (error - mean) ** 2, 0) / (folds.length - 1)
  return {
    complexity,
    held_out_mae: mean,
    held_out_se: Math.sqrt(variance / folds.length),
    ...Object.fromEntries(folds.map((error, i) => [`time_fold_${i + 1}`, error])),
    ...more,
  }
}

const order = createModelOrder<Model>()
const names = (models: readonly Model[], by = order) => by.sort(models).map(({ name }) => name)

describe('the order in which models are chosen', () => {
  it('takes the least error on held-out rows, whatever a shuffled tenth says', () => {
    const flattered = model('flattered', heldOut(4, [9, 10, 11], { mae: 0.1 }))
    const honest = model('honest', heldOut(4, [5, 6, 7], { mae: 5 }))
    assert.deepEqual(names([flattered, honest]), ['honest', 'flattered'])
  })

  it('takes the simplest of those within one standard error of the least', () => {
    const forest = model('forest', heldOut(4, [4, 5, 6, 5, 4]))
    const line = model('line', heldOut(1, [4.2, 4.9, 6.3, 4.8, 4.2]))
    const curve = model('curve', heldOut(1, [6, 7, 8, 7, 6]))
    assert.deepEqual(names([forest, curve, line]), ['line', 'forest', 'curve'])
  })

  it('compares fold by fold: folds that are hard for both say nothing about which is better', () => {
    // Far apart from fold to fold, but always 0.5 W apart from each other.
    const forest = model('forest', heldOut(4, [1, 20, 3, 40, 5]))
    const line = model('line', heldOut(1, [1.5, 20.5, 3.5, 40.5, 5.5]))
    assert.deepEqual(names([forest, line]), ['forest', 'line'])
  })

  it('takes the group of fewest features for models that are one and the same', () => {
    const wide = model('curve', heldOut(1, [5, 6]), ['a', 'b', 'c'])
    const narrow = model('curve', heldOut(1, [5, 6]), ['a'])
    assert.equal(order.best([wide, narrow]), narrow)
    assert.equal(order.best([narrow, wide]), narrow)
  })

  it('takes no group of fewer features for one of the same complexity that is better', () => {
    const wide = model('curve', heldOut(1, [4, 5, 6]), ['a', 'b'])
    const narrow = model('curve', heldOut(1, [4.1, 4.9, 6.3]), ['a'])
    assert.equal(order.best([narrow, wide]), wide)
  })

  it('takes the one of a known MAPE, then the lower node type, where all else is equal', () => {
    const [known, unknown] = [model('b', { mae: 1, mape: 9 }), model('a', { mae: 1 })]
    assert.deepEqual(names([unknown, known]), ['b', 'a'])
    const ofType = (nodeType: number) => ({ ...model('a', { mae: 1 }), nodeType })
    const sorted = order.sort([ofType(10), ofType(2), ofType(-1)])
    assert.deepEqual(
      sorted.map(({ nodeType }) => nodeType),
      [-1, 2, 10],
    )
  })

  it('is none of a single model without an error', () => {
    assert.equal(order.best([model('a', { mape: 1 })]), undefined)
    assert.equal(order.best([]), undefined)
  })

  const insane = {
    'an absurd error on one fold': { worst_fold_share: 1.5 },
    'an error that is not finite': { held_out_mae: 1e9 },
    'dynamic power at zero load': { zero_load_share: 0.5 },
    'a rise inside twice the range': { double_range_rise: 5 },
    'a fall inside twice the range': { double_range_fall: 2 },
  }
  for (const [what, numbers] of Object.entries(insane)) {
    it(`never takes one of ${what} while there is another`, () => {
      const wild = model('wild', { ...heldOut(1, [1, 1, 1]), mae: 0.001, ...numbers })
      const sane = model('sane', heldOut(4, [50, 60, 70], { mae: 50 }))
      const published = model('published', { mae: 80 })
      assert.deepEqual(names([wild, sane, published]), ['sane', 'published', 'wild'])
    })
  }

  it('takes sane models at the very limits', () => {
    const limits = { worst_fold_share: 1, zero_load_share: 0.1, double_range_rise: 4, double_range_fall: 1 }
    assert.equal(order.heldOut(model('a', limits)).unfit, undefined)
    for (const [key, value] of Object.entries(limits)) {
      assert.notEqual(order.heldOut(model('a', { [key]: value * 1.01 })).unfit, undefined, key)
    }
  })

  it('takes a model without a held-out error after those that have one: neighbouring rows flatter its mae', () => {
    const planted = model('planted', { mae: 0.001 })
    const measured = model('measured', heldOut(4, [5, 6, 7], { mae: 5 }))
    assert.deepEqual(names([planted, measured]), ['measured', 'planted'])
  })

  it('keeps to mae for published models, and leaves out those without', () => {
    const models = [
      model('b', { mae: 2 }),
      model('none', { mape: 1 }),
      model('a', { mae: 1 }),
      model('bad', { mae: -1 }),
    ]
    assert.deepEqual(names(models), ['a', 'b'])
  })

  it('ranks by another error alone where the operator names one, sane models first', () => {
    const byMape = createModelOrder<Model>('mape')
    const models = [
      model('a', heldOut(1, [1, 2, 3], { mape: 9 })),
      model('b', heldOut(1, [7, 8, 9], { mape: 3 })),
      model('wild', heldOut(1, [1, 2, 3], { mape: 1, double_range_rise: 100 })),
    ]
    assert.deepEqual(names(models, byMape), ['b', 'a', 'wild'])
  })

  it('does not depend on the order in which models are listed', () => {
    const models = [
      model('a', heldOut(4, [4, 5, 6])),
      model('b', heldOut(1, [4.1, 5.2, 5.9])),
      model('c', { mae: 3 }),
      model('d', heldOut(2, [9, 9, 9.1], { worst_fold_share: 3 })),
    ]
    const expected = names(models)
    for (let shift = 1; shift < models.length; shift++) {
      assert.deepEqual(names([...models.slice(shift), ...models.slice(0, shift)]), expected)
    }
  })
})

describe('explainChoice', () => {
  const explain = (models: readonly Model[], by = order) =>
    explainChoice(by, models, ({ name }) => name).map(({ model: { name }, rank, why }) => `${rank} ${name} ${why}`)

  it('says why one wins and what speaks against each other one', () => {
    const lines = explain([
      model('forest', heldOut(4, [4, 5, 6, 5, 4])),
      model('line', heldOut(1, [4.2, 4.9, 6.3, 4.8, 4.2])),
      model('tree', heldOut(4, [14, 15, 16, 15, 14])),
      model('wild', heldOut(1, [1, 1, 1], { double_range_rise: 1e9 })),
      model('planted', { mae: 0.1 }),
      model('none', {}),
    ])
    assert.match(lines[0]!, /^1 line chosen: the simplest within a standard error .*forest has 4\.80 W/)
    assert.match(lines[1]!, /^2 forest 4\.80 ± 0\.37 W held out: no better than line/)
    assert.match(lines[2]!, /^3 tree .*9\.92 W more than line/)
    assert.match(lines[3]!, /^4 planted after the others: its error was not measured/)
    assert.match(lines[4]!, /^5 wild passed over: within twice the range of its inputs it rises by no finite number/)
    assert.match(lines[5]!, /^6 none never chosen: it has no mae/)
  })

  it('names the least of all errors, whichever stands next, and none of those that are unfit or not measured', () => {
    const [line] = explain([
      model('line', heldOut(1, [4.2, 4.9, 6.3, 4.8, 4.2])),
      model('curve', heldOut(2, [4.1, 5, 6.2, 4.9, 4.1])),
      model('forest', heldOut(4, [4, 5, 6, 5, 4])),
      model('wild', heldOut(1, [1, 1, 1], { double_range_rise: 100 })),
      model('planted', { mae: 0.1 }),
    ])
    assert.match(line!, /^1 line chosen: the simplest .* 4\.88 ± \d\.\d+ W held out; forest has 4\.80 W$/)
  })

  it('says so of the only one, of a published one, and of one that is chosen for want of a better', () => {
    assert.match(explain([model('a', heldOut(1, [1, 2]))])[0]!, /the only one/)
    assert.match(explain([model('a', { mae: 1 }), model('b', { mae: 2 })])[0]!, /least mae of its metadata/)
    const wild = model('a', heldOut(1, [1, 2], { zero_load_share: 0.4 }))
    assert.match(explain([wild])[0]!, /chosen though it gives 40 % of the range of dynamic power at zero load/)
  })

  it('says by how much one is worse, and that an other error or none ranks', () => {
    const best = model('best', heldOut(1, [4, 5, 6]))
    assert.match(
      explain([best, model('worse', heldOut(1, [7, 8, 9]))])[1]!,
      /^2 worse 8\.00 .* W held out: 3\.00 W more than best/,
    )
    assert.match(
      explain([best, model('far', heldOut(4, [14, 5, 6]))])[0]!,
      /least error on held-out rows, 5\.00 ± 0\.58 W$/,
    )
    assert.match(
      explain([best, model('same', heldOut(4, [4, 5, 6]))])[0]!,
      /^1 best chosen: least error on held-out rows, 5\.00/,
    )
    const published = [model('a', { mae: 1 }), model('b', { mae: 2 })]
    assert.match(explain(published)[1]!, /^2 b larger mae than a$/)
    const byMape = createModelOrder<Model>('mape')
    const both = [model('a', heldOut(1, [9, 9, 9], { mape: 1 })), model('b', heldOut(1, [1, 1, 1], { mape: 2 }))]
    assert.deepEqual(explain(both, byMape), ['1 a chosen: least mape of its metadata', '2 b larger mape than a'])
  })

  it('says so where the chosen one alone was not measured', () => {
    const wild = model('wild', heldOut(1, [1, 2], { zero_load_share: 0.4 }))
    const lines = explain([wild, model('a', { mae: 3 })])
    assert.match(lines[0]!, /^1 a chosen: least mae/)
    assert.match(lines[1]!, /^2 wild passed over/)
    const wilder = model('wilder', { ...heldOut(1, [1, 2], { zero_load_share: 0.4 }), held_out_mae: 9 })
    assert.match(explain([wild, wilder])[1]!, /^2 wilder passed over: it gives 40 %/)
  })

  it('writes errors of any size', () => {
    const huge = [model('a', heldOut(1, [1e6, 1e6])), model('b', heldOut(1, [2e6, 2e6]))]
    assert.match(explain(huge)[0]!, /1\.00e\+6 W$/)
    const large = [model('a', heldOut(1, [1e5, 1e5])), model('b', heldOut(1, [2e5, 2e5]))]
    assert.match(explain(large)[0]!, /1\.00e\+5 W$/)
    const below = [model('a', heldOut(1, [99_999, 99_999])), model('b', heldOut(1, [2e5, 2e5]))]
    assert.match(explain(below)[0]!, /99999\.00 W$/)
  })
})
