import { extname } from 'node:path'
import { ModelError, quote } from '../../core/errors.js'
import type { Chart } from '../../plot/chart.js'
import { chartSvg, widths } from '../../plot/draw/chart-svg.js'
import { plotLibrary } from '../../plot/draw/plot-library.js'
import { pngRenderer } from '../../plot/draw/png.js'
import { type ThemeName, themes } from '../../plot/themes.js'
import { writeFileAtomic } from '../../runtime/atomic-file.js'
import { outputPath } from '../inputs/data-files.js'

export interface DrawOptions {
  readonly theme: ThemeName
  readonly width: number
  /** Pixels of a PNG for each pixel of the drawing. */
  readonly scale: number
}

const scales = { least: 0.5, most: 4 } as const

/** @throws ModelError `INVALID_REQUEST` that names the option */
export function drawOptions(given: {
  readonly theme: ThemeName
  readonly width: string
  readonly scale: string
}): DrawOptions {
  return {
    theme: given.theme,
    width: numberBetween('width', given.width, widths),
    scale: numberBetween('scale', given.scale, scales),
  }
}

/** Where a picture goes; a name without an ending is an SVG. @throws ModelError `INVALID_REQUEST` for another ending */
export function pictureFile(dataPath: string, name: string): string {
  const ending = extname(name).toLowerCase()
  if (ending === '.svg' || ending === '.png') return outputPath(dataPath, name)
  if (!/^\.[a-z]{2,5}$/.test(ending)) return outputPath(dataPath, `${name}.svg`)
  throw new ModelError('INVALID_REQUEST', `--output ${quote(name)}: pictures are .svg or .png`, { field: 'output' })
}

/** Draws a chart into a file, as what its ending says. @throws ModelError `UNAVAILABLE` when it cannot be written */
export async function drawPlot(path: string, chart: Chart, options: DrawOptions): Promise<void> {
  await writeFileAtomic(path, [await picture(chart, options, extname(path).toLowerCase() === '.png')])
}

/** The bytes of a PNG or the text of an SVG. */
export async function picture(chart: Chart, { theme, width, scale }: DrawOptions, png: boolean) {
  const svg = chartSvg(await plotLibrary(), chart, { theme: themes[theme], width })
  return png ? (await pngRenderer())(svg, scale) : svg
}

function numberBetween(
  option: string,
  text: string,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const number = Number(text)
  if (text.trim() !== '' && number >= least && number <= most) return number
  throw new ModelError('INVALID_REQUEST', `--${option} ${quote(text)}: a number from ${least} to ${most}`, {
    field: option,
  })
}
