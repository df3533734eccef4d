/**
 * How far every regressor is from measured watts: on the rows that the reference figures are of, and on rows of times
 * that it saw nothing of:
 *
 *     npm run bench -- accuracy                                print the figures
 *     npx tsx bench/accuracy.bench.ts --write                  write them to docs/accuracy.md
 *     npx tsx bench/accuracy.bench.ts protocols                one part: protocols, intervals, choice or reference
 */
import { writeFileSync } from 'node:fs'
import { type TrainerName, trainerNames } from '../src/regression/trainers.js'
import { meanAbsoluteError } from '../src/numeric/metrics.js'
import { regressorOf } from '../src/regression/regressor-by-name.js'
import { crossValidate } from '../src/train/cross-validate.js'
import { timeBlocks } from '../src/train/folds.js'
import type { TrainingSet } from '../src/train/training-set.js'
import { type Coverage, nestedCoverage } from './support/coverage.js'
import { choicesOf } from './support/choices.js'
import { geometricMean, originals, ours, trainingSetOf } from './support/held-out.js'
import { type Outcome, outcomesOf, seeds, shortName } from './support/outcomes.js'
import { hasCounters, noProblems, type Problem, readProblems } from './support/problems.js'
import { protocols } from './support/protocols.js'
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

/** Mean over seeds of what is measured with each. */
function meanOf(outcomes: readonly Outcome[], of: (outcome: Outcome) => number): number {
  return outcomes.reduce((sum, outcome) => sum + of(outcome), 0) / outcomes.length
}

function protocolsPart(problems: readonly Problem[]): string {
  const outcomes = problems.flatMap((problem) => outcomesOf(problem, protocols))
  const against = (chosen: readonly Outcome[], of: (outcome: Outcome) => number) =>
    chosen.length === 0 ? '-' : geometricMean(chosen.map((outcome) => outcome.mae / of(outcome))).toFixed(3)
  const summaries = protocols.map((protocol) => {
    const own = outcomes.filter((outcome) => outcome.protocol === protocol)
    const counters = own.filter(({ problem }) => hasCounters(problem))
    const loaded = counters.filter(({ problem }) => problem.recording === 'loaded')
    const pick = (outcome: Outcome) => outcome.pickMae
    const cells = [
      protocol,
      against(own, pick),
      ...seeds.map((seed) =>
        against(
          own.filter((outcome) => outcome.seed === seed),
          pick,
        ),
      ),
      against(counters, pick),
      against(loaded, pick),
      against(
        loaded.filter(({ problem }) => problem.group === 'CounterOnly' && problem.component === 'package'),
        pick,
      ),
      against(own, (outcome) => outcome.bestMae),
      (100 * meanOf(own, ({ coverage }) => coverage)).toFixed(1),
    ]
    return `| ${cells.join(' | ')} |`
  })
  const tables = protocols.map((protocol) => {
    const lines = problems.flatMap((problem) => {
      const own = outcomes.filter((outcome) => outcome.protocol === protocol && outcome.problem === problem)
      if (own.length === 0) return []
      const pick = meanOf(own, ({ pickMae }) => pickMae)
      const ours = meanOf(own, ({ mae }) => mae)
      const cells = [
        problem.name,
        [...new Set(own.map((outcome) => shortName(outcome.pick)))].join(', '),
        pick.toPrecision(4),
        shortName(own[0]!.best),
        own[0]!.bestMae.toPrecision(4),
        ours.toPrecision(4),
        (ours / pick).toFixed(3),
        (100 * meanOf(own, ({ coverage }) => coverage)).toFixed(1),
        meanOf(own, ({ width }) => width).toPrecision(3),
      ]
      return [`| ${cells.join(' | ')} |`]
    })
    return `### ${protocol}

| dataset | pick of the original | MAE, W | best of ten | MAE, W | ours, MAE, W | ratio to the pick | in 90 %, % | width, W |
| --- | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |
${lines.join('\n')}`
  })
  return `## The trainer of our own on what was held out

Every dataset of node totals in the handed-out data with every component whose watts move (\`<recording>/<output>/<feature
group>/<component>\`), under four protocols: five blocks of time; workloads, left out as \`train\` does, where the
response tells what ran; five bands of load; and trained below the 70th percentile of load, tested above. The **pick of the original** is the one of its
ten trainers with the least error on a shuffled tenth; the **best of ten** is chosen in hindsight, on the test rows
themselves. **Ours** is the quantile forest. Errors are means over three seeds; ratios below 1 are better; *in 90 %* is the
share of test rows within its interval.

| protocol | ratio to the pick (geometric mean) | seed 0 | seed 1 | seed 2 | with counters | counters of \`loaded.json\` | its CounterOnly, package | ratio to the best of ten | in 90 %, % |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${summaries.join('\n')}

What the research behind this trainer reached by blocks of time: 0.811 on the 41 of these datasets that its results list,
0.821 on all counters of \`loaded.json\`. Its 0.75 on those counters is the package of the group CounterOnly (0.754 and
0.753, one seed); the packages of its three groups with counters are 0.773 together.

Between the loads that it has seen it is better than what the original would serve; beyond them a plain curve is, as the
last protocol shows. What \`train\` chooses is below.

${tables.join('\n\n')}`
}

interface MeasuredCoverage {
  readonly trainer: TrainerName
  readonly problem: Problem
  readonly coverage: Coverage
}

function percentOf(measured: readonly MeasuredCoverage[]): number {
  const sum = (key: 'inside' | 'rows') => measured.reduce((total, { coverage }) => total + coverage[key], 0)
  return (100 * sum('inside')) / sum('rows')
}

function spread(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)}`
}

function intervalsPart(problems: readonly Problem[]): string {
  const recordings = [...new Set(problems.map(({ recording }) => recording))]
  const measured = [...originals, ours()].flatMap((trainer) =>
    problems.map((problem) => ({ trainer, problem, coverage: nestedCoverage(trainer, trainingSetOf(problem), seed) })),
  )
  const ten = measured.filter(({ trainer }) => trainer !== ours())
  const byTrainer = [...originals, ours()].map((trainer) => {
    const own = measured.filter((one) => one.trainer === trainer)
    const each = own.map((one) => percentOf([one]))
    const relative = geometricMean(
      own.map(({ problem, coverage }) => coverage.width / coverage.rows / rangeOf(problem.y)),
    )
    const cells = [
      trainer,
      ...recordings.map((recording) =>
        percentOf(own.filter(({ problem }) => problem.recording === recording)).toFixed(1),
      ),
      percentOf(own).toFixed(1),
      spread(each),
      `${each.filter((percent) => percent >= 86 && percent <= 94).length} of ${each.length}`,
      (100 * relative).toFixed(1),
    ]
    return `| ${cells.join(' | ')} |`
  })
  const byDataset = problems.map((problem) => {
    const own = ten.filter((one) => one.problem === problem)
    const forest = measured.filter((one) => one.problem === problem && one.trainer === ours())
    const each = own.map((one) => percentOf([one]))
    const deviation = own.reduce((sum, { coverage }) => sum + standardError(coverage.blocks), 0) / own.length
    const cells = [
      problem.name,
      problem.y.length,
      percentOf(own).toFixed(1),
      spread(each),
      percentOf(forest).toFixed(1),
      `± ${(100 * deviation).toFixed(1)}`,
    ]
    return `| ${cells.join(' | ')} |`
  })
  const missed = measured
    .map((one) => ({ ...one, percent: percentOf([one]) }))
    .filter(({ percent }) => percent < 86 || percent > 94)
    .map(({ problem, trainer, percent, coverage }) => {
      const blocks = coverage.blocks.map((share) => (100 * share).toFixed(0)).join(', ')
      return `| ${problem.name} | ${shortName(trainer)} | ${percent.toFixed(1)} | ${blocks} |`
    })
  return `## How often intervals hold

Share of held-out rows within the 90 % interval, in percent. Each block of time is predicted by a model of the other four,
whose interval comes from cross-validation within those four (the quantile forest's from its own left-out blocks): neither
has seen the block. Of the ten trainers together they hold ${percentOf(ten).toFixed(1)} % of all rows. *Width* is the geometric mean
over the datasets, in percent of the range of their watts.

| trainer | ${recordings.join(' | ')} | all rows | least and most of any dataset | datasets at 86 to 94 | width, % |
| --- |${' ---: |'.repeat(recordings.length + 4)}
${byTrainer.join('\n')}

By dataset. The last column is the mean standard error of such a share, from the five blocks' own shares: rows of one block
resemble each other, so a share is known no better than that, whatever the number of rows.

| dataset | rows | the ten together | least and most of the ten | quantile forest | standard error |
| --- | ---: | ---: | ---: | ---: | ---: |
${byDataset.join('\n')}

The ${missed.length} of ${measured.length} pairs of dataset and trainer below 86 or above 94 %, with the share of each block. Where one block is far
below the others, the machine did there what it does nowhere else (no interval can know that); \`smooth30\` has 158 rows
that are means over 30 neighbours each, hardly more than five different ones a block.

| dataset | trainer | all | blocks |
| --- | --- | ---: | --- |
${missed.join('\n')}`
}

/** Of the mean of some values. */
function standardError(values: readonly number[]): number {
  const middle = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1) / values.length)
}

const choiceSeeds = Array.from({ length: 10 }, (_, k) => k)

function choicePart(problems: readonly Problem[]): string {
  const datasets = new Map<string, Problem[]>()
  for (const problem of problems) {
    const source = problem.component === 'platform' ? 'acpi' : 'rapl'
    const key = `${problem.name.replace(/\/[^/]*$/, '')} (${source})`
    datasets.set(key, [...(datasets.get(key) ?? []), problem])
  }
  const lines = [...datasets].map(([name, own]) => {
    const targets = own.map(({ component, y }) => ({ component, watts: y }))
    const { winners, equallyGood } = choicesOf({ ...trainingSetOf(own[0]!), targets }, choiceSeeds)
    const counts = new Map<string, number>()
    for (const winner of winners) counts.set(shortName(winner), (counts.get(shortName(winner)) ?? 0) + 1)
    const texts = [...counts].map(([winner, count]) => (counts.size === 1 ? winner : `${winner} ${count}`))
    return `| ${name} | ${texts.join(', ')} | ${counts.size === 1 ? 'the same' : equallyGood ? 'within a standard error' : 'no'} |`
  })
  return `## What train chooses, with ten seeds

All eleven trainers by blocks of time (these tables do not tell workloads apart): sane models first, then the least error,
of those within one standard error the simplest.

| dataset | chosen | stable |
| --- | --- | --- |
${lines.join('\n')}`
}

function rangeOf(values: Float64Array): number {
  return values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b))
}

function referencePart(datasets: readonly PreparedDataset[]): string {
  return `## Each trainer beside the reference

- **original** and **ours**: every fifth row is a test row, all others teach. The original's figures are those of
  scikit-learn 1.2, XGBoost 1.7 and SciPy 1.10 on the same rows; where they depend on a seed, their range. The
  columns agree but for seeds and for rows that are equally near: these are the same models. Such a split flatters: a test
  row lies between two seconds that the model has seen.
- **held out**: five blocks of time, each predicted by a model that saw nothing of it, not even to scale features. It is what
  to expect of a time that the model was not trained on, and what \`cv_mae\` in a model's metadata says. MAPE, R² and the
  watts that nine of ten rows are within (the conformal interval) are of these rows too; the best MAE is
  bold. No MAPE is given where rows draw next to nothing, as dynamic power does when idle. R² below zero is worse than
  always saying the mean.

${datasets.map(tableOf).join('\n\n')}

Trees, neighbours and polynomials of many features, best by far between known seconds, lose most when time is held out:
an error may be three to four times what the shuffled figure said, while straight lines hardly change. They may still be the
best, but by less, and not the same one. A polynomial may also run away where a block reaches beyond what was seen (R² far
below zero). A figure from neighbouring seconds says little about another day; so servers choose by what was held out.`
}

const parts = ['protocols', 'intervals', 'choice', 'reference'] as const

function partOf(part: (typeof parts)[number], problems: readonly Problem[]): string {
  switch (part) {
    case 'protocols':
      return protocolsPart(problems)
    case 'intervals':
      return intervalsPart(problems)
    case 'choice':
      return choicePart(problems)
    case 'reference':
      return referencePart(readFits())
  }
}

const introduction = `# Accuracy

How far models are from measured watts on what they had not seen, and how well they know it. An accuracy here is what was
held out, never what was shuffled, except where it says so. How intervals are made, with a picture:
[regressors.md](regressors.md#intervals). This file is written by \`npx tsx bench/accuracy.bench.ts --write\`.`

if (noFits || noProblems) {
  console.log(`skipped: ${noFits || noProblems}`)
} else {
  const named = parts.filter((part) => process.argv.includes(part))
  const problems = await readProblems()
  const texts = (named.length > 0 ? named : parts).map((part) => partOf(part, problems))
  const text = `${(named.length > 0 ? texts : [introduction, ...texts]).join('\n\n')}\n`
  console.log(text)
  if (process.argv.includes('--write')) writeFileSync('docs/accuracy.md', text)
}
