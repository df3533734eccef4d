import { useEffect, useRef, useState } from 'preact/hooks'
import { watts } from '../text/format.js'
import type { PlotLine } from './plot-options.js'

interface ChartProps {
  /** What it shows, for those who cannot see it. */
  readonly title: string
  readonly x: readonly number[]
  readonly lines: readonly PlotLine[]
  readonly isTime?: boolean
  readonly xLabel: string
  readonly xUnit?: string
  /** How a value of `x` is called below the chart. */
  readonly nameX: (value: number) => string
}

const height = 300

/** A chart of watts, with its legend and the values at the cursor, and the same as a table. */
export function Chart({ title, x, lines, isTime = false, xLabel, xUnit = '', nameX }: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const [cursor, setCursor] = useState<number>()
  const theme = useThemeCount()

  // The theme is no value that is read here, and yet it changes the colours.
  useEffect(() => {
    let remove = () => {}
    let gone = false
    // The chart is loaded beside the first answer, so that the page itself is there sooner.
    import('./plot.js').then(({ drawPlot }) => {
      if (gone || !place.current) return
      remove = drawPlot(place.current, { x, lines, isTime, xLabel, xUnit, height, onCursor: setCursor })
    })
    return () => {
      gone = true
      remove()
    }
  }, [x, lines, isTime, xLabel, xUnit, theme])

  const at = cursor !== undefined && x[cursor] !== undefined ? cursor : x.length - 1
  return (
    <figure class="chart">
      <div class="plot" ref={place} role="img" aria-label={title} />
      <figcaption>
        <span class="at">{x[at] === undefined ? '' : nameX(x[at])}</span>
        {lines.map(({ label, color, values, low, high, dashed }) => (
          <span key={label} class="key">
            <i class={`line ${color.slice(2)}${dashed ? ' dashed' : ''}`} aria-hidden="true" />
            {label} <b>{watts(values[at])}</b>
            {low?.[at] !== undefined && high?.[at] !== undefined && (
              <small>
                {watts(low[at])} to {watts(high[at])}
              </small>
            )}
          </span>
        ))}
      </figcaption>
      <details>
        <summary>As a table</summary>
        <ChartTable title={title} x={x} lines={lines} xLabel={xLabel} nameX={nameX} />
      </details>
    </figure>
  )
}

function ChartTable({
  title,
  x,
  lines,
  xLabel,
  nameX,
}: Pick<ChartProps, 'title' | 'x' | 'lines' | 'xLabel' | 'nameX'>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reached by the keyboard
    <section class="scroll" tabIndex={0} aria-label={`${title}, as a table`}>
      <table>
        <thead>
          <tr>
            <th scope="col">{xLabel}</th>
            {lines.map(({ label }) => (
              <th key={label} scope="col" class="number">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {x.map((value, i) => (
            <tr key={value}>
              <th scope="row">{nameX(value)}</th>
              {lines.map(({ label, values, low, high }) => (
                <td key={label} class="number">
                  {watts(values[i])}
                  {low && high && (
                    <small>
                      {' '}
                      ({watts(low[i])} to {watts(high[i])})
                    </small>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** Counts changes of the theme. */
function useThemeCount(): number {
  const [count, setCount] = useState(0)
  useEffect(() => {
    const change = () => setCount((before) => before + 1)
    addEventListener('themechange', change)
    return () => removeEventListener('themechange', change)
  }, [])
  return count
}
