import type { DrawnElement } from './plot-library.js'

const geometry: ReadonlySet<string> = new Set('d x y x1 y1 x2 y2 cx cy r width height transform'.split(' '))

/** Coordinates to a tenth of a pixel: fifteen digits of each make a picture three times as large. */
export function roundedNumbers(svg: DrawnElement): void {
  for (const element of svg.querySelectorAll('*')) {
    for (const { name, value } of [...element.attributes]) {
      if (geometry.has(name)) element.setAttribute(name, value.replace(/-?\d+\.\d{2,}(?![\de])/g, tenth))
    }
  }
}

function tenth(digits: string): string {
  return String(Math.round(10 * Number(digits)) / 10)
}
