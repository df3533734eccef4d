import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { silentLogger } from '../runtime/ports.js'
import { containersOfPodList } from './pod-list.js'
import { watchPodNames } from './pod-names.js'

function list(...names: readonly string[]): string {
  return JSON.stringify({
    items: names.map((name) => ({
      metadata: { uid: `uid-${name}`, name, namespace: 'shop' },
      status: {
        containerStatuses: [
          { name: 'app', containerID: `containerd://id-${name}` },
          { name: 'starting', containerID: '' },
        ],
        initContainerStatuses: [{ name: 'init', containerID: `cri-o://init-${name}` }],
      },
    })),
  })
}

function scene(answers: (() => string)[]) {
  let now = 0
  let asked = 0
  const warnings: string[] = []
  const names = watchPodNames({
    fetchPods: async () => (answers[asked++] ?? answers.at(-1)!)(),
    logger: { ...silentLogger, warn: (_, message) => warnings.push(message) },
    clock: () => now,
  })
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return { names, warnings, settle, asked: () => asked, pass: (milliseconds: number) => (now += milliseconds) }
}

describe('containersOfPodList', () => {
  it('reads containers of all kinds, but none that has not started', () => {
    const found = containersOfPodList(list('a', 'b'))
    assert.deepEqual([...found.keys()], ['id-a', 'init-a', 'id-b', 'init-b'])
    assert.deepEqual(found.get('id-a'), { podId: 'uid-a', podName: 'a', namespace: 'shop', containerName: 'app' })
  })

  it('takes a list without pods, and refuses what is none', () => {
    assert.equal(containersOfPodList('{"items":null}').size, 0)
    for (const text of ['', '{}', '[]', '{"items":[{}]}', '{"items":[{"metadata":{"uid":1,"name":"x"}}]}']) {
      assert.throws(() => containersOfPodList(text))
    }
  })
})

describe('watchPodNames', () => {
  it('asks soon for a container that is new, and not again for one that nobody knows', async () => {
    const { names, settle, asked, pass } = scene([() => list('a'), () => list('a', 'b')])
    await names.refresh()
    assert.equal(names.lookup('id-a')?.podName, 'a')
    pass(6000)
    assert.equal(names.lookup('id-b'), undefined)
    await settle()
    assert.deepEqual([names.lookup('id-b')?.podName, asked()], ['b', 2])
    pass(6000)
    names.lookup('pause')
    pass(6000)
    names.lookup('pause')
    await settle()
    assert.equal(asked(), 3)
    pass(61_000)
    names.lookup('id-a')
    await settle()
    assert.equal(asked(), 4)
  })

  it('keeps names while nobody answers, and says so once', async () => {
    const fail = () => {
      throw new Error('refused')
    }
    const { names, warnings, pass, settle } = scene([() => list('a'), fail])
    await names.refresh()
    for (let time = 0; time < 5; time++) {
      pass(6000)
      names.lookup(`new-${time}`)
      await settle()
    }
    assert.equal(names.lookup('id-a')?.podName, 'a')
    assert.deepEqual(warnings, ['pods have no names: refused'])
    pass(60_000)
    names.lookup('id-a')
    await settle()
    assert.equal(warnings.length, 2, 'again after a minute')
  })

  it('asks again after a minute, and for what is new after five seconds', async () => {
    const { names, settle, asked, pass } = scene([() => list('a')])
    names.lookup('id-a')
    await settle()
    assert.equal(asked(), 1, 'at once when it never asked')
    const looked = async (milliseconds: number, id: string) => {
      pass(milliseconds)
      names.lookup(id)
      await settle()
      return asked()
    }
    assert.equal(await looked(4999, 'new'), 1)
    assert.equal(await looked(1, 'new'), 2)
    assert.equal(await looked(59_999, 'id-a'), 2)
    assert.equal(await looked(1, 'id-a'), 3)
  })

  it('asks once for all who wait', async () => {
    const { names, asked } = scene([() => list('a')])
    await Promise.all([names.refresh(), names.refresh()])
    assert.equal(asked(), 1)
    await names.refresh()
    assert.equal(asked(), 2)
  })

  it('forgets what nobody knows when that is twenty thousand containers', async () => {
    const { names, settle, asked, pass } = scene([() => list()])
    const lookedAt = async (id: string) => {
      pass(5000)
      names.lookup(id)
      await settle()
    }
    for (let i = 0; i < 20_000; i++) await lookedAt(String(i))
    const before = asked()
    await lookedAt('0')
    assert.equal(asked(), before)
    await lookedAt('one more')
    await lookedAt('0')
    assert.equal(asked(), before + 2)
  })

  it('says nothing of a question that it broke off itself', async () => {
    const warnings: string[] = []
    const names = watchPodNames({
      fetchPods: (signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped')))),
      logger: { ...silentLogger, warn: (_, message) => warnings.push(message) },
      clock: () => 0,
    })
    const asking = names.refresh()
    names.close()
    await asking
    assert.deepEqual(warnings, [])
  })
})
