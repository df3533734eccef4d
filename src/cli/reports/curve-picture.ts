import { loads } from '../../universal/machine.js'
import type { Band } from '../../universal/zones.js'

const rows = 12
const columnsPerLoad = 5

/** A curve with its band as lines of text: `█` watts, `░` the interval. */
export function curvePicture({ watts, low, high }: Band): readonly string[] {
  const top = niceTop(Math.max(...high))
  const label = String(Math.round(top)).length
  const lines = Array.from({ length: rows }, (_, line) => {
    const upper = top * (1 - line / rows)
    const lower = top * (1 - (line + 1) / rows)
    const cells = loads.map((_, u) => {
      const has = (value: number) => value >= lower && (value < upper || line === 0)
      const mark = has(watts[u]!) ? '█' : high[u]! >= lower && low[u]! < upper ? '░' : ' '
      return mark.repeat(columnsPerLoad - 1).padEnd(columnsPerLoad)
    })
    const every = line % 3 === 0
    return `${(every ? String(Math.round(upper)) : '').padStart(label)} ${every ? '┤' : '│'} ${cells.join('').trimEnd()}`
  })
  const axis = `${'0'.padStart(label)} └${'─'.repeat(loads.length * columnsPerLoad)}`
  const marks = loads
    .map((load) => (load === 0 ? 'idle' : `${Math.round(load * 100)}%`).padEnd(columnsPerLoad))
    .join('')
  return [...lines, axis, `${' '.repeat(label)}   ${marks.trimEnd()}`]
}

/** The next of 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten. */
export function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((step) => step * power >= value) ?? 10) * power
}
