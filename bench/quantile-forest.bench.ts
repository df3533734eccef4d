/**
 * The quantile forest beside the original's ten trainers, on every dataset of node totals in the handed-out data, on what
 * was held out (see support/protocols.ts), with three seeds; then the time of a fit and of 100 rows of prediction.
 *
 *     npm run bench -- quantile-forest
 *     npx tsx bench/quantile-forest.bench.ts 'blocks of time' 'load levels'      these protocols alone
 *     npx tsx bench/quantile-forest.bench.ts loaded                              one recording alone
 *     npx tsx bench/quantile-forest.bench.ts time                                times alone
 */
import { quantile } from '../src/numeric/quantile.js'
import { takeRows, takeValues } from '../src/numeric/split.js'
import { regressorOf } from '../src/regression/regressor-by-name.js'
import { fitScaler } from '../src/train/fit-components.js'
import { geometricMean, ours } from './support/held-out.js'
import { type Outcome, outcomesOf, seeds, shortName } from './support/outcomes.js'
import { hasCounters, noProblems, type Problem, readProblems } from './support/problems.js'
import { type Protocol, protocols } from './support/protocols.js'

function print(protocol: Protocol, outcomes: readonly Outcome[]): void {
  console.log(`\n### ${protocol}\n`)
  console.log(
    '| dataset | seed | pick of the original | MAE, W | best of ten | MAE, W | quantile forest, MAE, W | ratio | in 90 % | width, W |',
  )
  console.log('| --- | ---: | --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |')
  for (const { problem, seed, pick, pickMae, best, bestMae, mae, coverage, width } of outcomes) {
    const cells = [problem.name, seed, shortName(pick), pickMae.toPrecision(4), shortName(best), bestMae.toPrecision(4)]
    const own = [mae.toPrecision(4), (mae / pickMae).toFixed(3), (100 * coverage).toFixed(1), width.toPrecision(3)]
    console.log(`| ${[...cells, ...own].join(' | ')} |`)
  }
  const summary = (what: string, chosen: readonly Outcome[]) => {
    if (chosen.length === 0) return
    const against = (of: (outcome: Outcome) => number) =>
      geometricMean(chosen.map((one) => one.mae / of(one))).toFixed(3)
    const coverage = chosen.reduce((sum, one) => sum + one.coverage, 0) / chosen.length
    console.log(
      `${what}: ${against((one) => one.pickMae)} of the pick, ${against((one) => one.bestMae)} of the best of ten, ${(100 * coverage).toFixed(1)} % in the 90 % interval`,
    )
  }
  console.log()
  const loadedCounters = outcomes.filter(({ problem }) => problem.recording === 'loaded' && hasCounters(problem))
  summary('all', outcomes)
  for (const seed of seeds)
    summary(
      `seed ${seed}`,
      outcomes.filter((one) => one.seed === seed),
    )
  summary(
    'counters',
    outcomes.filter(({ problem }) => hasCounters(problem)),
  )
  summary('counters of loaded.json', loadedCounters)
  summary(
    'counters of loaded.json, package',
    loadedCounters.filter(({ problem }) => problem.component === 'package'),
  )
  summary(
    'no counters',
    outcomes.filter(({ problem }) => !hasCounters(problem)),
  )
}

/**
 * Medians, once warm; the baselines are trees and neighbours of the original. On a machine that others use too, what a fit
 * took of the processors is nearer to what it takes alone than the time that passed. Goal: a fit of 1,762 x 3 below 120 ms.
 */
function times(problems: readonly Problem[]): void {
  console.log('\n### time, ms\n')
  console.log('| rows x features | trainer | fit, first | fit, warm | of processors | 100 rows | and their intervals |')
  console.log('| --- | --- | ---: | ---: | ---: | ---: | ---: |')
  for (const name of ['training/abs/CounterOnly/package', 'training/abs/Basic/package']) {
    const problem = problems.find((one) => one.name === name)
    if (problem === undefined) continue
    const rows = Int32Array.from({ length: 1762 }, (_, i) => i)
    const x = fitScaler(problem.x).transform(takeRows(problem.x, rows))
    const y = takeValues(problem.y, rows)
    const hundred = takeRows(x, rows.subarray(0, 100))
    for (const trainer of [
      ours(),
      'GradientBoostingRegressorTrainer',
      'XgboostFitTrainer',
      'KNeighborsRegressorTrainer',
    ]) {
      const regressor = regressorOf(trainer)
      const first = timed(() => regressor.fit(x, y))
      const warm = Array.from({ length: 15 }, () => timed(() => regressor.fit(x, y))).slice(5)
      const model = regressor.fit(x, y)
      const predictions = Array.from({ length: 200 }, () => timed(() => model.predict(hundred)))
      const intervals =
        model.kind === 'quantile-forest'
          ? Array.from({ length: 200 }, () => timed(() => model.predictInterval(hundred)))
          : undefined
      const cells = [
        first.passed.toFixed(2),
        medianOf(warm, 'passed'),
        medianOf(warm, 'worked'),
        medianOf(predictions, 'passed'),
        intervals ? medianOf(intervals, 'passed') : '',
      ]
      console.log(`| ${x.rows} x ${x.cols} | ${trainer} | ${cells.join(' | ')} |`)
    }
  }
}

/** Milliseconds. */
interface Timed {
  readonly passed: number
  /** Of the processors, for all threads of the process. */
  readonly worked: number
}

function timed(work: () => unknown): Timed {
  const before = process.cpuUsage()
  const begun = performance.now()
  work()
  const passed = performance.now() - begun
  const { user, system } = process.cpuUsage(before)
  return { passed, worked: (user + system) / 1000 }
}

function medianOf(times: readonly Timed[], key: keyof Timed): string {
  const values = times.map((time) => time[key])
  return quantile(values, 0.5).toFixed(2)
}

function isProtocol(text: string): text is Protocol {
  return (protocols as readonly string[]).includes(text)
}

if (noProblems) {
  console.log(`skipped: ${noProblems}`)
} else {
  const given = process.argv.slice(2)
  const named = given.filter(isProtocol)
  const wanted = named.length > 0 ? named : protocols
  const problems = await readProblems()
  const recordings = new Set(problems.map(({ recording }) => recording).filter((name) => given.includes(name)))
  if (given.length === 0 || given.includes('time')) times(problems)
  const onlyTimes = given.length === 1 && given[0] === 'time'
  const chosen = problems.filter(({ recording }) => recordings.size === 0 || recordings.has(recording))
  const outcomes = onlyTimes ? [] : chosen.flatMap((problem) => outcomesOf(problem, wanted))
  for (const protocol of onlyTimes ? [] : wanted) {
    print(
      protocol,
      outcomes.filter((one) => one.protocol === protocol),
    )
  }
}
