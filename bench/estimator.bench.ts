/**
 * One estimate, connect included, beside a bare JSON echo of the same request on the same kind of socket, in the same run.
 * Both servers are in one process of their own; requests to all of them take turns, so a noisy moment hits all of them.
 * Goals: 1 row in at most twice the echo's time; 100 rows in at most four times for linear models and curve fits, eight
 * times for trees, ten times for the quantile forest. KNN and SVR must look at every stored sample: what that arithmetic
 * costs stands beside them. The quantile forest is learnt at the start, from package and dram of the loaded recording.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { archiveReader } from '../src/estimate/archive-reader.js'
import { fileSource } from '../src/archive/zip/byte-source.js'
import { openZip } from '../src/archive/zip/zip.js'
import { silentLogger } from '../src/runtime/ports.js'
import { createEstimator } from '../src/estimate/estimator.js'
import { createModelCache } from '../src/estimate/model-cache.js'
import { loadedModel } from '../src/estimate/model-source.js'
import { listenOnUnixSocket } from '../src/socket/unix-socket.js'
import { trainModel } from '../src/train/train-model.js'
import { trainingSetOf } from './support/held-out.js'
import { readProblems } from './support/problems.js'

const pipeline = '../shared/data/model-db/ec2-0.7.11.zip'
const group = 'rapl-sysfs/AbsPower/CounterIRQCombined'
const rounds = 400
const forest = 'QuantileForestRegressorTrainer'
const models = [
  ['linear', 'LinearRegressionTrainer', 2, 4],
  ['SGD', 'SGDRegressorTrainer', 2, 4],
  ['polynomial', 'PolynomialRegressionTrainer', 2, 4],
  ['logarithmic', 'LogarithmicRegressionTrainer', 2, 4],
  ['gradient boosting', 'GradientBoostingRegressorTrainer', 2, 8],
  ['XGBoost', 'XgboostFitTrainer', 2, 8],
  ['KNN', 'KNeighborsRegressorTrainer', 2, undefined],
  ['SVR', 'SVRRegressorTrainer', 2, undefined],
  ['quantile forest', forest, 2, 10],
] as const
const metrics = ['bpf_block_irq', 'bpf_net_rx_irq', 'bpf_net_tx_irq', 'cache_miss', 'cpu_cycles', 'cpu_instructions']

const folder = process.env.BENCH_FOLDER
if (folder) await serve(folder)
else if (existsSync(pipeline)) await measure()
else console.log(`skipped: ${pipeline} is not here`)

async function serve(path: string): Promise<void> {
  createServer((socket) => {
    let text = ''
    socket.on('data', (bytes) => {
      text += bytes
      try {
        socket.end(JSON.stringify(JSON.parse(text)))
      } catch {
        // Not all of it is here yet.
      }
    })
    socket.on('error', () => socket.destroy())
  }).listen(join(path, 'echo.sock'))
  const read = archiveReader()
  const modelCache = createModelCache({
    sources: [
      {
        name: 'bench',
        load: async ({ trainerName }) =>
          loadedModel(read(await archiveOf(trainerName)), { loadedFrom: pipeline, loadedAt: 0 }),
      },
    ],
    log: silentLogger,
    clock: Date.now,
    random: Math.random,
  })
  const observer = { estimated() {}, failed() {}, oversized() {}, shortened() {} }
  const handler = createEstimator({ models: modelCache, machineCores: 72, observer, log: silentLogger })
  await listenOnUnixSocket({ path: join(path, 'estimator.sock'), handler, log: silentLogger })
  process.send?.('ready')
  process.on('disconnect', () => process.exit(0))
}

async function archiveOf(trainer: string): Promise<Uint8Array> {
  if (trainer !== forest) return openZip(fileSource(pipeline)).read(`${group}/${trainer}_1.zip`)
  const problems = (await readProblems()).filter(({ name }) =>
    /^loaded.abs.CounterIRQCombined.(package|dram)$/.test(name),
  )
  const targets = problems.map(({ component, y }) => ({ component, watts: y }))
  const { zip } = await trainModel({ ...trainingSetOf(problems[0]!), targets }, forest, {
    seed: 0,
    crossValidation: false,
  })
  return zip
}

async function measure(): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), 'bench-'))
  const child: ChildProcess = fork(import.meta.filename, { env: { ...process.env, BENCH_FOLDER: path } })
  await once(child, 'message')
  try {
    console.log('| model | rows | echo ms | estimate ms | ratio | goal | arithmetic ms |')
    console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: |')
    for (const rowCount of [1, 100]) {
      for (const [name, trainer, oneRow, hundredRows] of models) {
        await compare(path, name, trainer, rowCount, rowCount === 1 ? oneRow : hundredRows)
      }
    }
  } finally {
    child.disconnect()
    rmSync(path, { recursive: true, force: true })
  }
}

async function compare(
  path: string,
  name: string,
  trainer: string,
  rowCount: number,
  goal: number | undefined,
): Promise<void> {
  const values = Array.from({ length: rowCount }, (_, i) => [
    i,
    1.5 * i,
    2.25 * i,
    1e4 + 937 * i,
    1e7 + 12345.5 * i,
    2e7 + 54321.25 * i,
  ])
  const request = JSON.stringify({
    metrics,
    values,
    output_type: 'AbsPower',
    source: 'rapl-sysfs',
    trainer_name: trainer,
  })
  const echo: number[] = []
  const estimate: number[] = []
  for (let i = 0; i < rounds + 50; i++) {
    const a = await exchange(join(path, 'echo.sock'), request)
    const b = await exchange(join(path, 'estimator.sock'), request)
    if (i < 50) continue
    echo.push(a)
    estimate.push(b)
  }
  const ratio = median(estimate) / median(echo)
  const shown = [median(echo), median(estimate)].map((ms) => ms.toFixed(3))
  const arithmetic = predictionTime(await archiveOf(trainer), values).toFixed(3)
  const verdict = goal === undefined ? '' : `${goal} ${ratio <= goal ? '✓' : '✗'}`
  console.log(`| ${[name, rowCount, ...shown, ratio.toFixed(2), verdict, arithmetic].join(' | ')} |`)
}

/** The median time to predict alone: the model's arithmetic, without request, answer and socket. */
function predictionTime(zip: Uint8Array, values: readonly (readonly number[])[]): number {
  const { archive } = archiveReader()(zip)
  const times: number[] = []
  for (let i = 0; i < 300; i++) {
    const start = performance.now()
    archive.predict(metrics, values)
    times.push(performance.now() - start)
  }
  return median(times.slice(100))
}

function exchange(path: string, request: string): Promise<number> {
  const start = performance.now()
  return new Promise((resolve, reject) => {
    const socket = createConnection(path)
    socket.on('error', reject)
    socket.on('data', () => undefined)
    socket.on('end', () => resolve(performance.now() - start))
    socket.write(request)
  })
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!
}
