import type { Chart } from '../chart.js'
import type { Residuals } from '../data/residuals.js'
import { featureText, modelText } from './texts.js'
import { thinnedPoints } from './thinned.js'

/** Estimated minus measured watts against load: a good model has no shape here. */
export function residualChart(data: Residuals): Chart {
  const { load, components, heldOut } = data
  const off = components.filter(({ residuals }) => residuals.some((watts) => watts !== 0))
  const exact = components.filter((component) => !off.includes(component)).map(({ component }) => component)
  return {
    title: heldOut ? 'Residuals by load, on rows that were held out' : 'Residuals by load',
    subtitle: modelText(data),
    panels: (off.length > 0 ? off : components.slice(0, 1)).map(({ component, residuals, levels }) => {
      const points = thinnedPoints(residuals.map((residual, i) => ({ x: load.values[i]!, y: residual })))
      const x = levels.map((level) => level.load)
      return {
        title: component,
        x: { label: featureText(load.feature), scale: 'linear' },
        y: { label: 'estimated − measured (W)', scale: 'linear', fromZero: true },
        layers: [
          {
            kind: 'band',
            x,
            low: levels.map(({ low }) => low),
            high: levels.map(({ high }) => high),
            colour: 'series-2',
            name: 'nine rows of ten',
          },
          {
            kind: 'points',
            x: points.map((point) => point.x),
            y: points.map((point) => point.y),
            colour: 'estimated',
            faint: true,
            name: 'a row',
          },
          { kind: 'rule', at: { y: 0 }, colour: 'muted' },
          { kind: 'line', x, y: levels.map(({ middle }) => middle), colour: 'series-2', name: 'median' },
        ],
      }
    }),
    notes: [
      ...(exact.length > 0 ? [`${exact.join(', ')}: estimated as measured at all times.`] : []),
      heldOut
        ? 'Each row was estimated by a model that was trained without the block of time it is in.'
        : 'If the model was trained on these rows, new ones have larger residuals.',
    ],
  }
}
