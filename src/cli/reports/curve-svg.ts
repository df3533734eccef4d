import { loads } from '../../universal/machine.js'
import type { CalibrationPoint } from '../../universal/calibration.js'
import type { Band } from '../../universal/zones.js'
import { niceTop } from './curve-picture.js'

const width = 640
const height = 380
const margin = { left: 60, right: 20, top: 40, bottom: 46 }

/** A curve with its band and the points it was calibrated with, as an SVG document. */
export function curveSvg(title: string, { watts, low, high }: Band, points: readonly CalibrationPoint[] = []): string {
  const top = niceTop(Math.max(...high, ...points.map((point) => point.watts)))
  const x = (load: number) => (margin.left + load * (width - margin.left - margin.right)).toFixed(1)
  const y = (value: number) =>
    (height - margin.bottom - (value / top) * (height - margin.top - margin.bottom)).toFixed(1)
  const path = (curve: Float64Array) => loads.map((load, u) => `${x(load)},${y(curve[u]!)}`)
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<line x1="${x(0)}" x2="${x(1)}" y1="${y(share * top)}" y2="${y(share * top)}" stroke="#d0d7de"/>` +
      `<text x="${margin.left - 8}" y="${Number(y(share * top)) + 4}" text-anchor="end">${Math.round(share * top * 10) / 10}</text>`,
  )
  const marks = loads.map(
    (load) =>
      `<text x="${x(load)}" y="${height - margin.bottom + 18}" text-anchor="middle">${Math.round(load * 100)}</text>`,
  )
  const dots = points.map(({ load, watts: at }) => `<circle cx="${x(load)}" cy="${y(at)}" r="4" fill="#cf222e"/>`)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#24292f">`,
    `<title>${escapeXml(title)}: power by load</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${margin.left}" y="24" font-size="14">${escapeXml(title)}: watts at the wall by load, with the 90 % interval</text>`,
    ...grid,
    ...marks,
    `<polygon points="${[...path(low), ...path(high).reverse()].join(' ')}" fill="#0969da" fill-opacity="0.18"/>`,
    `<polyline points="${path(watts).join(' ')}" fill="none" stroke="#0969da" stroke-width="2.5"/>`,
    ...dots,
    `<text x="${x(0.5)}" y="${height - 8}" text-anchor="middle">load, %</text>`,
    '</svg>',
    '',
  ].join('\n')
}

function escapeXml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
  // Control characters are not XML, however they are written.
  return text
    .slice(0, 80)
    .replace(/[^\x20-\x7e\u00a0-\ud7ff]/g, ' ')
    .replace(/[&<>"]/g, (character) => entities[character]!)
}
