/**
 * `kepler-model train` on the recorded response, start-up included: two sources, five groups, eleven trainers, both outputs;
 * with the validation that the original has, and with cross-validation on top. The time of the original for the former, on
 * a machine like the one it was measured on, is 67 s. Runs with and without the quantile forest, which the original has
 * not, take turns; goal: a quarter more at most. Of their times that of the processors is compared, which others on the
 * same machine disturb less.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { trainerNames } from '../src/regression/trainers.js'
import { originals } from './support/held-out.js'

const response = '../shared/data/prometheus/loaded.json'
const original = 67
const rounds = 5

if (!existsSync(response)) {
  console.log(`skipped: ${response} is not here`)
} else {
  const build = spawnSync('node', ['scripts/build.mjs'], { stdio: 'inherit' })
  if (build.status !== 0) process.exit(1)
  const folder = mkdtempSync(join(tmpdir(), 'bench-train-'))
  try {
    copyFileSync(response, join(folder, 'loaded.json'))
    console.log(`load of the machine before: ${loadavg()[0]!.toFixed(1)}\n`)
    console.log(
      '| validation | models | median, s | fastest, s | of processors, s | without the forest, s | of processors, s | ratio | the original, s |',
    )
    console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
    for (const [name, more] of [
      ["the original's", ['--fast']],
      ['and cross-validation', []],
    ] as const) {
      const all: Times[] = []
      const ten: Times[] = []
      for (let round = 0; round < rounds; round++) {
        ten.push(train(folder, [...more, '--trainers', originals.join(',')]))
        all.push(train(folder, [...more, '--trainers', trainerNames.join(',')]))
      }
      const [wall, cpu] = [median(all, 'wall'), median(all, 'cpu')]
      const ratio = cpu / median(ten, 'cpu')
      const cells = [
        ...[wall, Math.min(...all.map((times) => times.wall)), cpu, median(ten, 'wall'), median(ten, 'cpu')],
        ...[ratio],
      ].map((value) => value.toFixed(2))
      const goal = ratio <= 1.25 ? '✓' : '✗'
      console.log(
        `| ${name} | ${modelsIn(folder)} | ${cells.join(' | ')} ${goal} | ${more.length > 0 ? original : ''} |`,
      )
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Seconds of one run. */
interface Times {
  readonly wall: number
  /** Of all its threads together, user and system. */
  readonly cpu: number
}

function median(runs: readonly Times[], key: keyof Times): number {
  return runs.map((times) => times[key]).sort((a, b) => a - b)[runs.length >> 1]!
}

/** Writes at the end how long the processors worked for all threads of the process: the main thread ends last. */
const tellsTimes = `data:text/javascript,${encodeURIComponent(
  `process.on('exit', () => { const { user, system } = process.cpuUsage(); process.stderr.write('\\ncpu ' + (user + system) + '\\n') })`,
)}`

function train(folder: string, more: readonly string[]): Times {
  rmSync(join(folder, 'bench'), { recursive: true, force: true })
  const program = ['--import', tellsTimes, 'dist/bin/kepler-model.js']
  const args = [...program, 'train', '--data-path', folder, '-i', 'loaded', '-p', 'bench', ...more]
  const begun = performance.now()
  const run = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (run.status !== 0) throw new Error(run.stderr)
  const wall = (performance.now() - begun) / 1000
  const told = [...run.stderr.matchAll(/^cpu (\d+)$/gm)].at(-1)
  if (told === undefined) throw new Error('the run did not tell its times')
  return { wall, cpu: Number(told[1]) / 1e6 }
}

function modelsIn(folder: string): number {
  return ['rapl-sysfs', 'acpi']
    .flatMap((source) => ['AbsPower', 'DynPower'].map((output) => `${source}_${output}_model_metadata.csv`))
    .reduce(
      (sum, file) =>
        sum +
        readFileSync(join(folder, 'bench', file), 'utf8')
          .trim()
          .split('\n').length -
        1,
      0,
    )
}
