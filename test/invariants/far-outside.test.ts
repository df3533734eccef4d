import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { type ModelArchive, readModelArchive } from '../../src/archive/read-model-archive.js'
import { keplerModelProgram } from '../../src/cli/program.js'
import { createEstimator } from '../../src/estimate/estimator.js'
import { createModelCache } from '../../src/estimate/model-cache.js'
import { loadedModel } from '../../src/estimate/model-source.js'
import { createEstimatorApp } from '../../src/http/estimator-app.js'
import { estimateMetrics } from '../../src/metrics/estimate-metrics.js'
import { createRequestMetrics } from '../../src/metrics/request-metrics.js'
import { seededRandom } from '../../src/numeric/random.js'
import { type TrainerName, trainerNames } from '../../src/regression/trainers.js'
import { silentLogger } from '../../src/runtime/ports.js'
import { listenOnUnixSocket } from '../../src/socket/unix-socket.js'
import { trainModel } from '../../src/train/train-model.js'
import type { TrainingSet } from '../../src/train/training-set.js'
import { runCli } from '../support/cli.js'

const features = ['bpf_cpu_time_ms', 'bpf_page_cache_hit']
const spec = { cores: 4, frequency: 2000 }

/** A machine of four cores: 20 W, and 15 W a core that is busy, less than that when all are. */
function trainingSet(outputType: TrainingSet['outputType']): TrainingSet {
  const random = seededRandom(1)
  const rows = 200
  const data = new Float64Array(2 * rows)
  const watts = new Float64Array(rows)
  for (let i = 0; i < rows; i++) {
    const load = (3000 * (1 + Math.sin(i / 9))) / 2 + 100
    data.set([load, load / 40 + 10 * random.next()], 2 * i)
    watts[i] = (outputType === 'AbsPower' ? 20 : 0) + 60 * (1 - Math.exp(-load / 2500)) + random.normal()
  }
  return {
    source: 'acpi',
    outputType,
    group: 'BPFOnly',
    nodeType: 0,
    features,
    x: { rows, cols: 2, data },
    targets: [{ component: 'platform', watts: watts.map((value) => Math.max(0, value)) }],
    timestamps: Float64Array.from({ length: rows }, (_, i) => 1_700_000_000 + 3 * i),
  }
}

/** A hundred rows far outside any range, each by another size and in another direction. */
function farRows(): number[][] {
  return Array.from({ length: 100 }, (_, i) => {
    const size = 10 ** (4 + (i % 25) * 12)
    const first = i % 4 === 1 ? -size : size
    const second = i % 4 === 2 ? -size : i % 4 === 3 ? size : 50
    return [Number.isFinite(first) ? first : Number.MAX_VALUE, Number.isFinite(second) ? second : Number.MAX_VALUE]
  })
}

const request = { metrics: features, values: farRows(), output_type: 'AbsPower', source: 'acpi' }

function expectWatts(watts: readonly number[] | undefined, what: string): void {
  assert.equal(watts?.length, 100, what)
  for (const value of watts ?? []) assert.ok(Number.isFinite(value) && value >= 0, `${what}: ${value} W`)
}

describe('a hundred rows far outside any range', () => {
  const archives = new Map<string, { readonly zip: Uint8Array; readonly archive: ModelArchive }>()
  const folder = mkdtempSync(join(tmpdir(), 'far-'))

  before(async () => {
    for (const outputType of ['AbsPower', 'DynPower'] as const) {
      for (const trainer of trainerNames) {
        const model = await trainModel(trainingSet(outputType), trainer, {
          seed: 0,
          crossValidation: true,
          machineSpec: spec,
        })
        archives.set(`${outputType} ${trainer}`, { zip: model.zip, archive: readModelArchive(model.zip) })
      }
    }
  })
  after(() => rmSync(folder, { recursive: true }))

  for (const outputType of ['AbsPower', 'DynPower'] as const) {
    for (const trainer of trainerNames) {
      it(`are flagged, finite and never negative in the library: ${trainer}, ${outputType}`, () => {
        const { archive } = archives.get(`${outputType} ${trainer}`)!
        const { powers, intervals, outside, coverage, method } = archive.estimate(features, farRows())
        expectWatts(powers.platform, trainer)
        expectWatts(archive.predict(features, farRows()).platform, `${trainer}, bare arithmetic`)
        assert.equal(coverage, 0.9)
        assert.equal(method, trainer === 'QuantileForestRegressorTrainer' ? 'quantile forest' : 'held-out blocks')
        expectWatts(intervals.platform?.lower, `${trainer}, lower`)
        expectWatts(intervals.platform?.upper, `${trainer}, upper`)
        powers.platform?.forEach((watts, i) => {
          assert.ok(intervals.platform!.lower[i]! <= watts && watts <= intervals.platform!.upper[i]!, `row ${i}`)
        })
        assert.deepEqual([...new Set(outside.map(({ row }) => row))].length, 100)
        // Four cores have four seconds a second, and a tenth more.
        const used = outside.flatMap(({ feature, clampedTo }) => (feature === features[0] ? (clampedTo ?? []) : []))
        assert.ok(used.every((value) => value === 0 || Math.abs(value - 4400) < 1e-6))
      })
    }
  }

  it('have wider intervals than rows inside', () => {
    for (const [name, { archive }] of archives) {
      const width = (row: readonly number[]) => {
        const { lower, upper } = archive.estimate(features, [row]).intervals.platform!
        return upper[0]! - lower[0]!
      }
      assert.ok(width([4300, 120]) > width([1500, 40]), `${name}: ${width([4300, 120])}, ${width([1500, 40])}`)
    }
  })

  function estimatorOf(trainer: TrainerName) {
    const metrics = createRequestMetrics('kepler_estimator_')
    const { archive } = archives.get(`AbsPower ${trainer}`)!
    const models = createModelCache({
      sources: [
        { name: 'test', load: async () => loadedModel({ archive, bytes: 0 }, { loadedFrom: 'a test', loadedAt: 0 }) },
      ],
      log: silentLogger,
      clock: Date.now,
      random: Math.random,
    })
    const warnings: string[] = []
    const log = { ...silentLogger, warn: (_fields: object, message: string) => void warnings.push(message) }
    const observer = estimateMetrics(metrics.metricsRegistry)
    const estimator = createEstimator({ models, machineCores: 4, observer, log })
    const app = createEstimatorApp({
      estimator,
      modelCache: models,
      metrics,
      about: { version: '1', machine_spec: spec, machine_spec_from: 'a test', sockets: [], model_sources: [] },
      logger: silentLogger,
      limits: { maxBodyBytes: 1_048_576, requestTimeout: 10, idleTimeout: 10, maxConnections: 10 },
    })
    return { estimator, app, warnings }
  }

  it('are flagged over HTTP, and refused where that is asked for', async () => {
    for (const trainer of trainerNames) {
      const { app } = estimatorOf(trainer)
      const answer = await app.inject({ method: 'POST', url: '/estimate', payload: request })
      assert.equal(answer.statusCode, 200, answer.body.slice(0, 300))
      const { powers, interval, outside } = answer.json()
      expectWatts(powers.platform, trainer)
      expectWatts(interval.powers.platform.upper, trainer)
      assert.equal(new Set(outside.map(({ row }: { row: number }) => row)).size, 100, trainer)
      const strict = await app.inject({ method: 'POST', url: '/estimate?strict=true', payload: request })
      assert.equal(strict.statusCode, 400)
      assert.match(strict.json().error.field, /^values\[\d+\]\[\d\]$/)
      const info = (await app.inject('/info')).json()
      assert.equal(info.models[0].uncertainty.coverage, 0.9)
      assert.ok(Math.abs(info.models[0].uncertainty.inputs.bpf_cpu_time_ms.limit - 4400) < 1e-6)
    }
  })

  it('are answered over the socket as Kepler reads them, counted in metrics and logged once', async () => {
    for (const trainer of trainerNames) {
      const { estimator, app, warnings } = estimatorOf(trainer)
      const path = join(folder, `${trainer}.sock`)
      const server = await listenOnUnixSocket({ path, handler: estimator, log: silentLogger })
      try {
        for (let times = 0; times < 2; times++) {
          const answer = JSON.parse(await askSocket(path, JSON.stringify(request)))
          assert.deepEqual(Object.keys(answer), ['powers', 'msg', 'core_ratio'])
          assert.equal(answer.msg, '')
          expectWatts(answer.powers.platform, trainer)
        }
      } finally {
        await server.close(1000)
      }
      const { body } = await app.inject('/metrics')
      const counted = [...body.matchAll(/rows_outside_range_total\{[^}]*feature="bpf_cpu_time_ms"[^}]*\} (\d+)/g)]
      assert.equal(
        counted.reduce((sum, [, count]) => sum + Number(count), 0),
        200,
        trainer,
      )
      assert.ok(warnings.length >= 1 && warnings.length <= 4, warnings.join('; '))
    }
  })

  it('are flagged on the command line', async () => {
    const trainers = ['PolynomialRegressionTrainer', 'ExponentialRegressionTrainer', 'QuantileForestRegressorTrainer']
    for (const trainer of trainers) {
      const zip = join(folder, `${trainer}.zip`)
      writeFileSync(zip, archives.get(`AbsPower ${trainer}`)!.zip)
      const stdin = () => Readable.from([JSON.stringify({ metrics: features, values: farRows() })])
      const { code, stdout } = await runCli(keplerModelProgram, ['predict', zip, '--rows', '-', '--json'], {
        stdin: stdin(),
      })
      assert.equal(code, 0)
      const { powers, outside } = JSON.parse(stdout)
      expectWatts(powers.platform, trainer)
      assert.equal(new Set(outside.map(({ row }: { row: number }) => row)).size, 100)
      const strict = await runCli(keplerModelProgram, ['predict', zip, '--rows', '-', '--strict'], { stdin: stdin() })
      assert.notEqual(strict.code, 0)
    }
  })
})

function askSocket(path: string, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    let answer = ''
    socket.on('connect', () => socket.write(text))
    socket.on('data', (part) => {
      answer += part
    })
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
  })
}
