import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Container, Process, Scan } from '../workload/process.js'
import type { ProcessIdentity } from '../workload/workload-files.js'
import { type Account, noPodNames, type PodNames, type Workloads } from './account.js'
import { createAttribution } from './attribution.js'

interface Made {
  readonly pid: number
  readonly delta: number
  readonly container?: string
  readonly vm?: string
}

/** Keeps objects of the same process and container over scans, as the process table does. */
function world() {
  const processes = new Map<number, Process & { delta: number }>()
  const containers = new Map<string, Container>()
  return {
    scan(made: readonly Made[]): Scan {
      for (const { pid, delta, container, vm } of made) {
        const identity: ProcessIdentity = {
          exe: '',
          containerName: '',
          container: container
            ? {
                id: container,
                runtime: 'docker',
                podId: `pod-of-${container[0]}`,
                cgroup: { controllers: '', path: '/' },
              }
            : undefined,
          virtualMachine: vm ? { id: vm, name: vm, hypervisor: 'kvm' } : undefined,
        }
        if (identity.container && !containers.has(identity.container.id)) {
          containers.set(identity.container.id, {
            identity: identity.container,
            name: '',
            seconds: 0,
            processes: new Set(),
          })
        }
        const known = processes.get(pid)
        if (known) known.delta = delta
        else {
          const at = identity.container && containers.get(identity.container.id)
          processes.set(pid, { pid, startTicks: 1, comm: 'x', identity, container: at, seconds: 0, delta })
        }
      }
      const running = new Map([...processes].filter(([pid]) => made.some((one) => one.pid === pid)))
      const ended = [...processes.values()].filter(({ pid }) => !running.has(pid))
      for (const { pid } of ended) processes.delete(pid)
      const live = new Map(
        [...containers].filter(([id]) => [...running.values()].some((p) => p.container?.identity.id === id)),
      )
      const endedContainers = [...containers.values()].filter(({ identity }) => !live.has(identity.id))
      for (const { identity } of endedContainers) containers.delete(identity.id)
      const active = [...running.values()].filter(({ delta }) => delta > 0)
      return { running, active, containers: live, ended, endedContainers, unreadable: 0 }
    },
  }
}

const joules = <A extends Account>({ running, terminated }: Workloads<A>, zone = 0) =>
  [...running, ...terminated].reduce((sum, { joules: of }) => sum + of[zone]!, 0)
const shares = <A extends Account>({ running }: Workloads<A>) => [...running].map(({ share }) => share)

describe('createAttribution', () => {
  it('gives active energy by processor time, to processes and all that they belong to', () => {
    const { scan } = world()
    const attribution = createAttribution(2, noPodNames)
    const made = [
      { pid: 1, delta: 1 },
      { pid: 2, delta: 2, container: 'a1' },
      { pid: 3, delta: 0, container: 'a1' },
      { pid: 4, delta: 1, container: 'a2' },
      { pid: 5, delta: 4, vm: 'guest' },
    ]
    attribution.update(scan(made), Float64Array.of(80, 8), 2, 0)
    const { processes, containers, pods, virtualMachines, activeWatts } = attribution.snapshot()
    assert.deepEqual([...activeWatts], [40, 4])
    assert.deepEqual(
      [...processes.running].map((account) => [...account.joules]),
      [
        [10, 1],
        [20, 2],
        [0, 0],
        [10, 1],
        [40, 4],
      ],
    )
    assert.deepEqual(shares(containers), [0.25, 0.125])
    assert.deepEqual(shares(pods), [0.375])
    assert.deepEqual(shares(virtualMachines), [0.5])
  })

  it('keeps the energy of what has ended, and its watts are nothing', () => {
    const { scan } = world()
    const attribution = createAttribution(1, noPodNames)
    attribution.update(
      scan([
        { pid: 1, delta: 1, container: 'a1' },
        { pid: 2, delta: 1 },
      ]),
      Float64Array.of(100),
      1,
      0,
    )
    attribution.update(scan([{ pid: 2, delta: 1 }]), Float64Array.of(100), 1, 1)
    const { processes, containers, pods } = attribution.snapshot()
    for (const kind of [processes, containers, pods]) {
      assert.deepEqual(
        [...kind.terminated].map(({ share, joules: of }) => [share, of[0]]),
        [[0, 50]],
      )
    }
    assert.equal(joules(processes), 200)
  })

  it('forgets the ended a while after they were exported, or much later', () => {
    const { scan } = world()
    const attribution = createAttribution(1, noPodNames)
    const left = () => [...attribution.snapshot().processes.terminated].length
    const step = (now: number) => attribution.update(scan([{ pid: 2, delta: 1 }]), Float64Array.of(100), 1, now)
    attribution.update(scan([{ pid: 1, delta: 1 }]), Float64Array.of(100), 1, 0)
    step(1)
    step(100)
    assert.equal(left(), 1)
    attribution.exported()
    step(101)
    assert.equal(left(), 0)
    attribution.update(scan([{ pid: 3, delta: 1 }]), Float64Array.of(100), 1, 102)
    step(103)
    step(1000)
    assert.equal(left(), 0)
  })

  it('shows at most 500 of the ended, those with most energy, and none with hardly any', () => {
    const { scan } = world()
    const attribution = createAttribution(1, noPodNames)
    const many = Array.from({ length: 700 }, (_, index) => ({ pid: index + 1, delta: index + 1 }))
    const total = (700 * 701) / 2
    attribution.update(scan(many), Float64Array.of(total), 1, 0)
    attribution.update(scan([]), Float64Array.of(0), 1, 1)
    const ended = [...attribution.snapshot().processes.terminated].map(({ process }) => process.pid)
    assert.equal(ended.length, 500)
    assert.equal(Math.min(...ended), 201)
    const few = createAttribution(1, noPodNames)
    few.update(scan([{ pid: 1, delta: 1 }]), Float64Array.of(9.9), 1, 0)
    few.update(scan([]), Float64Array.of(0), 1, 1)
    assert.equal([...few.snapshot().processes.terminated].length, 0)
  })

  it('names pods and containers as the kubelet does', () => {
    const { scan } = world()
    const known = { podId: 'uid', podName: 'web-0', namespace: 'shop', containerName: 'nginx' }
    const names: PodNames = { lookup: (id) => (id === 'a1' ? known : undefined) }
    const attribution = createAttribution(1, names)
    attribution.update(scan([{ pid: 1, delta: 1, container: 'a1' }]), Float64Array.of(1), 1, 0)
    const { containers, pods } = attribution.snapshot()
    assert.deepEqual(
      [...containers.running].map(({ name, pod }) => [name, pod?.name, pod?.namespace]),
      [['nginx', 'web-0', 'shop']],
    )
    assert.deepEqual(
      [...pods.running].map(({ id }) => id),
      ['uid'],
    )
  })

  it('says what nobody was seen to use', () => {
    const { scan } = world()
    const attribution = createAttribution(1, noPodNames)
    attribution.update(scan([{ pid: 1, delta: 0 }]), Float64Array.of(7), 1, 0)
    assert.deepEqual([...attribution.snapshot().unattributedJoules], [7])
  })

  it('adds up to the active energy, whatever comes and goes', () => {
    const made = fc.record({
      pid: fc.integer({ min: 1, max: 12 }),
      delta: fc.oneof(fc.constant(0), fc.double({ min: 1e-3, max: 100, noNaN: true })),
    })
    const step = fc.tuple(
      fc.uniqueArray(made, { selector: ({ pid }) => pid }),
      fc.double({ min: 20, max: 1e4, noNaN: true }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const { scan } = world()
        const attribution = createAttribution(1, noPodNames)
        let given = 0
        let now = 0
        for (const [processes, energy] of steps) {
          const all = processes.map(({ pid, delta }) => ({
            pid,
            delta,
            ...(pid % 3 === 0 ? { container: `a${pid % 2}` } : {}),
          }))
          attribution.update(scan(all), Float64Array.of(energy), 1, now++)
          given += energy
          const snapshot = attribution.snapshot()
          const sum = shares(snapshot.processes).reduce((total, share) => total + share, 0)
          const anyActive = all.some(({ delta }) => delta > 0)
          assert.ok(Math.abs(sum - (anyActive ? 1 : 0)) < 1e-9)
        }
        const { processes, containers, pods, unattributedJoules } = attribution.snapshot()
        // Ended processes with less than ten joules are not kept: they are what may be missing.
        const missing = given - joules(processes) - unattributedJoules[0]!
        assert.ok(missing > -1e-6 * given - 1e-9 && missing < 10 * 12 * steps.length + 1e-6)
        assert.ok(Math.abs(joules(containers) - joules(pods)) < 10 * steps.length + 1e-6)
      }),
    )
  })
})
