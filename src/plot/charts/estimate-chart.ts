import type { Chart, Panel } from '../chart.js'
import type { EstimatedComponent, EstimatedPower } from '../data/estimated-power.js'
import { findingNotes, gapLayers, methodTexts, modelText, timeAxis, timeRange, withPower } from './texts.js'
import { thinnedBand, thinnedLine } from './thinned.js'

/** Measured and estimated watts in the course of time, with the interval and what was left out. */
export function estimateChart(data: EstimatedPower): Chart {
  const { components, coverage, method, outside, times, findings } = data
  const percent = Math.round(100 * coverage)
  const { shown, notes } = withPower(components, ({ measured }) => measured)
  return {
    title: 'Measured and estimated power',
    subtitle: `${modelText(data)}; ${times.length} rows, ${timeRange(times)}`,
    panels: shown.map((component) => panelOf(data, component)),
    notes: [
      ...(components.some(({ lower }) => lower)
        ? [`The band holds ${percent} % of measurements: ${methodTexts[method]}.`]
        : ['The model does not say how sure it is: there is no band.']),
      ...(outside > 0 ? [`${outside} of ${times.length} rows have usage outside what the model was trained on.`] : []),
      ...notes,
      ...findingNotes(findings),
    ],
  }
}

function panelOf({ times, gaps, coverage }: EstimatedPower, component: EstimatedComponent): Panel {
  const { measured, estimated, lower, upper, mae, mape, within } = component
  const errors = [
    `MAE ${mae.toFixed(2)} W${mape < 0 ? '' : ` (${mape.toFixed(1)} %)`}`,
    ...(within === undefined ? [] : [`${(100 * within).toFixed(0)} % in the band`]),
  ]
  return {
    title: `${component.component}: ${errors.join(', ')}`,
    x: timeAxis,
    y: { label: 'power (W)', scale: 'linear', fromZero: true },
    layers: [
      ...gapLayers(gaps),
      ...(lower && upper
        ? [
            {
              kind: 'band',
              ...thinnedBand(times, lower, upper, gaps),
              colour: 'estimated',
              name: `${Math.round(100 * coverage)} % interval`,
            } as const,
          ]
        : []),
      { kind: 'line', ...thinnedLine(times, measured, gaps), colour: 'measured', name: 'measured' },
      { kind: 'line', ...thinnedLine(times, estimated, gaps), colour: 'estimated', name: 'estimated', dashed: true },
    ],
  }
}
