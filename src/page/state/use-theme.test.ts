import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { renderedHook } from '../../../test/support/page/rendered-hook.js'
import { replaceParameters, useRoute } from './use-route.js'
import { useTheme } from './use-theme.js'

class HashChange extends Event {}

/** What these hooks ask of a browser. */
function browser(kept: string | null, prefersDark: boolean) {
  const target = new EventTarget()
  const query = Object.assign(new EventTarget(), { matches: prefersDark })
  const storage = new Map(kept === null ? [] : [['kepler-theme', kept]])
  const location = { hash: '' }
  const dataset: { theme?: string } = {}
  const state = { isForbidden: false, replaced: 0, asked: [] as string[] }
  const forbidden = () => {
    if (state.isForbidden) throw new Error('forbidden')
  }
  const globals = {
    location,
    document: { documentElement: { dataset } },
    addEventListener: target.addEventListener.bind(target),
    removeEventListener: target.removeEventListener.bind(target),
    dispatchEvent: target.dispatchEvent.bind(target),
    HashChangeEvent: HashChange,
    matchMedia: (text: string) => {
      state.asked.push(text)
      return query
    },
    localStorage: {
      getItem: (key: string) => {
        forbidden()
        return storage.get(key) ?? null
      },
      setItem: (key: string, value: string) => {
        forbidden()
        storage.set(key, value)
      },
    },
    history: {
      replaceState: (_: unknown, __: string, hash: string) => {
        state.replaced++
        location.hash = hash
      },
    },
  }
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }
  return { target, query, storage, location, dataset, state }
}

const names = [
  ...['location', 'document', 'addEventListener', 'removeEventListener', 'dispatchEvent', 'HashChangeEvent'],
  ...['matchMedia', 'localStorage', 'history'],
]
const before = new Map<string, PropertyDescriptor | undefined>()
beforeEach(() => {
  for (const name of names) before.set(name, Object.getOwnPropertyDescriptor(globalThis, name))
})
afterEach(() => {
  for (const [name, descriptor] of before) {
    if (descriptor) Object.defineProperty(globalThis, name, descriptor)
    else Reflect.deleteProperty(globalThis, name)
  }
})

const theme = (_: undefined) => useTheme()

describe('useTheme', () => {
  it('is that of the system, and follows it', async () => {
    const { query, dataset, state } = browser(null, false)
    const { value, act, end } = await renderedHook(theme, undefined)
    assert.deepEqual([value()[0], dataset.theme], ['light', 'light'])
    assert.ok(state.asked.every((text) => text === '(prefers-color-scheme: dark)'))
    query.matches = true
    await act(() => query.dispatchEvent(new Event('change')))
    assert.deepEqual([value()[0], dataset.theme], ['dark', 'dark'])
    await end()
    query.matches = false
    query.dispatchEvent(new Event('change'))
    assert.equal(dataset.theme, 'dark')
  })

  it('is the one that was chosen before, if that is one', async () => {
    for (const [kept, shown] of [
      ['dark', 'dark'],
      ['light', 'light'],
      ['purple', 'light'],
    ] as const) {
      browser(kept, false)
      const { value, end } = await renderedHook(theme, undefined)
      assert.equal(value()[0], shown)
      await end()
    }
  })

  it('is kept when it is chosen, and told to charts', async () => {
    const { storage, dataset, target } = browser(null, false)
    let told = 0
    target.addEventListener('themechange', () => told++)
    const { value, act, end } = await renderedHook(theme, undefined)
    assert.equal(told, 1)
    await act(() => value()[1]('dark'))
    assert.deepEqual([value()[0], dataset.theme, storage.get('kepler-theme'), told], ['dark', 'dark', 'dark', 2])
    await end()
  })

  it('is shown where a browser keeps nothing', async () => {
    const { state } = browser('dark', false)
    state.isForbidden = true
    const { value, act, end } = await renderedHook(theme, undefined)
    assert.equal(value()[0], 'light')
    await act(() => value()[1]('dark'))
    assert.equal(value()[0], 'dark')
    await end()
  })
})

describe('useRoute', () => {
  const route = (_: undefined) => useRoute()

  it('is that of the address, and follows it until it is left', async () => {
    const { location, target } = browser(null, false)
    location.hash = '#/models?search=a'
    const { value, act, end } = await renderedHook(route, undefined)
    assert.deepEqual(value(), { view: 'models', parameters: { search: 'a' } })
    location.hash = '#/online'
    await act(() => target.dispatchEvent(new Event('hashchange')))
    assert.equal(value().view, 'online')
    await end()
    location.hash = '#/live'
    target.dispatchEvent(new Event('hashchange'))
    assert.equal(value().view, 'online')
  })

  it('changes without a step in the history', async () => {
    const { state } = browser(null, false)
    const { value, act, end } = await renderedHook(route, undefined)
    assert.equal(value().view, 'machine')
    await act(() => replaceParameters('models', { search: 'x', sort: '' }))
    assert.deepEqual(value(), { view: 'models', parameters: { search: 'x' } })
    assert.equal(state.replaced, 1)
    await end()
  })
})
