import type { Chart, ColourRole } from '../chart.js'
import type { PowerCurves } from '../data/power-curves.js'
import { methodTexts } from './texts.js'

const colours: readonly ColourRole[] = [
  'series-1',
  'series-2',
  'series-3',
  'series-4',
  'series-5',
  'series-6',
  'series-7',
  'series-8',
]
export const mostCurves = 2 * colours.length
const mostUnreadable = 3

/** Watts of node types from no usage to the highest that their models were trained on. */
export function curveChart(data: PowerCurves): Chart {
  const { pipeline, folder, components, curves, coverage, method, left, unreadable } = data
  const [only] = curves.length === 1 ? curves : []
  const band = only?.low && only.high ? { low: only.low, high: only.high, x: only.usage } : undefined
  return {
    title: `Power curves of ${pipeline}`,
    subtitle: `${folder}; ${components.join(' + ')}; the best model of each node type`,
    panels: [
      {
        x: { label: 'usage, all features together (% of the highest in training)', scale: 'linear', fromZero: true },
        y: { label: 'power (W)', scale: 'linear', fromZero: true },
        layers: [
          ...(band
            ? [
                {
                  kind: 'band',
                  ...band,
                  colour: 'series-1',
                  name: `${Math.round(100 * coverage)} % interval`,
                } as const,
              ]
            : []),
          ...curves.map(
            ({ name, usage, watts }, i) =>
              ({
                kind: 'line',
                x: usage,
                y: watts,
                colour: colours[i % colours.length]!,
                dashed: i >= colours.length,
                name,
              }) as const,
          ),
        ],
      },
    ],
    notes: [
      ...(band ? [`The band holds ${Math.round(100 * coverage)} % of measurements: ${methodTexts[method]}.`] : []),
      ...(left > 0
        ? [`${left} more node types are not shown: kepler-model plot power_curve --node-type draws them.`]
        : []),
      ...unreadable.slice(0, mostUnreadable).map((why) => `not drawn: ${why}`),
      ...(unreadable.length > mostUnreadable ? [`and ${unreadable.length - mostUnreadable} more`] : []),
    ],
  }
}
