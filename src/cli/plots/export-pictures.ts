import type { DrawnPicture } from '../../export/export-pipeline.js'
import type { Chart } from '../../plot/chart.js'
import { curveChart, mostCurves } from '../../plot/charts/curve-chart.js'
import { metadataChart } from '../../plot/charts/metadata-chart.js'
import { metadataErrors } from '../../plot/data/metadata-errors.js'
import { curvesOfNodeTypes } from '../../plot/data/node-type-curves.js'
import type { ModelEntry } from '../../registry/model-entry.js'
import type { Pipeline } from '../../registry/pipeline.js'
import { picture } from './draw-plot.js'

const drawing = { theme: 'light', width: 960, scale: 1 } as const

/**
 * The pictures of an exported pipeline by the names of the model database: for each source and output type the errors of
 * its models, and the power curves of its node types where models say what usage they were trained on.
 */
export async function exportPictures(
  pipeline: Pipeline,
  models: readonly ModelEntry[],
): Promise<readonly DrawnPicture[]> {
  const kinds = new Map<string, ModelEntry[]>()
  for (const model of models) {
    const kind = `${model.folder.source}_${model.folder.outputType}`
    kinds.set(kind, [...(kinds.get(kind) ?? []), model])
  }
  const pictures: DrawnPicture[] = []
  for (const [kind, own] of kinds) {
    const { source, outputType } = own[0]!.folder
    const draw = async (what: string, chart: Chart) => {
      const content = await picture(chart, drawing, true)
      pictures.push({ file: `${kind}_${what}.png`, heading: `${source} (${outputType})`, content })
    }
    const errors = metadataErrors(own, 'mae')
    if (errors.length > 0) await draw('model_metadata', metadataChart(pipeline.name, 'mae', errors))
    const curves = curvesOfNodeTypes(pipeline, own, 'mae', mostCurves)
    if (curves.curves.length > 0) await draw('power_curve', curveChart(curves))
  }
  return pictures
}
