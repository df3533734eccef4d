import type { Chart, Panel } from '../chart.js'
import type { Preprocessed } from '../data/preprocessed.js'
import { featureText, findingNotes, gapLayers, timeAxis, timeRange, withPower } from './texts.js'
import { thinnedLine } from './thinned.js'

/** Usage and power in the course of time: what models learn from. */
export function preprocessChart({ source, outputType, times, power, usage, gaps, findings }: Preprocessed): Chart {
  const panel = (title: string, label: string, values: readonly number[], ofPower: boolean): Panel => ({
    title,
    x: timeAxis,
    y: { label, scale: 'linear', fromZero: true },
    layers: [
      ...gapLayers(gaps),
      {
        kind: 'line',
        ...thinnedLine(times, values, gaps),
        colour: ofPower ? 'series-2' : 'series-1',
        name: ofPower ? 'power' : 'usage',
      },
    ],
  })
  const { shown, notes } = withPower(power, ({ watts }) => watts)
  return {
    title: 'Usage and power that models learn from',
    subtitle: `${source}, ${outputType}; ${times.length} rows, ${timeRange(times)}`,
    panels: [
      ...shown.map(({ component, watts }) => panel(component, 'power (W)', watts, true)),
      ...usage.map(({ feature, values }) => panel(feature, unitOf(feature), values, false)),
    ],
    notes: [...notes, ...findingNotes(findings)],
  }
}

/** The panel's title has the feature's name already. */
function unitOf(feature: string): string {
  const unit = /\(([^)]+)\)$/.exec(featureText(feature))?.[1]
  return unit === undefined ? 'usage' : `usage (${unit})`
}
