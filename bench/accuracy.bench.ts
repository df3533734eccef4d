/**
 * How far every regressor is from measured watts: on the rows that the reference figures are of, and on rows of times
 * that it saw nothing of:
 *
 *     npm run bench -- accuracy                     print the figures
 *     npx tsx bench/accuracy.bench.ts --write       write them to docs/accuracy.md
 */
import { writeFileSync } from 'node:fs'
import { type TrainerName, trainerNames } from '../src/regression/trainers.js'
import { meanAbsoluteError } from '../src/numeric/metrics.js'
import { regressorOf } from '../src/regression/regressor-by-name.js'
import { crossValidate } from '../src/train/cross-validate.js'
import { timeBlocks } from '../src/train/folds.js'
import type { TrainingSet } from '../src/train/training-set.js'
import { noFits, type PreparedDataset, type ReferenceFit, readFits } from '../test/conformance/fits.js'

const blocks = 5
const seed = 0

/** Beyond this a percentage is of rows that draw next to nothing, and says nothing. */
const mostPercent = 1000

interface Row {
  readonly trainer: TrainerName
  readonly reference: string
  readonly ours: number
  readonly heldOut: { readonly mae: number; readonly mape: number; readonly r2: number; readonly interval90: number }
}

/** The reference varies with its seed where chance plays a part; then the range is given. */
function referenceMae({ mae, mae_over_12_seeds, mae_over_5_seeds }: ReferenceFit): string {
  const all = mae_over_12_seeds ?? mae_over_5_seeds ?? (mae === undefined ? [] : [mae])
  const texts = [Math.min(...all), Math.max(...all)].map((value) => value.toFixed(2))
  return texts[0] === texts[1] ? texts[0]! : texts.join(' to ')
}

function rowsOf(data: PreparedDataset): readonly Row[] {
  const set: TrainingSet = {
    source: 'rapl-sysfs',
    outputType: 'AbsPower',
    group: 'ThirdParty',
    nodeType: 0,
    features: data.features,
    x: data.x,
    targets: [{ component: 'package', watts: data.y }],
    timestamps: data.timestamps,
  }
  return trainerNames.flatMap((trainer): Row[] => {
    const reference = data.models[trainer]
    if (reference === undefined) return []
    const fitted = regressorOf(trainer, { mainFeature: data.mainFeature, seed }).fit(data.trainX, data.trainY)
    const heldOut = crossValidate(trainer, set, timeBlocks(data.timestamps, blocks), seed)!.components[0]!
    const ours = meanAbsoluteError(data.testY, fitted.predict(data.testX))
    return [{ trainer, reference: referenceMae(reference), ours, heldOut }]
  })
}

function tableOf(data: PreparedDataset): string {
  const rows = rowsOf(data)
  const best = Math.min(...rows.map(({ heldOut }) => heldOut.mae))
  const lines = rows.map(({ trainer, reference, ours, heldOut }) => {
    const { mae, mape, r2, interval90 } = heldOut
    const marked = mae === best ? `**${mae.toFixed(2)}**` : mae.toFixed(2)
    const percent = mape > mostPercent ? '-' : mape.toFixed(1)
    const cells = [reference, ours.toFixed(2), marked, percent, r2.toFixed(2), `± ${interval90.toFixed(1)}`]
    return `| ${trainer} | ${cells.join(' | ')} |`
  })
  return [
    `## ${data.csv}`,
    '',
    `${data.y.length} rows; ${data.features.map((feature) => `\`${feature}\``).join(', ')}.`,
    '',
    `| trainer | original, MAE | ours, MAE | held out, MAE | MAPE, % | R² | 90 % of rows within, W |`,
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...lines,
  ].join('\n')
}

function document(datasets: readonly PreparedDataset[]): string {
  return `# Accuracy

How far each trainer's model is from the measured package power, in watts (MAE), on four datasets of real machines:

- **original** and **ours**: every fifth row is a test row, all others teach. The original's figures are those of
  scikit-learn 1.2, XGBoost 1.7 and SciPy 1.10 on the same rows; where they depend on a seed, their range. The
  columns agree but for seeds and for rows that are equally near: these are the same models. Such a split flatters: a test row lies between two seconds that the model
  has seen.
- **held out**: five blocks of time, each predicted by a model that saw nothing of it, not even to scale features. It is what
  to expect of a time that the model was not trained on, and what \`cv_mae\` in a model's metadata says. MAPE, R² and the
  watts that nine of ten rows are within (the conformal interval) are of these rows too; the best MAE is
  bold. No MAPE is given where rows draw next to nothing, as dynamic power does when idle.

R² below zero is worse than always saying the mean. This file is written by \`npx tsx bench/accuracy.bench.ts --write\`.

${datasets.map(tableOf).join('\n\n')}

## What to read in it

Trees, neighbours and polynomials of many features, best by far between known seconds, lose most when time is held out:
an error may be three to four times what the shuffled figure said, while straight lines hardly change. They may still be the
best, but by less, and not the same one. A polynomial may also run away where a block reaches beyond what was seen (R² far
below zero). A figure from neighbouring seconds says little about another day; \`train --rank-by cv\`, or \`workload\`,
ranks by what was held out.
`
}

if (noFits) {
  console.log(`skipped: ${noFits}`)
} else {
  const text = document(readFits())
  console.log(text)
  if (process.argv.includes('--write')) writeFileSync('docs/accuracy.md', text)
}
