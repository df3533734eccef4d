import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { parseHTML } from 'linkedom'
import type { PlotOptions } from './plot-options.js'

/** What uPlot asks of a browser: a document, a picture to draw into that keeps nothing, and sizes that change. */
const { document, window } = parseHTML('<!doctype html><html><body></body></html>')
const watched = new Map<ResizeWatcher, unknown>()

class ResizeWatcher {
  readonly tell: () => void
  constructor(tell: () => void) {
    this.tell = tell
  }
  observe(element: unknown): void {
    watched.set(this, element)
  }
  disconnect(): void {
    watched.delete(this)
  }
}

const strokes: string[] = []
const context = new Proxy(
  { measureText: () => ({ width: 10 }) },
  {
    get: (known, name) => Reflect.get(known, name) ?? (() => undefined),
    set: (_, name, value) => {
      if (name === 'strokeStyle') strokes.push(String(value))
      return true
    },
  },
)

const colours: Readonly<Record<string, string>> = { '--muted': ' #111111 ', '--line': '#222222', '--one': ' #aabbcc' }
const events = { addEventListener: () => {}, removeEventListener: () => {}, dispatchEvent: () => true }
const globals = {
  ...events,
  ...{ document, window: events, navigator: { language: 'en' }, devicePixelRatio: 1, ResizeObserver: ResizeWatcher },
  matchMedia: () => new EventTarget(),
  HTMLElement: window.HTMLElement,
  requestAnimationFrame: (happen: () => void) => queueMicrotask(happen),
  Path2D: class {
    moveTo() {}
    lineTo() {}
    rect() {}
  },
  getComputedStyle: () => ({ fontFamily: 'Sans', getPropertyValue: (name: string) => colours[name] ?? '' }),
}

const names = Object.keys(globals)
const own = new Map(names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]))
before(() => {
  Object.assign(window.HTMLCanvasElement.prototype, { getContext: () => context })
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
  }
})
after(() => {
  for (const [name, descriptor] of own) {
    if (descriptor) Object.defineProperty(globalThis, name, descriptor)
    else Reflect.deleteProperty(globalThis, name)
  }
})

describe('drawPlot', () => {
  it('draws into the element in the colours of its style sheet, follows its width, and is taken away', async () => {
    // It looks at the browser when it is loaded.
    const { drawPlot } = await import('./plot.js')
    const element = document.createElement('div')
    let clientWidth = 640
    Object.defineProperty(element, 'clientWidth', { get: () => clientWidth })
    const wanted: PlotOptions = {
      ...{ x: [0, 50, 100], isTime: false, xLabel: 'Load', xUnit: '%', height: 300, onCursor: () => {} },
      lines: [{ label: 'a', color: '--one', values: [1, 2, 3] }],
    }
    const remove = drawPlot(element as unknown as HTMLElement, wanted)
    await settled()
    const size = () => {
      const { width, height } = element.querySelector('canvas') as unknown as HTMLCanvasElement
      return [Number(width), Number(height)]
    }
    assert.deepEqual(size(), [640, 300])
    // Without the blanks that a style sheet has around a value.
    assert.ok(strokes.includes('#aabbcc') && strokes.includes('#222222'), strokes.join())

    assert.deepEqual([...watched.values()], [element])
    for (const [width, expected] of [
      [400, 400],
      [20, 200],
    ] as const) {
      clientWidth = width
      for (const { tell } of watched.keys()) tell()
      await settled()
      assert.deepEqual(size(), [expected, 300])
    }

    remove()
    assert.equal(watched.size, 0)
    assert.equal(element.innerHTML, '')
  })
})

/** What uPlot draws, it draws at the end of the turn. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
