import assert from 'node:assert/strict'
import { afterEach, describe, it, mock } from 'node:test'
import { renderedHook } from '../../../test/support/page/rendered-hook.js'
import { useAnswer } from './use-answer.js'
import { useModel } from './use-model.js'

type Settle = (answer: unknown) => void
interface Request {
  readonly route: string
  readonly body: unknown
  readonly signal: AbortSignal
  readonly answer: Settle
  readonly fail: Settle
}

/** A server whose answers a test gives when it wants to. */
function server(): Request[] {
  const asked: Request[] = []
  mock.method(globalThis, 'fetch', (route: string, init: RequestInit) => {
    return new Promise<Response>((resolve, reject) => {
      asked.push({
        route,
        body: init.body === undefined ? undefined : JSON.parse(String(init.body)),
        signal: init.signal!,
        answer: (document) => resolve(new Response(JSON.stringify(document))),
        fail: reject,
      })
    })
  })
  return asked
}
/** Timers of no length, and promises of an answer. */
const settled = async () => {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setTimeout(resolve, 0))
}
afterEach(() => mock.restoreAll())

const hook = ([route, options]: readonly [string | undefined, Parameters<typeof useAnswer>[1]?]) =>
  useAnswer<unknown>(route, options)

describe('useAnswer', () => {
  it('is loading until the answer is there', async () => {
    const asked = server()
    const { value, act, end } = await renderedHook(hook, ['a'])
    assert.deepEqual({ ...value(), again: 0 }, { answer: undefined, error: undefined, loading: true, again: 0 })
    await act(settled)
    assert.deepEqual([asked[0]?.route, asked[0]?.body], ['a', undefined])
    asked[0]?.answer({ x: 1 })
    await act(settled)
    assert.deepEqual({ ...value(), again: 0 }, { answer: { x: 1 }, error: undefined, loading: false, again: 0 })
    await end()
  })

  it('asks nothing without a route', async () => {
    const asked = server()
    const { value, act, end } = await renderedHook(hook, [undefined])
    await act(settled)
    assert.equal(asked.length, 0)
    assert.deepEqual([value().answer, value().error, value().loading], [undefined, undefined, true])
    await end()
  })

  it('keeps the answer while the next is asked for, and drops one that comes too late', async () => {
    const asked = server()
    const { value, act, again, end } = await renderedHook(hook, ['a'])
    await act(settled)
    asked[0]?.answer(1)
    await act(settled)
    await again(['b'])
    await act(settled)
    assert.deepEqual([value().answer, value().loading], [1, true])
    await again(['c'])
    await act(settled)
    assert.deepEqual(
      asked.map(({ signal }) => signal.aborted),
      [true, true, false],
    )
    asked[1]?.answer(2)
    await act(settled)
    assert.equal(value().answer, 1)
    asked[2]?.answer(3)
    await act(settled)
    assert.deepEqual([value().answer, value().loading], [3, false])
    await end()
  })

  it('says why there is no answer, and forgets the one before', async () => {
    const asked = server()
    const { value, act, again, end } = await renderedHook(hook, ['a'])
    await act(settled)
    asked[0]?.answer(1)
    await act(settled)
    await again(['b'])
    await act(settled)
    asked[1]?.fail(new TypeError('refused'))
    await act(settled)
    const { answer, error, loading } = value()
    assert.deepEqual(
      [answer, error?.status, error?.message, loading],
      [undefined, 0, 'the server does not answer (refused)', false],
    )
    await act(() => value().again())
    await act(settled)
    asked[2]?.answer(3)
    await act(settled)
    assert.deepEqual([value().answer, value().error], [3, undefined])
    await end()
  })

  it('says nothing of a question that failed when another one was asked already', async () => {
    const asked = server()
    const { value, act, again, end } = await renderedHook(hook, ['a'])
    await act(settled)
    await again(['b'])
    await act(settled)
    asked[0]?.fail(new TypeError('refused'))
    await act(settled)
    assert.deepEqual([value().error, value().loading], [undefined, true])
    asked[1]?.answer(2)
    await act(settled)
    assert.deepEqual([value().answer, value().error, value().loading], [2, undefined, false])
    await end()
  })

  it('asks with a body by its value, and not again for an equal one', async () => {
    const asked = server()
    const { act, again, end } = await renderedHook(hook, ['a', { body: { x: 1 } }])
    await act(settled)
    await again(['a', { body: { x: 1 } }])
    await act(settled)
    assert.equal(asked.length, 1)
    await again(['a', { body: { x: 2 } }])
    await act(settled)
    assert.deepEqual(
      asked.map(({ body }) => body),
      [{ x: 1 }, { x: 2 }],
    )
    await end()
  })

  it('waits for the next change before it asks, but not the first time', async () => {
    const asked = server()
    const { act, again, end } = await renderedHook(hook, ['a', { settle: 600_000 }])
    await act(settled)
    assert.equal(asked.length, 1)
    await again(['b', { settle: 600_000 }])
    await act(settled)
    assert.equal(asked.length, 1)
    await end()
    assert.equal(asked[0]?.signal.aborted, true)
  })
})

describe('useModel', () => {
  const overview = {
    machine: { processor: 'ours' },
    pipelines: [{ sources: ['acpi'] }],
    feature_groups: { BPFOnly: ['bpf_cpu_time_ms'] },
  } as unknown as Parameters<typeof useModel>[1]
  const model = ([parameters, known]: readonly [Parameters<typeof useModel>[0], typeof overview]) =>
    useModel(parameters, known)

  it('is the one that the address names', async () => {
    const asked = server()
    const { value, act, end } = await renderedHook(model, [{ pipeline: 'a b', path: 'x/y' }, overview])
    await act(settled)
    assert.deepEqual(
      asked.map(({ route }) => route),
      ['api/v1/model?pipeline=a+b&path=x%2Fy'],
    )
    asked[0]?.answer({ name: 'm' })
    await act(settled)
    assert.deepEqual(value().answer, { name: 'm' })
    await end()
  })

  it('is else the one that the machine gets', async () => {
    const asked = server()
    const { value, act, end } = await renderedHook(model, [{ pipeline: 'a' }, overview])
    await act(settled)
    assert.deepEqual(
      asked.map(({ route }) => route),
      ['api/v1/choice'],
    )
    assert.deepEqual(Object(asked[0]?.body).machine_spec, { processor: 'ours' })
    assert.equal(value().answer, undefined)
    asked[0]?.answer({ model: { name: 'best' } })
    await act(settled)
    assert.deepEqual(value().answer, { name: 'best' })
    await end()
  })

  it('is not asked for where nothing is served', async () => {
    const asked = server()
    const { act, end } = await renderedHook(model, [{}, { ...overview, pipelines: [] }])
    await act(settled)
    assert.equal(asked.length, 0)
    await end()
  })
})
