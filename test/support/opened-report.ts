import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import axe from 'axe-core'
import { type Browser, chromium } from 'playwright-core'

/** Debian's chromium; `undefined` where it is not installed. */
export const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path))

export function startChromium(): Promise<Browser> {
  // A sandbox of its own it cannot have in most containers.
  return chromium.launch({ ...(chromiumPath ? { executablePath: chromiumPath } : {}), args: ['--no-sandbox'] })
}

export interface OpenedReport {
  /** Errors of the console and of scripts, dialogs, requests besides the file itself. */
  readonly faults: readonly string[]
  /** What axe finds: rule, and where. */
  readonly axe: readonly string[]
  /** Pixels by which the page is wider than the window. */
  readonly overflow: number
  readonly title: string
  /** Pictures that are shown at this width, and those that are not. */
  readonly shown: number
  readonly hidden: number
}

/** Opens a file as a reader does, and says what a browser and axe think of it. */
export async function openedReport(
  browser: Browser,
  path: string,
  { width, colorScheme }: { readonly width: number; readonly colorScheme: 'light' | 'dark' },
): Promise<OpenedReport> {
  const url = pathToFileURL(path).href
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme })
  try {
    const page = await context.newPage()
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
    page.on('console', (message) => faults.push(`console: ${message.text()}`))
    page.on('request', (request) => {
      if (request.url() !== url) faults.push(`request: ${request.url()}`)
    })
    page.on('dialog', async (dialog) => {
      faults.push(`dialog: ${dialog.message()}`)
      await dialog.dismiss()
    })
    await page.goto(url)
    const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')
    const counts = await page.evaluate<readonly [number, number]>(
      '(() => { const all = [...document.querySelectorAll("figure > svg")]; const shown = all.filter((svg) => svg.getBoundingClientRect().width > 0); return [shown.length, all.length - shown.length] })()',
    )
    // Evaluated as a debugger does, which the page's security policy does not concern.
    await page.evaluate(axe.source)
    const found = await page.evaluate<{
      violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[]
    }>('axe.run(document, { resultTypes: ["violations"] })')
    return {
      faults,
      axe: found.violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 160)} ${failureSummary.slice(0, 300)}`),
      ),
      overflow,
      title: await page.title(),
      shown: counts[0],
      hidden: counts[1],
    }
  } finally {
    await context.close()
  }
}
