import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { containersOfPodList } from './pod-list.js'

const ids = (items: unknown) => [...containersOfPodList(JSON.stringify({ items })).keys()]
const metadata = { uid: 'u', name: 'p', namespace: 'n' }
const containers = (count: number, first = 0) =>
  Array.from({ length: count }, (_, i) => ({ name: 'c', containerID: `x://${first + i}` }))

describe('containersOfPodList', () => {
  it('reads the three kinds of containers, and pods without any', () => {
    const one = (id: string) => [{ name: 'c', containerID: id }]
    assert.deepEqual(
      ids([
        { metadata, status: { ephemeralContainerStatuses: one('e'), initContainerStatuses: one('i') } },
        { metadata, status: { containerStatuses: null } },
        { metadata, status: null },
        { metadata },
      ]),
      ['i', 'e'],
    )
  })

  it('takes the id without its runtime, and leaves out what has none', () => {
    const statuses = ['cri-o://a', 'docker://b', 'c', 'x/y://d', 'containerd://', '', undefined, 'a://b://c']
    const status = { containerStatuses: statuses.map((containerID) => ({ name: 'c', containerID })) }
    assert.deepEqual(ids([{ metadata, status }]), ['a', 'b', 'c', 'x/y://d', 'b://c'])
  })

  it('takes a pod without a namespace', () => {
    const list = { items: [{ metadata: { uid: 'u', name: 'p' }, status: { containerStatuses: containers(1) } }] }
    assert.deepEqual(containersOfPodList(JSON.stringify(list)).get('0'), {
      podId: 'u',
      podName: 'p',
      namespace: '',
      containerName: 'c',
    })
  })

  it('takes names of a thousand characters', () => {
    const named = (length: number) => ids([{ metadata: { ...metadata, name: 'x'.repeat(length) } }])
    assert.deepEqual(named(1000), [])
    assert.throws(() => named(1001))
  })

  it('takes a thousand containers of a pod, ten thousand pods, and keeps twenty thousand containers', () => {
    assert.equal(ids([{ metadata, status: { containerStatuses: containers(1000) } }]).length, 1000)
    assert.throws(() => ids([{ metadata, status: { containerStatuses: containers(1001) } }]))
    assert.deepEqual(ids(Array.from({ length: 10_000 }, () => ({ metadata }))), [])
    assert.throws(() => ids(Array.from({ length: 10_001 }, () => ({ metadata }))))
    const many = (pods: number) =>
      Array.from({ length: pods }, (_, pod) => ({
        metadata,
        status: { containerStatuses: containers(1000, 1000 * pod) },
      }))
    assert.deepEqual(
      [19, 20, 21].map((pods) => ids(many(pods)).length),
      [19_000, 20_000, 20_000],
    )
  })
})
