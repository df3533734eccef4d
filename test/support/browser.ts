import { existsSync } from 'node:fs'
import axe from 'axe-core'
import { type Browser, chromium, type Page } from 'playwright-core'

/** Debian's chromium; `undefined` where it is not installed. */
export const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path))

/** Starts it. A sandbox of its own it cannot have in most containers. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ ...(browserPath ? { executablePath: browserPath } : {}), args: ['--no-sandbox'] })
}

/** A page with all that went wrong in it: errors of scripts and of the console, dialogs, requests to other hosts. */
export interface WatchedPage {
  readonly page: Page
  readonly faults: string[]
  /** Bytes of script that were sent, compressed as they were. */
  scriptBytes(): number
}

export async function openPage(
  browser: Browser,
  host: string,
  options: { readonly colorScheme?: 'light' | 'dark'; readonly width?: number } = {},
): Promise<WatchedPage> {
  const { colorScheme = 'light', width = 1024 } = options
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme })
  const faults: string[] = []
  let scripts = 0
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(`console: ${message.text()}`)
  })
  page.on('dialog', async (dialog) => {
    faults.push(`dialog: ${dialog.message()}`)
    await dialog.dismiss()
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(host)) faults.push(`request: ${request.url()}`)
  })
  page.on('response', async (response) => {
    if (response.request().resourceType() === 'script') scripts += (await response.body()).length
  })
  return { page, faults, scriptBytes: () => scripts }
}

/** What axe finds in the page as it is: rule, and where. */
export async function axeFindings(page: Page): Promise<readonly string[]> {
  // Evaluated as the debugger does, which the page's security policy does not concern.
  await page.evaluate(axe.source)
  const found = await page.evaluate<{
    violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[]
  }>('axe.run(document, { resultTypes: ["violations"] })')
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${html.slice(0, 160)} ${failureSummary.slice(0, 200)}`),
  )
}
