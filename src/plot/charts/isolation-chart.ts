import type { Chart } from '../chart.js'
import type { ComponentSplit, IsolationSplit } from '../data/isolation-split.js'
import { findingNotes, gapLayers, timeAxis, timeRange, withPower } from './texts.js'
import { thinnedBand } from './thinned.js'

/** Idle, background and dynamic power as areas on each other, which add up to what was measured. */
export function isolationChart({ source, isolator, times, components, gaps, notes, findings }: IsolationSplit): Chart {
  const { shown, notes: without } = withPower(components, ({ idle, background, dynamic }) =>
    dynamic.map((watts, i) => watts + idle[i]! + background[i]!),
  )
  return {
    title: `What the ${isolator} isolator makes of measured power`,
    subtitle: `${source}; ${times.length} rows, ${timeRange(times)}`,
    panels: shown.map((split) => {
      const edges = edgesOf(split)
      const area = (low: readonly number[], high: readonly number[]) => thinnedBand(times, low, high, gaps)
      const zero = times.map(() => 0)
      return {
        title: `${split.component}: ${sharesText(split)}`,
        x: timeAxis,
        y: { label: 'power (W)', scale: 'linear', fromZero: true },
        layers: [
          ...gapLayers(gaps),
          { kind: 'band', ...area(edges.background, edges.whole), colour: 'dynamic', solid: true, name: 'dynamic' },
          ...(split.background.some((watts) => watts > 0)
            ? [
                {
                  kind: 'band',
                  ...area(edges.idle, edges.background),
                  colour: 'background',
                  solid: true,
                  name: 'background',
                } as const,
              ]
            : []),
          { kind: 'band', ...area(zero, edges.idle), colour: 'idle', solid: true, name: 'idle' },
        ],
      }
    }),
    notes: [...notes, ...without, ...findingNotes(findings)],
  }
}

function edgesOf({ idle, background, dynamic }: ComponentSplit) {
  const below = idle.map((watts, i) => watts + background[i]!)
  return { idle, background: below, whole: below.map((watts, i) => watts + dynamic[i]!) }
}

function sharesText({ idle, background, dynamic }: ComponentSplit): string {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const parts = { idle: sum(idle), background: sum(background), dynamic: sum(dynamic) }
  const whole = parts.idle + parts.background + parts.dynamic
  if (!(whole > 0)) return 'no power'
  return Object.entries(parts)
    .filter(([, joules]) => joules > 0)
    .map(([name, joules]) => `${name} ${((100 * joules) / whole).toFixed(0)} %`)
    .join(', ')
}
