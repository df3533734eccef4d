import uPlot from 'uplot'
import { type PlotOptions, plotOptions, plotWidth } from './plot-options.js'

/** Draws a chart of watts into an element, in the colours of its style sheet. @returns what takes it away */
export function drawPlot(element: HTMLElement, wanted: PlotOptions): () => void {
  const style = getComputedStyle(element)
  const color = (name: string) => style.getPropertyValue(name).trim()
  const width = plotWidth(element)
  const { options, data } = plotOptions(wanted, { width, fontFamily: style.fontFamily, color })
  const plot = new uPlot(options, data as uPlot.AlignedData, element)
  const watcher = new ResizeObserver(() => plot.setSize({ width: plotWidth(element), height: wanted.height }))
  watcher.observe(element)
  return () => {
    watcher.disconnect()
    plot.destroy()
  }
}
