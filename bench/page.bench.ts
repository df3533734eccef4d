/**
 * How soon the page is there, in Debian's chromium without a cache, with both published pipelines where they are here: from
 * the address to the first heading, to the model that the machine gets, and to its curve. The baseline of the same run is
 * the text that the server answers others, shown by the same browser. `npm run build` first.
 */
import { existsSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { browserPath, startBrowser } from '../test/support/browser.js'
import { publishedPipelines, startPageScene, trainedPipeline } from '../test/support/page-scene.js'

const rounds = 7
const pageFolder = 'dist/page'

if (browserPath === undefined) console.log('chromium is not installed')
else if (!existsSync(pageFolder)) console.log('the page is not built: npm run build')
else await measure()

async function measure(): Promise<void> {
  const pipelines = publishedPipelines()
  const scene = await startPageScene({
    page: pageFolder,
    pipelines: pipelines.length > 0 ? pipelines : [trainedPipeline],
  })
  const browser = await startBrowser()
  try {
    // A server says at its start what this machine draws, so that its model is there.
    await fetch(`${scene.url}curve`)
    await visit(browser, scene.url, ['h1'])
    const visits: (readonly number[])[] = []
    const texts: number[] = []
    for (let round = 0; round < rounds; round++) {
      visits.push(await visit(browser, scene.url, ['h1', '.card', 'canvas']))
      texts.push((await visit(browser, `${scene.url}readyz`, ['pre']))[0]!)
    }
    const columns = ['first heading', 'the model', 'the curve'].map(
      (what, i) => [what, visits.map((one) => one[i]!)] as const,
    )
    for (const [what, times] of [['baseline, JSON as text', texts] as const, ...columns]) {
      console.log(
        `${what.padEnd(24)} ${median(times).toFixed(0).padStart(5)} ms (${Math.min(...times).toFixed(0)} to ${Math.max(...times).toFixed(0)})`,
      )
    }
  } finally {
    await browser.close()
    await scene.close()
  }
}

/** Milliseconds until each of the selectors is seen, by a browser that has never been there. */
async function visit(browser: Browser, url: string, selectors: readonly string[]): Promise<readonly number[]> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const start = performance.now()
  await page.goto(url, { waitUntil: 'commit' })
  const times: number[] = []
  for (const selector of selectors) {
    await page.waitForSelector(selector)
    times.push(performance.now() - start)
  }
  await context.close()
  return times
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}
