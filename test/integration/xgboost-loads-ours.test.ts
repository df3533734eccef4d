import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { writeXgboostJson } from '../../src/archive/write-xgboost-json.js'
import { readXgboostJson } from '../../src/archive/xgboost-json.js'
import { matrix } from '../../src/numeric/matrix.js'
import { seededRandom } from '../../src/numeric/random.js'
import { xgboostPredictor } from '../../src/predictor/xgboost.js'
import { xgboostRegressor } from '../../src/regression/xgboost.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const python = ['/usr/bin/python3', 'python3'].find(
  (path) => spawnSync(path, ['-c', 'import xgboost'], { stdio: 'ignore' }).status === 0,
)

/** Predicts with a saved model, trains five more trees on it, and saves that. */
const script = `
import json, sys, numpy, xgboost
model, rows, out, more = sys.argv[1:]
rows = json.load(open(rows))
x = numpy.array(rows['x'], dtype=float)
booster = xgboost.Booster(model_file=model)
json.dump([float(v) for v in booster.predict(xgboost.DMatrix(x))], open(out, 'w'))
xgboost.train({'max_depth': 3}, xgboost.DMatrix(x, numpy.array(rows['y'])), 5, xgb_model=booster).save_model(more)
`

describe('XGBoost itself', { skip: python ? false : 'needs python3-xgboost' }, () => {
  it('loads a model that we trained and wrote, predicts the same and continues it; we read what it saves', () => {
    const folder = temporaryFolder()
    const [model, rows, out, more] = ['model.json', 'rows.json', 'out.json', 'more.json'].map((name) =>
      join(folder, name),
    ) as [string, string, string, string]
    const random = seededRandom(1).next
    const x = Array.from({ length: 300 }, () => [random(), random(), random()])
    const y = x.map(([a, b]) => 40 + 60 * a! + 10 * Math.sin(6 * b!))
    const predictor = xgboostRegressor().fit(matrix(x), Float64Array.from(y))
    writeFileSync(model, writeXgboostJson(predictor))
    writeFileSync(rows, JSON.stringify({ x, y }))

    const run = spawnSync(python!, ['-c', script, model, rows, out, more], { encoding: 'utf8' })
    assert.equal(run.status, 0, run.stderr)
    const theirs: number[] = JSON.parse(readFileSync(out, 'utf8'))
    assert.deepEqual(theirs, [...predictor.predict(matrix(x))])
    const continued = xgboostPredictor(readXgboostJson(readFileSync(more)))
    assert.equal(continued.trees.length, predictor.trees.length + 5)
  })
})
