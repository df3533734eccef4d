import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { fakeSystem } from '../support/fake-proc.js'
import { alertRules, expressionsOfRow } from '../support/monitoring-files.js'
import { type RunningProgram, startProgram } from '../support/program.js'
import { noPrometheus, type RunningPrometheus, startPrometheusWithRules } from '../support/prometheus.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const rules = fileURLToPath(new URL('../../deploy/alerts.yml', import.meta.url))

/** Panels that have nothing to show here: no real meter to compare with; its event loop is not looked at often enough. */
const empty = ['Error beside a real meter', 'Event loop']

const pod = '12345678-1234-1234-1234-123456789abc'
const container = 'ab'.repeat(32)

/** A machine that is half busy: by a container of a pod, and by a process of no container. */
function busyMachine() {
  const system = fakeSystem(temporaryFolder())
  system.file('proc/cpuinfo', 'processor\t: 0\nmodel name\t: Intel(R) Xeon(R) CPU E5-2660 v3 @ 2.60GHz\n')
  system.file('proc/meminfo', 'MemTotal: 16000000 kB\nMemAvailable: 8000000 kB\n')
  let ticks = 0
  const step = () => {
    ticks += 4
    system.cpus([[ticks, 0, 0, ticks, 0, 0, 0, 0]])
    system.process({ pid: 7, comm: 'worker', ticks: ticks * 0.75, cgroup: `0::/kubepods/pod${pod}/${container}\n` })
    system.process({ pid: 8, comm: 'daemon', ticks: ticks * 0.25 })
  }
  step()
  const timer = setInterval(step, 40)
  after(() => clearInterval(timer))
  return system
}

interface Series {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [number, string]
}

describe("the meter's dashboard, in a real Prometheus that scrapes a real meter", { skip: noPrometheus }, () => {
  let meter: RunningProgram
  let prometheus: RunningPrometheus

  before(
    async () => {
      const { proc, sys } = busyMachine()
      const options = ['--procfs', proc, '--sysfs', sys, '--port', '0', '--powercap', join(temporaryFolder(), 'tree')]
      meter = startProgram('power-meter', [...options, '--interval', '0.5', '--node-name', 'worker-1'])
      const [, port] = await meter.waitFor(/http:\/\/127\.0\.0\.1:(\d+)\/metrics/)
      prometheus = await startPrometheusWithRules(temporaryFolder(), {
        job: 'kepler-power-meter',
        port: Number(port),
        rules,
      })
      await prometheus.untilScraped('kepler_process_cpu_watts', 5, 90)
    },
    { timeout: 120_000 },
  )
  after(async () => {
    await prometheus?.stop()
    meter?.signal('SIGKILL')
  })

  async function answer(path: string) {
    const body = (await (await fetch(`${prometheus.url}/api/v1/${path}`)).json()) as {
      readonly status: string
      readonly error?: string
      readonly data: { readonly result: readonly Series[]; readonly groups: readonly { rules: readonly Rule[] }[] }
    }
    assert.equal(body.status, 'success', `${path}: ${body.error}`)
    return body.data
  }
  const ask = async (expr: string) => (await answer(`query?query=${encodeURIComponent(expr)}`)).result

  for (const row of ['Power meter', 'Processes']) {
    for (const [title, expressions] of expressionsOfRow(row, '10s')) {
      it(`${row}, ${title}: ${empty.includes(title) ? 'nothing here' : 'has numbers'}`, {
        timeout: 60_000,
      }, async () => {
        for (const expr of expressions) {
          const series = await ask(expr)
          if (empty.includes(title)) assert.deepEqual(series, [], expr)
          else assert.ok(series.length > 0 && series.every(({ value }) => Number.isFinite(Number(value[1]))), expr)
        }
      })
    }
  }

  it('shows of the workloads those that work, with what tells them apart', { timeout: 60_000 }, async () => {
    const shown = async (title: string) => {
      const [expr = ''] = expressionsOfRow('Power meter', '10s').get(title) ?? []
      return (await ask(expr)).map(({ metric }) => metric)
    }
    assert.deepEqual(
      (await shown('Processes with most power')).map(({ comm }) => comm),
      ['worker', 'daemon'],
    )
    assert.deepEqual(
      (await shown('Pods with most power')).map(({ pod_id }) => pod_id),
      [pod],
    )
    assert.deepEqual(
      (await shown('Containers with most power')).map(({ id }) => id),
      [container.slice(0, 12)],
    )
    const zones = (await shown('Power by zone')).map(({ node_name, zone }) => `${node_name} ${zone}`)
    assert.deepEqual(zones.sort(), ['worker-1 dram', 'worker-1 package', 'worker-1 psys'])
  })

  it('alerts on nothing while all is well, and all rules can be evaluated', { timeout: 60_000 }, async () => {
    const names = new Set(alertRules().map(({ alert }) => alert))
    for (;;) {
      const all = (await answer('rules')).groups.flatMap((group) => group.rules)
      for (const { name, health, state, lastError } of all) {
        assert.ok(names.has(name) && health !== 'err' && state !== 'firing', `${name}: ${state} ${lastError ?? ''}`)
      }
      if (all.length === names.size && all.every(({ health }) => health === 'ok')) break
      await wait(200)
    }
  })
})

interface Rule {
  readonly name: string
  readonly health: string
  readonly state: string
  readonly lastError?: string
}
