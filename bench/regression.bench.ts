// Median time of each regressor's fit beside what scikit-learn, XGBoost and SciPy took (fits.json, their machine).
// usage: npx tsx bench/regression.bench.ts [repetitions]

import { regressorOf } from '../src/regression/regressor-by-name.js'
import { noFits, readFits } from '../test/conformance/fits.js'

const repetitions = Number(process.argv[2] ?? 7)

if (noFits) {
  console.log(`skipped: ${noFits}`)
} else {
  for (const data of readFits()) {
    console.log(`\n${data.name}, ${data.trainX.rows} rows`)
    console.log('trainer                             ours, ms  reference, ms   ratio')
    for (const [trainer, reference] of Object.entries(data.models)) {
      const regressor = regressorOf(trainer, { mainFeature: data.mainFeature })
      const ours = median(
        Array.from({ length: repetitions }, () => timed(() => regressor.fit(data.trainX, data.trainY))),
      )
      const theirs = reference.fit_seconds * 1000
      const columns = [
        ours.toFixed(2).padStart(9),
        theirs.toFixed(2).padStart(14),
        (ours / theirs).toFixed(2).padStart(7),
      ]
      console.log(trainer.padEnd(34), columns.join(' '))
    }
  }
}

function timed(run: () => unknown): number {
  const begun = performance.now()
  run()
  return performance.now() - begun
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}
