import { curveChart } from '../../plot/charts/curve-chart.js'
import { curvesOfNodeTypes } from '../../plot/data/node-type-curves.js'
import type { Pipeline } from '../../registry/pipeline.js'
import { html } from '../html.js'
import type { Section } from '../page.js'
import type { Figures } from '../parts/figure.js'

const mostSources = 4
/** The eight colours that can be told apart. */
const mostCurves = 8

/** Power curves of node types, of each energy source. */
export function curvesSection(pipeline: Pipeline, errorKey: string, figures: Figures): Section | undefined {
  const shown = pipeline.sources.slice(0, mostSources).flatMap((source) => {
    const models = pipeline.entries.filter(({ folder }) => folder.source === source && folder.outputType === 'AbsPower')
    const data = curvesOfNodeTypes(pipeline, models, errorKey, mostCurves)
    return data.curves.length === 0 ? [] : [figures(curveChart(data))]
  })
  if (shown.length === 0) return undefined
  return { id: 'curves', title: 'Power curves', body: html`${shown}` }
}
