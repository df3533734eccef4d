import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { loadConfig } from '../../src/config/config.js'
import type { PowerSource } from '../../src/meter/power-source.js'
import type { PrometheusResponse } from '../../src/prometheus/response.js'
import { trainedModels } from '../../src/service/trained-models.js'
import { fleetScenarioNamed } from '../../src/simulate/fleet/fleet-scenario.js'
import { faultyPrometheus } from '../support/faulty-prometheus.js'
import { fleetResponse, guestRows } from '../support/fleet-models.js'
import { type RunningProgram, startProgram } from '../support/program.js'
import { simulatedPrometheus } from '../support/simulated-prometheus.js'
import { temporaryFolder } from '../support/temporary-folder.js'
import { until } from '../support/until.js'

const now = Math.floor(Date.now() / 1000)
const fleet = fleetResponse({
  scenario: fleetScenarioNamed('services'),
  hosts: 2,
  vms: 8,
  start: now - 900,
  duration: 1500,
  step: 4,
  seed: 3,
})
/** The simulation goes on after the test has begun: what is this far ahead is never asked for before the test ends. */
const unseenFrom = now + 300

interface Serving {
  readonly program: RunningProgram
  readonly server: string
}

/** A model server with an online trainer that learns guests from a Prometheus that has `response`. */
async function serving(response: PrometheusResponse): Promise<Serving> {
  const folder = temporaryFolder()
  const prometheus = await faultyPrometheus(simulatedPrometheus(response))
  const program = startProgram(
    'kepler-model',
    [
      ...['serve', '--online', '--node-os', 'guests', '--prometheus', prometheus.url, '--sampling-interval', '1'],
      ...['--offline', '--host', '127.0.0.1', '--port', '0', '--http', '0', '--socket', join(folder, 'e.sock')],
      ...['--model-path', join(folder, 'models'), '--history-path', join(folder, 'history')],
    ],
    {
      PROM_QUERY_STEP: '4',
      PROM_QUERY_INTERVAL: '120',
      ONLINE_TRAINERS: 'LinearRegressionTrainer',
      MODEL_REFRESH_INTERVAL: '1',
    },
  )
  after(async () => {
    program.signal('SIGKILL')
    await program.ended
    await prometheus.close()
  })
  const [, server = ''] = await program.waitFor(/"model-server","url":"(http[^"]+)"/)
  return { program, server }
}

const metrics = async ({ server }: Serving) => (await fetch(`${server}/metrics`)).text()

/** Mean absolute error of a source's package watts in guests, in percent of what their hosts measured later on. */
function percentOff(source: PowerSource): number {
  const { features, x, targets, timestamps } = guestRows(fleet)
  const label = targets.find(({ component }) => component === 'package')?.watts ?? new Float64Array()
  let [error, sum, rows] = [0, 0, 0]
  timestamps.forEach((time, row) => {
    if (time < unseenFrom) return
    const system = Object.fromEntries(features.map((name, column) => [name, x.data[row * x.cols + column]!]))
    const usage = { seconds: 4, utilisation: 0, steal: 0, onlineCpus: 1, system }
    const watts = source.power(usage).find(({ zone }) => zone === 'package')?.watts ?? Number.NaN
    error += Math.abs(watts - label[row]!)
    sum += label[row]!
    rows++
  })
  assert.ok(rows > 500, `${rows} rows`)
  return (100 * error) / sum
}

describe('online trainer with guests', () => {
  it('serves the meter in a guest a model that is right within 10 % of what its host measures later', async () => {
    const running = await serving(fleet)
    const config = loadConfig({ environment: { CONFIG_PATH: '/nonexistent', METER_MODEL_SERVER: running.server } })
    const models = await trainedModels(config)
    assert.ok(models)
    after(() => models.close())
    let source: PowerSource | undefined
    await until(
      'the meter gets a trained model',
      async () => {
        source = await models.load(new AbortController().signal).catch(() => undefined)
        return source?.zones.includes('package') === true
      },
      running.program,
    )
    assert.ok(source)
    assert.match(source.provenance.model, /^std_v0\.7\.11\/LinearRegressionTrainer_0/)
    assert.ok(source.zones.includes('package') && source.zones.includes('dram'), source.zones.join())
    const percent = percentOff(source)
    assert.ok(percent < 10, `${percent} %`)
    const text = await metrics(running)
    assert.match(text, /^kepler_online_trainer_guests\{state="joined"\} 16$/m)
    assert.match(text, /^kepler_online_trainer_machines\{state="metered"\} 2$/m)
    await until(
      'the error of what is served is told',
      async () => /served_model_error_percent\{.*feature_group="NodeOS"/.test(await metrics(running)),
      running.program,
    )
  })

  it('says what is missing where no guest can be joined', async () => {
    const series = new Map([...fleet.series].filter(([metric]) => !metric.startsWith('node_memory_')))
    const running = await serving({ ...fleet, series })
    const last = async (): Promise<{ lastRound: string; guests: object }> =>
      JSON.parse(await (await fetch(`${running.server}/status`)).text())
    await until(
      'a round names it',
      async () => /no guest can be learnt from: .*node_memory_MemTotal_bytes/.test((await last()).lastRound),
      running.program,
    )
    assert.deepEqual((await last()).guests, { joined: 0, not_joined: 16, no_label: 0 })
  })
})
