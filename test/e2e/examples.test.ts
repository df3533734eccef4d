import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { it } from 'node:test'
import { exampleWatts } from '../../examples/predict.js'

it('the example of the library gives watts', () => {
  const folder = new URL('../fixtures/archives/', import.meta.url)
  const powers = exampleWatts(readFileSync(new URL('GradientBoostingRegressorTrainer_0.zip', folder)))
  for (const watts of Object.values(powers)) {
    assert.equal(watts.length, 2)
    assert.ok(watts.every((value) => Number.isFinite(value) && value >= 0))
  }
  assert.ok(powers.package![1]! > powers.package![0]!, 'a busy node takes more than an idle one')
})
