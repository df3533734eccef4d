import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Container, Process, Scan } from '../workload/process.js'
import { noPodNames, type PodName, type PodNames } from './account.js'
import { createAttribution } from './attribution.js'

interface Made {
  readonly container?: string
  readonly podId?: string
  readonly vm?: string
  readonly delta?: number
}

function made(pid: number, { container, podId, vm, delta = 1 }: Made): Process {
  const identity = {
    ...{ exe: '', containerName: '' },
    container: container
      ? { id: container, runtime: 'docker', podId, cgroup: { controllers: '', path: '/' } }
      : undefined,
    virtualMachine: vm ? { id: vm, name: vm, hypervisor: 'kvm' } : undefined,
  }
  const at: Container | undefined = identity.container && {
    ...{ identity: identity.container, name: 'its own name', seconds: 0, processes: new Set() },
  }
  return { pid, startTicks: 1, comm: 'x', identity, container: at, seconds: 0, delta }
}

/** A scan of these, in which those have ended. */
function scanOf(running: readonly Process[], ended: readonly Process[] = [], unreadable = 0): Scan {
  const containersOf = (processes: readonly Process[]) =>
    processes.flatMap(({ container }) => (container ? [container] : []))
  return {
    running: new Map(running.map((process) => [process.pid, process])),
    active: running.filter(({ delta }) => delta > 0),
    containers: new Map(containersOf(running).map((container) => [container.identity.id, container])),
    ended,
    endedContainers: containersOf(ended),
    unreadable,
  }
}

const many = () => Float64Array.of(100)

describe('the pods of containers', () => {
  it('are none for a container of no pod, which keeps its own name', () => {
    const attribution = createAttribution(1, noPodNames)
    attribution.update(scanOf([made(1, { container: 'c' })]), many(), 1, 0)
    const { containers, pods } = attribution.snapshot()
    assert.deepEqual(
      [...containers.running].map(({ name, pod, share }) => [name, pod, share]),
      [['its own name', undefined, 1]],
    )
    assert.deepEqual([...pods.running], [])
  })

  it('have names as soon as somebody knows them, and keep them when nobody does any more', () => {
    let known: PodName | undefined
    const names: PodNames = { lookup: () => known }
    const attribution = createAttribution(1, names)
    const process = made(1, { container: 'c', podId: 'p' })
    const seen = () => {
      attribution.update(scanOf([process]), many(), 1, 0)
      const { containers, pods } = attribution.snapshot()
      const [{ name, pod } = { name: '', pod: undefined }] = containers.running
      return [name, pod?.name, pod?.namespace, [...pods.running].length]
    }
    assert.deepEqual(seen(), ['its own name', '', '', 1])
    known = { podId: 'p', podName: 'web-0', namespace: 'shop', containerName: 'nginx' }
    assert.deepEqual(seen(), ['nginx', 'web-0', 'shop', 1])
    known = undefined
    assert.deepEqual(seen(), ['nginx', 'web-0', 'shop', 1])
  })

  it('run as long as one of their containers does', () => {
    const attribution = createAttribution(1, noPodNames)
    const [first, second] = [made(1, { container: 'a', podId: 'p' }), made(2, { container: 'b', podId: 'p' })]
    const state = () => {
      const { pods } = attribution.snapshot()
      return [[...pods.running].length, [...pods.terminated].length]
    }
    attribution.update(scanOf([first, second]), many(), 1, 0)
    assert.deepEqual(state(), [1, 0])
    attribution.update(scanOf([second], [first]), many(), 1, 1)
    assert.deepEqual(state(), [1, 0])
    attribution.update(scanOf([], [second]), many(), 1, 2)
    assert.deepEqual(state(), [0, 1])
  })
})

describe('virtual machines', () => {
  it('run as long as one of their processes does, each by itself', () => {
    const attribution = createAttribution(1, noPodNames)
    const [one, other, third] = [made(1, { vm: 'v' }), made(2, { vm: 'w' }), made(3, { vm: 'v', delta: 0 })]
    const state = () => {
      const { virtualMachines } = attribution.snapshot()
      const ids = (all: Iterable<{ identity: { id: string } }>) => [...all].map(({ identity }) => identity.id)
      return [ids(virtualMachines.running), ids(virtualMachines.terminated)]
    }
    attribution.update(scanOf([one, other, third]), many(), 1, 0)
    assert.deepEqual(state(), [['v', 'w'], []])
    attribution.update(scanOf([third], [one, other]), many(), 1, 1)
    assert.deepEqual(state(), [['v'], ['w']])
    attribution.update(scanOf([], [third]), many(), 1, 2)
    assert.deepEqual(state(), [[], ['w', 'v']])
  })
})

describe('an attribution', () => {
  it('has watts over the time that energy stands for, and none over no time', () => {
    const attribution = createAttribution(2, noPodNames)
    const update = (seconds: number) =>
      attribution.update(scanOf([made(1, {})], [], 3), Float64Array.of(100, 10), seconds, 0)
    update(4)
    assert.deepEqual([...attribution.snapshot().activeWatts], [25, 2.5])
    assert.equal(attribution.snapshot().unreadable, 3)
    update(0)
    assert.deepEqual([...attribution.snapshot().activeWatts], [0, 0])
  })

  it('shows shares of the last scan, and joules of all', () => {
    const attribution = createAttribution(2, noPodNames)
    const idle = (process: Process) => ({ ...process, delta: 0 })
    const [one, other] = [made(1, {}), made(2, { delta: 3 })]
    attribution.update(scanOf([one, other]), Float64Array.of(100, 10), 1, 0)
    assert.deepEqual([...attribution.snapshot().unattributedJoules], [0, 0])
    attribution.update(scanOf([idle(one), idle(other)]), Float64Array.of(7, 1), 1, 1)
    attribution.update(scanOf([idle(one), idle(other)]), Float64Array.of(7, 1), 1, 2)
    const { processes, unattributedJoules } = attribution.snapshot()
    assert.deepEqual([...unattributedJoules], [14, 2])
    assert.deepEqual(
      [...processes.running].map(({ share }) => share),
      Array([...processes.running].length).fill(0),
    )
  })

  it('forgets every kind of workload once it was exported', () => {
    const attribution = createAttribution(1, noPodNames)
    const all = [made(1, { container: 'c', podId: 'p' }), made(2, { vm: 'v' })]
    attribution.update(scanOf(all), many(), 1, 0)
    attribution.update(scanOf([], all), many(), 1, 1)
    const ended = () => {
      const { processes, containers, pods, virtualMachines } = attribution.snapshot()
      return [processes, containers, pods, virtualMachines].map(({ terminated }) => [...terminated].length)
    }
    assert.deepEqual(ended(), [2, 1, 1, 1])
    attribution.exported()
    attribution.update(scanOf([]), many(), 1, 61)
    assert.deepEqual(ended(), [0, 0, 0, 0])
  })
})
