import type { Chart, Panel } from '../chart.js'
import { plainText } from '../plain-text.js'
import type { Theme } from '../themes.js'
import { drawPanel, fontSize, panelHeight } from './draw-panel.js'
import { escapeXml } from './escape-xml.js'
import { legendSvg } from './legend.js'
import type { DrawnElement, PlotLibrary } from './plot-library.js'
import { textLines } from './text-lines.js'

export interface SvgOptions {
  readonly theme: Theme
  /** Pixels. @default 860 */
  readonly width?: number
  /** Makes the ids of this picture different from those of others in the same document. */
  readonly id?: string
  /** Without the title, where a page says it. @default true */
  readonly titled?: boolean
}

/** The narrowest and the widest picture. */
export const widths = { least: 300, most: 4000, usual: 860 } as const

const edge = 14
const sizes = { title: 16, subtitle: 12, panelTitle: 13, note: 11 }
/** From this width on, many panels stand side by side. */
const twoColumns = { width: 720, panels: 4 }
const mostTitle = 140
const mostPanelTitle = 120
/** Bold letters are wider than others. */
const boldWidth = 1.08
const mostNote = 400

/** A chart as an SVG document: well-formed XML without scripts, styles and references. Texts are escaped and shortened. */
export function chartSvg(library: PlotLibrary, chart: Chart, options: SvgOptions): string {
  const { theme, width = widths.usual, id = 'chart', titled = true } = options
  const inner = width - 2 * edge
  const parts: string[] = []
  let top = edge
  const write = (text: string, size: number, colour: string, more = '') => {
    for (const line of textLines(text, inner, size)) {
      top += Math.round(1.25 * size)
      parts.push(`<text x="${edge}" y="${top}" font-size="${size}" fill="${colour}"${more}>${escapeXml(line)}</text>`)
    }
  }
  const title = plainText(chart.title, mostTitle)
  if (titled) write(title, sizes.title, theme.text, ' font-weight="bold"')
  if (chart.subtitle !== undefined) write(plainText(chart.subtitle, mostNote), sizes.subtitle, theme.secondary)
  const legend = legendSvg(chart, theme, { x: edge, y: top + 10, width: inner })
  parts.push(legend.svg)
  top += legend.height > 0 ? legend.height + 12 : 8

  const columns = columnsOf(chart.panels, width)
  for (let at = 0; at < chart.panels.length; at += columns) {
    const row = chart.panels.slice(at, at + columns)
    const wide = Math.floor((inner - (columns - 1) * edge) / columns)
    const high = Math.max(...row.map((panel) => panelHeight(panel, chart.panels.length === 1)))
    const titles = row.map((panel) =>
      panel.title === undefined
        ? []
        : textLines(plainText(panel.title, mostPanelTitle), wide, boldWidth * sizes.panelTitle),
    )
    const titleHeight = Math.max(...titles.map((lines) => lines.length)) * (sizes.panelTitle + 4)
    row.forEach((panel, column) => {
      const left = edge + column * (wide + edge)
      titles[column]?.forEach((line, i) => {
        parts.push(
          `<text x="${left}" y="${top + (i + 1) * (sizes.panelTitle + 4) - 4}" font-size="${sizes.panelTitle}" font-weight="bold" fill="${theme.text}">${escapeXml(line)}</text>`,
        )
      })
      const drawn = drawPanel(library, panel, theme, { width: wide, height: high })
      place(drawn, left, top + titleHeight + 4, theme)
      parts.push(drawn.outerHTML)
    })
    top += high + titleHeight + 12
  }
  for (const note of chart.notes) write(plainText(note, mostNote), sizes.note, theme.secondary)
  const height = Math.ceil(top + edge)
  const described = [chart.subtitle ?? '', ...chart.notes].map((text) => plainText(text, mostNote)).join(' ')
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, 'DejaVu Sans', 'Segoe UI', Helvetica, Arial, sans-serif" role="img" aria-labelledby="${id}-title ${id}-description">`,
    `<title id="${id}-title">${escapeXml(title)}</title>`,
    `<desc id="${id}-description">${escapeXml(described.trim())}</desc>`,
    theme.background === 'none' ? '' : `<rect width="${width}" height="${height}" fill="${theme.background}"/>`,
    ...parts,
    '</svg>',
    '',
  ]
    .filter((part) => part !== '')
    .join('\n')
    .concat('\n')
}

/** Puts a panel into the chart, which says of it what a reader with a screen reader needs. */
function place(panel: DrawnElement, x: number, y: number, theme: Theme): void {
  for (const attribute of ['class', 'style', 'font-family']) panel.removeAttribute(attribute)
  const attributes = { x, y, fill: theme.text, color: theme.text, 'font-size': fontSize, 'aria-hidden': true }
  for (const [attribute, value] of Object.entries(attributes)) panel.setAttribute(attribute, String(value))
}

function columnsOf(panels: readonly Panel[], width: number): number {
  const narrow = panels.some(({ y }) => Array.isArray(y))
  return panels.length >= twoColumns.panels && width >= twoColumns.width && !narrow ? 2 : 1
}
