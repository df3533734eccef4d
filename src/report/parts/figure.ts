import type { Chart } from '../../plot/chart.js'
import { chartSvg } from '../../plot/draw/chart-svg.js'
import type { PlotLibrary } from '../../plot/draw/plot-library.js'
import { type Html, html, trusted } from '../html.js'
import { cssColours } from '../style.js'

/** Draws charts into a page: a wide picture for screens and paper, a narrow one for phones. */
export type Figures = (chart: Chart) => Html

const widths = { wide: 880, narrow: 366 } as const

export function figures(library: PlotLibrary): Figures {
  let count = 0
  return (chart) => {
    count++
    const drawn = (Object.keys(widths) as (keyof typeof widths)[]).map((kind) => {
      const id = `chart-${count}-${kind}`
      const svg = chartSvg(library, chart, { theme: cssColours, width: widths[kind], id })
      return trusted(svg.replace('<svg ', `<svg class="${kind}" `))
    })
    return html`<figure>${drawn}</figure>`
  }
}
