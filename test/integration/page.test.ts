import assert from 'node:assert/strict'
import { createServer, request as ask } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { buildPage } from '../../scripts/build-page.mjs'
import { axeFindings, browserPath, openPage, startBrowser } from '../support/browser.js'
import {
  hostileNames,
  hostilePipeline,
  type PageScene,
  publishedPipelines,
  startPageScene,
  trainedPipeline,
} from '../support/page-scene.js'
import { temporaryFolder } from '../support/temporary-folder.js'

const token = 'only-for-operators'
const trained = 'rapl-sysfs/AbsPower/BPFOnly/SGDRegressorTrainer_0'

/** Every view, with something to see in it. */
function viewsOf(pipeline: string, path: string): readonly string[] {
  return [
    'machine',
    'machine?processor=AMD+EPYC+7763&cores=256&chips=2&memory=512',
    `estimate?${new URLSearchParams({ pipeline, path })}`,
    'models',
    'models?search=nothing+has+this+name',
    `model?${new URLSearchParams({ pipeline, path })}`,
    'node-types',
    'pipelines',
    'online',
    'live',
  ]
}

describe('the page in a browser', { skip: browserPath ? false : 'chromium is not installed' }, () => {
  let browser: Browser
  const folder = temporaryFolder()
  const scenes: PageScene[] = []

  before(async () => {
    await buildPage(folder)
    browser = await startBrowser()
  })
  after(async () => {
    await browser?.close()
    for (const scene of scenes) await scene.close()
  })
  const start = async (
    pipelines: readonly string[],
    more: { readonly online?: boolean; readonly universal?: boolean } = {},
  ) => {
    const scene = await startPageScene({ page: folder, pipelines, token, ...more })
    scenes.push(scene)
    return scene
  }

  /** Opens each view in both themes and at three widths, and tells what is wrong with it. */
  async function expectFlawless(url: string, views: readonly string[]): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, faults } = await openPage(browser, url, { colorScheme })
      for (const view of views) {
        await show(page, url, view)
        for (const width of [1440, 1024, 390]) {
          await page.setViewportSize({ width, height: 800 })
          const tooWide = await page.evaluate<number>(
            'Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)',
          )
          assert.equal(tooWide, 0, `${view} is ${tooWide} px too wide at ${width}`)
          // Colours are the same at every width.
          const isChecked = width === 1440 || (width === 390 && colorScheme === 'light')
          if (isChecked) assert.deepEqual(await axeFindings(page), [], `${view}, ${colorScheme}, ${width} px`)
        }
        assert.deepEqual(faults, [], view)
      }
      await page.close()
    }
  }

  it('shows every view of what was trained here: axe finds nothing, nothing fails, nothing leaves the host', async () => {
    const { url } = await start([trainedPipeline])
    await expectFlawless(url, viewsOf('demo-0.1.0', trained))
  })

  it('shows the published pipelines', {
    skip: publishedPipelines().length === 0 ? 'they are not here' : false,
  }, async () => {
    const { url } = await start(publishedPipelines(), { online: false })
    await expectFlawless(url, viewsOf('ec2-0.7.11', 'rapl-sysfs/AbsPower/BPFOnly/SGDRegressorTrainer_1'))
    const { page } = await openPage(browser, url)
    await show(page, url, 'models?sort=cores&order=descending')
    assert.match((await page.locator('.pager').textContent()) ?? '', /1–50 of 5,449 models/)
  })

  it('says on an empty server what to do next', async () => {
    const { url } = await start([], { online: false, universal: false })
    await expectFlawless(url, ['machine', 'estimate', 'models', 'node-types', 'pipelines', 'online'])
    const { page } = await openPage(browser, url)
    await show(page, url, 'pipelines')
    assert.match((await page.textContent('main')) ?? '', /No pipeline is loaded yet.*kepler-model train/s)
  })

  it('shows the model that is made for a machine where no pipeline has it', async () => {
    const { url } = await start([], { online: false })
    await expectFlawless(url, ['machine', 'estimate', 'model', 'models', 'pipelines'])
    const { page } = await openPage(browser, url)
    await show(page, url, 'machine?processor=AMD+EPYC+9654&cores=384&chips=2&source=acpi')
    assert.match((await page.textContent('.card')) ?? '', /UniversalTrainer.*made for it/s)
    await page.click('text=Try an estimate')
    await page.waitForSelector('.bars')
    assert.match(
      (await page.locator('pre').first().textContent()) ?? '',
      /"machine_spec":\{"processor":"AMD EPYC 9654"/,
    )
  })

  it('takes hostile names for what they are: text', async () => {
    const { url } = await start([await hostilePipeline()], { online: false })
    const path = 'rapl-sysfs/AbsPower/BPFOnly/LinearRegressionTrainer_1'
    const group = `rapl-sysfs/AbsPower/${hostileNames.group}/${'Trainer'.repeat(12)}_0`
    await expectFlawless(url, [
      ...viewsOf('hostile-1.0', path),
      `model?${new URLSearchParams({ pipeline: 'hostile-1.0', path: group })}`,
      `machine?${new URLSearchParams({ processor: hostileNames.processor })}`,
    ])
    const { page } = await openPage(browser, url)
    await show(page, url, 'models')
    assert.equal(await page.getByText(hostileNames.group, { exact: true }).locator('visible=true').count(), 1)
    const direction = await page.evaluate<string>(
      `getComputedStyle([...document.querySelectorAll('td bdi')].find((one) => one.textContent === ${JSON.stringify(hostileNames.rightToLeft)})).direction`,
    )
    assert.equal(direction, 'rtl')
  })

  it('needs less than 150 kB of script for its first view, and asks for no more than it shows', async () => {
    const { url } = await start([trainedPipeline])
    const { page, scriptBytes } = await openPage(browser, url)
    await show(page, url, 'machine')
    await page.waitForSelector('canvas')
    assert.ok(scriptBytes() > 10_000 && scriptBytes() < 150_000, `${scriptBytes()} bytes`)
  })

  it('is used by the keyboard alone', async () => {
    const { url, versions } = await start([trainedPipeline])
    const { page, faults } = await openPage(browser, url)
    await show(page, url, 'machine')
    const focused = () =>
      page.evaluate<string>(
        'document.activeElement.tagName + " " + (document.activeElement.ariaLabel ?? document.activeElement.textContent).slice(0, 60)',
      )
    await page.keyboard.press('Tab')
    assert.match(await focused(), /Skip to the content/)
    await page.keyboard.press('Enter')
    assert.match(await focused(), /^MAIN/)

    await tabTo(page, /^A Models$/, focused)
    await page.keyboard.press('Enter')
    await page.waitForSelector('td')
    assert.match(await focused(), /^MAIN/)
    assert.equal(await page.title(), 'Models · Kepler power models')

    await tabTo(page, /^INPUT/, focused)
    await page.keyboard.type('sgd')
    await page.waitForSelector('td:first-child:not(:has-text("SGD"))', { state: 'detached' })
    assert.match(page.url(), /search=sgd/)

    await tabTo(page, /^BUTTON MAPE/, focused)
    await page.keyboard.press('Enter')
    await page.waitForSelector('th[aria-sort=ascending]:has-text("MAPE")')
    await page.keyboard.press('Enter')
    await page.waitForSelector('th[aria-sort=descending]:has-text("MAPE")')

    await tabTo(page, /^A SGDRegressorTrainer/, focused)
    await page.keyboard.press('Enter')
    await page.waitForSelector('h1:has-text("SGDRegressorTrainer")')
    await tabTo(page, /^A Try an estimate/, focused)
    await page.keyboard.press('Enter')
    await page.waitForSelector('.bars')
    const command = () => page.locator('pre').first().textContent()
    const asked = await command()
    await tabTo(page, /^INPUT bpf_cpu_time_ms$/, focused)
    for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowRight')
    assert.notEqual(await command(), asked)

    await tabTo(page, /^BUTTON Use the dark theme/, focused)
    await page.keyboard.press('Enter')
    await page.waitForSelector('html[data-theme=dark]')
    await page.reload()
    await page.waitForSelector('html[data-theme=dark]')

    await rollBackByKeyboard(page, url, focused)
    assert.equal(versions.liveNumber(), 1)
    // The browser itself says that a wrong token was refused.
    assert.deepEqual(
      faults.filter((fault) => !fault.includes('401')),
      [],
    )
  })

  /** Goes back to version 1: asked whether, thinks better of it, gives a wrong token, then the right one. */
  async function rollBackByKeyboard(page: Page, url: string, focused: () => Promise<string>): Promise<void> {
    const { versions } = scenes.at(-1)!
    await show(page, url, 'online')
    await tabTo(page, /^BUTTON Roll back to version 1/, focused)
    await page.keyboard.press('Enter')
    await page.waitForSelector('dialog[open]')
    assert.deepEqual(await axeFindings(page), [])
    assert.match((await page.textContent('dialog')) ?? '', /Roll back to version 1\?/)
    await page.keyboard.press('Escape')
    await page.waitForSelector('dialog', { state: 'detached' })
    assert.match(await focused(), /^BUTTON Roll back to version 1/)
    assert.equal(versions.liveNumber(), 3)

    await page.keyboard.press('Enter')
    await page.waitForSelector('dialog[open]')
    assert.equal(await page.locator('dialog button[type=submit]').isDisabled(), true)
    await page.keyboard.type('wrong')
    await page.keyboard.press('Enter')
    await page.waitForSelector('dialog [role=alert]')
    assert.equal(versions.liveNumber(), 3)
    await tabTo(page, /^INPUT/, focused)
    await page.keyboard.press('Control+A')
    await page.keyboard.type(token)
    await page.keyboard.press('Enter')
    await page.waitForSelector('text=Version 1 is served again and pinned.')
  }

  it('says how many machines and guests the online trainer learns from, and how many it cannot', async () => {
    const { url } = await start(publishedPipelines())
    const { page } = await openPage(browser, url)
    await show(page, url, 'online')
    const tiles = (await page.locator('.tiles > div').allInnerTexts()).map((text) => text.replaceAll('\n', ' '))
    assert.ok(tiles.includes('Machines 4 and 12 without a meter'), tiles.join(' | '))
    assert.ok(tiles.includes('Guests 5 and 2 not joined, 1 no label'), tiles.join(' | '))
  })

  it('keeps its address: every view is a link, and the way back leads back', async () => {
    const { url } = await start([trainedPipeline])
    const { page } = await openPage(browser, url)
    await show(page, url, `model?${new URLSearchParams({ pipeline: 'demo-0.1.0', path: trained })}`)
    assert.equal(await page.textContent('h1'), 'SGDRegressorTrainer_0')
    await page.click('text=Node types')
    await page.waitForSelector('h1:has-text("Node types")')
    await page.goBack()
    await page.waitForSelector('h1:has-text("SGDRegressorTrainer_0")')
  })

  it('works behind a prefix', async () => {
    const { url } = await start([trainedPipeline])
    const proxy = createServer((request, response) => {
      const path = request.url?.replace(/^\/any\/prefix/, '') ?? ''
      const { method, headers } = request
      const onward = ask(new URL(path, url), { method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      })
      request.pipe(onward)
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    after(() => proxy.close())
    const prefix = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}/any/prefix/`
    const { page, faults } = await openPage(browser, prefix)
    await show(page, prefix, 'estimate')
    await page.waitForSelector('.bars')
    assert.match((await page.locator('pre').first().textContent()) ?? '', /\/any\/prefix\/api\/v1\/estimate/)
    assert.deepEqual(faults, [])
    await page.close()
  })

  it('prints what is read, without what is pressed', async () => {
    const { url } = await start([trainedPipeline])
    const { page } = await openPage(browser, url)
    await show(page, url, 'machine')
    await page.emulateMedia({ media: 'print' })
    assert.equal(await page.locator('button:visible, nav:visible').count(), 0)
    assert.equal(await page.locator('h1:visible').count(), 1)
  })
})

/** Opens a view and waits until nothing is waited for. */
async function show(page: Page, url: string, view: string): Promise<void> {
  // The same document with another address would be no visit.
  await page.goto('about:blank')
  await page.goto(`${url}#/${view}`)
  await page.waitForSelector('h1')
  await page.waitForSelector('.waiting, .stale', { state: 'detached' })
}

/** Presses Tab until what has the focus is called so. */
async function tabTo(page: Page, wanted: RegExp, focused: () => Promise<string>): Promise<void> {
  for (let i = 0; i < 200; i++) {
    await page.keyboard.press('Tab')
    if (wanted.test(await focused())) return
  }
  assert.fail(`the keyboard does not reach ${wanted}`)
}
