import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { join } from 'node:path'
import { it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { openHistory } from '../../src/online/history/history.js'
import { createOnlineTrainer } from '../../src/online/online-trainer.js'
import { openProfileFile } from '../../src/online/profile-file.js'
import type { Assessment } from '../../src/online/round/assess.js'
import { runAssess } from '../../src/online/round/run-assess.js'
import { pipelineVersions } from '../../src/online/versions/versions.js'
import { prometheusClient } from '../../src/prometheus/client.js'
import { silentLogger } from '../../src/runtime/ports.js'
import { scenarioNamed } from '../../src/simulate/scenario.js'
import { type Fault, faultyPrometheus } from '../support/faulty-prometheus.js'
import { simulatedPrometheus } from '../support/simulated-prometheus.js'
import { simulatedResponse } from '../support/simulated-response.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const rounds = 300
/** Rounds that train on a thread, as all do outside of tests; the others find nothing to train. */
const trainsEvery = 25
const faults: readonly Fault[] = ['away', 'answers 500', 'breaks off', 'is busy', 'answers HTML', 'reports an error']

it('holds listeners, handles and memory flat over some hundred rounds, with faults', { timeout: 300_000 }, async () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage: () => void = runInNewContext('gc')
  const folder = temporaryFolder()
  const start = Math.floor(Date.now() / 1000) - 4000
  const response = simulatedResponse({ scenario: scenarioNamed('mixed'), start, duration: 960, step: 6 })
  const prometheus = await faultyPrometheus(simulatedPrometheus(response))
  const { signal } = new AbortController()
  const client = prometheusClient({ url: prometheus.url }, { attempts: 2, delay: 1, signal })
  const history = { folder: join(folder, 'history'), seconds: 300, maxBytes: 1e9, interval: 60, step: 6 }
  let round = 0
  const nothing: Assessment = {
    machines: [],
    guests: undefined,
    slots: [],
    servedVersion: 0,
    candidate: false,
    damaged: [],
    failures: [],
    findings: [],
    learned: undefined,
    dataFrom: 0,
    dataUntil: 0,
  }
  const trainer = createOnlineTrainer({
    client,
    history: await openHistory(history),
    versions: pipelineVersions(folder, 'std', 3),
    learned: await openProfileFile(history.folder),
    specs: new Map(),
    trainers: ['SGDRegressorTrainer'],
    publishInterval: 0,
    interval: 1000,
    recentSeconds: 60,
    minRows: 5,
    maxRows: 1000,
    margin: 0.1,
    maxError: 100,
    errorKey: 'mae',
    logger: silentLogger,
    clock: () => (start + 300 + 2 * round) * 1000,
    assess: async (...asked) => (round % trainsEvery === 0 ? runAssess(...asked) : nothing),
  })

  const held = () => {
    collectGarbage()
    return {
      listeners: getEventListeners(signal, 'abort').length,
      handles: process.getActiveResourcesInfo().filter((kind) => kind !== 'Timeout' && kind !== 'Immediate').length,
      megabytes: process.memoryUsage().heapUsed / 2 ** 20,
    }
  }
  const outcomes = new Map<string, number>()
  let early = held()
  for (round = 1; round <= rounds; round++) {
    if (round % 10 === 0) await prometheus.become(faults[(round / 10) % faults.length])
    if (round % 10 === 1) await prometheus.become(undefined)
    const { outcome } = await trainer.round(signal)
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    assert.equal(getEventListeners(signal, 'abort').length, 0, `after round ${round}`)
    if (round === 100) early = held()
  }
  const late = held()
  assert.ok((outcomes.get('failed') ?? 0) >= 20, `${outcomes.get('failed')} rounds failed`)
  assert.ok((outcomes.get('waiting') ?? 0) + (outcomes.get('kept') ?? 0) >= 200, JSON.stringify([...outcomes]))
  assert.ok(
    late.handles <= early.handles + 2,
    `${early.handles} handles after 100 rounds, ${late.handles} after ${rounds}`,
  )
  assert.ok(late.megabytes <= early.megabytes + 10, `${early.megabytes} MB after 100 rounds, then ${late.megabytes} MB`)
  await client.close()
  await prometheus.close()
})
