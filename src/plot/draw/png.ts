import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { ModelError, messageOf } from '../../core/errors.js'

const family = 'DejaVu Sans'

/** Draws an SVG document of ours as PNG. */
export type PngRenderer = (svg: string, scale: number) => Uint8Array

let renderer: Promise<PngRenderer> | undefined

/**
 * A renderer of PNG, loaded when it is first asked for; its WebAssembly can be initialised only once in a process.
 *
 * @throws ModelError `UNAVAILABLE` when a part of it is not installed
 */
export function pngRenderer(): Promise<PngRenderer> {
  renderer ??= loadRenderer()
  return renderer
}

async function loadRenderer(): Promise<PngRenderer> {
  try {
    const require = createRequire(import.meta.url)
    const { Resvg, initWasm } = await import('@resvg/resvg-wasm')
    await initWasm(readFileSync(require.resolve('@resvg/resvg-wasm/index_bg.wasm')))
    // Fonts of a package, so that a picture looks the same on a machine without fonts, as in most containers.
    const fontBuffers = [
      require.resolve('@fontsource/dejavu-sans/files/dejavu-sans-latin-400-normal.woff2'),
      require.resolve('@fontsource/dejavu-sans/files/dejavu-sans-latin-700-normal.woff2'),
    ].map((font) => new Uint8Array(readFileSync(font)))
    return (svg, scale) => {
      const drawing = new Resvg(svg, {
        font: { fontBuffers, defaultFontFamily: family, sansSerifFamily: family },
        fitTo: { mode: 'zoom', value: scale },
      })
      const image = drawing.render()
      try {
        return image.asPng()
      } finally {
        image.free()
        drawing.free()
      }
    }
  } catch (cause) {
    throw new ModelError('UNAVAILABLE', `PNG cannot be drawn, SVG can: ${messageOf(cause)}`, { cause })
  }
}
