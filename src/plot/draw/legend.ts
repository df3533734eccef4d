import type { Chart, Layer } from '../chart.js'
import { plainText } from '../plain-text.js'
import type { Theme } from '../themes.js'
import { escapeXml } from './escape-xml.js'
import { textWidth } from './text-lines.js'

const fontSize = 12
const swatch = { width: 22, height: 12, gap: 6 }
const lineHeight = 20
const between = 18

/** The legend of all panels as SVG, left to right and in as many lines as it needs. */
export function legendSvg(
  { panels }: Pick<Chart, 'panels'>,
  theme: Theme,
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
): { readonly svg: string; readonly height: number } {
  const entries = new Map<string, Layer>()
  for (const layer of panels.flatMap(({ layers }) => layers)) {
    if (layer.name !== undefined) entries.set(`${layer.name} ${layer.colour}`, layer)
  }
  let [left, top] = [x, y]
  const drawn = [...entries.values()].map((layer) => {
    const name = plainText(layer.name ?? '', 48)
    const wide = swatch.width + swatch.gap + textWidth(name, fontSize)
    if (left > x && left + wide > x + width) {
      left = x
      top += lineHeight
    }
    const svg = `<g transform="translate(${Math.round(left)},${top})">${swatchSvg(layer, theme)}<text x="${swatch.width + swatch.gap}" y="10" fill="${theme.text}">${escapeXml(name)}</text></g>`
    left += wide + between
    return svg
  })
  const height = drawn.length === 0 ? 0 : top - y + lineHeight
  return { svg: drawn.length === 0 ? '' : `<g font-size="${fontSize}" class="legend">${drawn.join('')}</g>`, height }
}

function swatchSvg(layer: Layer, { roles }: Theme): string {
  const colour = roles[layer.colour]
  const { width, height } = swatch
  const middle = height / 2
  const line = (more: string) =>
    `<path d="M0,${middle}H${width}" fill="none" stroke="${colour}" stroke-width="2" ${more}/>`
  const box = (opacity: number) =>
    `<rect width="${width}" height="${height}" fill="${colour}" fill-opacity="${opacity}"/>`
  switch (layer.kind) {
    case 'line':
      return line(layer.dashed ? 'stroke-dasharray="6 4"' : '')
    case 'rule':
      return line('stroke-dasharray="3 3"')
    case 'band':
      return box(layer.solid ? 0.9 : 0.3)
    case 'span':
      return box(0.25)
    case 'interval':
      return `<path d="M0,${middle}H${width}" stroke="${colour}" stroke-width="8" stroke-opacity="0.35"/><path d="M${width / 2},0V${height}" stroke="${colour}" stroke-width="2.5"/>`
    case 'points': {
      const shapes = {
        circle: `<circle cx="${width / 2}" cy="${middle}" r="4" `,
        triangle: `<path d="M${width / 2},1L${width / 2 + 5},10H${width / 2 - 5}Z" `,
        square: `<rect x="${width / 2 - 4}" y="${middle - 4}" width="8" height="8" `,
        diamond: `<path d="M${width / 2},0L${width / 2 + 5},${middle}L${width / 2},${height}L${width / 2 - 5},${middle}Z" `,
      }
      return `${shapes[layer.symbol ?? 'circle']}fill="${layer.faint ? colour : 'none'}" stroke="${colour}" stroke-width="1.5"/>`
    }
  }
}
