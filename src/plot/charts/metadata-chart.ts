import type { Chart, ColourRole, PointSymbol } from '../chart.js'
import type { MetadataErrors } from '../data/metadata-errors.js'
import { trainerText } from './texts.js'
import { thinnedPoints } from './thinned.js'

const colours: readonly ColourRole[] = ['series-1', 'series-2', 'series-3', 'series-4', 'series-5', 'series-6']
const symbols: readonly PointSymbol[] = ['circle', 'triangle', 'square', 'diamond']
/** With more models the interval says more than points would. */
const mostPoints = 400

/** The errors in the metadata of models, by trainer over feature groups and node types. */
export function metadataChart(pipeline: string, key: string, data: readonly MetadataErrors[]): Chart {
  const percent = key.endsWith('mape')
  const groups = [
    ...new Set(data.flatMap(({ trainers }) => trainers.flatMap(({ points }) => points.map((p) => p.featureGroup)))),
  ].sort()
  const total = data.reduce((sum, { trainers }) => sum + trainers.reduce((all, { models }) => all + models, 0), 0)
  return {
    title: 'Errors in the metadata of a pipeline',
    subtitle: `${pipeline}: ${total} models`,
    panels: data.map(({ source, outputType, trainers }) => {
      const named = trainers.map((one) => ({ ...one, name: `${trainerText(one.trainer)} (${one.models})` }))
      const all = named.flatMap(({ name, points }) => points.map((point) => ({ ...point, name })))
      const few = all.length <= mostPoints
      const spread = Math.max(...all.map(({ error }) => error)) > 50 * Math.max(1e-3, trainers[0]!.middle)
      const least = Math.min(...all.map(({ error }) => error).filter((error) => error > 0))
      const shown = (error: number) => (spread ? Math.max(error, least) : error)
      return {
        title: `${source} · ${outputType}`,
        x: { label: `${key} (${percent ? '%' : 'W'})`, scale: spread ? 'log' : 'linear', fromZero: true },
        y: named.map(({ name }) => name),
        layers: [
          {
            kind: 'interval',
            category: named.map(({ name }) => name),
            low: named.map(({ low }) => shown(low)),
            high: named.map(({ high }) => shown(high)),
            middle: named.map(({ middle }) => shown(middle)),
            colour: 'muted',
            name: 'median, and nine models of ten',
          },
          ...groups.flatMap((group, i) => {
            const own = thinnedPoints(few ? all.filter(({ featureGroup }) => featureGroup === group) : [])
            if (own.length === 0) return []
            return [
              {
                kind: 'points',
                x: own.map(({ error }) => shown(error)),
                y: own.map(({ name }) => name),
                colour: colours[i % colours.length]!,
                symbol: symbols[i % symbols.length]!,
                name: group,
              } as const,
            ]
          }),
        ],
      }
    }),
    notes: ['These are errors as the pipeline tells them; see the plot `error` for those on held-out rows.'],
  }
}
