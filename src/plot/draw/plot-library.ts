/** An element of the document that Observable Plot draws into, as far as it is used here. */
export interface DrawnElement {
  readonly localName: string
  readonly outerHTML: string
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>
  setAttribute(name: string, value: string): void
  removeAttribute(name: string): void
  remove(): void
  querySelectorAll(selectors: string): Iterable<DrawnElement>
}

export interface PlotLibrary {
  readonly marks: typeof import('@observablehq/plot')
  /** Draws one picture. */
  plot(options: Parameters<typeof import('@observablehq/plot')['plot']>[0]): DrawnElement
}

/** Observable Plot with a document to draw into. Loaded when something is drawn: it takes longer than most commands. */
export async function plotLibrary(): Promise<PlotLibrary> {
  const [marks, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom')])
  const { document } = parseHTML('<!doctype html><html><body></body></html>')
  return { marks, plot: (options) => marks.plot({ ...options, document }) }
}
