import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { axeFindings, openPage } from './browser.js'

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
  view: { readonly width: number; readonly colorScheme: 'light' | 'dark' },
): Promise<OpenedReport> {
  const url = pathToFileURL(path).href
  const { page, faults } = await openPage(browser, url, view)
  try {
    await page.goto(url)
    const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth')
    const [shown, all] = await page.evaluate<readonly [number, number]>(
      '(() => { const all = [...document.querySelectorAll("figure > svg")]; return [all.filter((svg) => svg.getBoundingClientRect().width > 0).length, all.length] })()',
    )
    const axe = await axeFindings(page)
    return { faults, axe, overflow, title: await page.title(), shown, hidden: all - shown }
  } finally {
    await page.close()
  }
}
