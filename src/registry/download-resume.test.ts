import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import {
  content,
  downloadScene as scene,
  half,
  otherSha256 as other,
  rest,
  sha256,
  whole,
} from '../../test/support/download-scene.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { diskErrorCode } from '../runtime/disk-error.js'
import { download } from './download.js'

describe('a download that broke off', () => {
  it('goes on from where it ended, if the server still has the same version', async () => {
    const { asked, fetch, fetchUntilLost, text, answer, part } = await scene(half({ etag: '"one"' }))
    await assert.rejects(fetchUntilLost(), { code: 'UNAVAILABLE', message: /broke off/ })
    assert.equal(readFileSync(part, 'utf8'), content.slice(0, 10))
    answer(rest(10))
    assert.equal(await fetch(), 'downloaded')
    assert.equal(text(), content)
    assert.deepEqual([asked[1]?.range, asked[1]?.['if-range']], ['bytes=10-', '"one"'])
    assert.equal(existsSync(part), false)
  })

  it('goes on by the date where there is no tag', async () => {
    const date = 'Wed, 21 Oct 2015 07:28:00 GMT'
    const { asked, fetch, fetchUntilLost, answer } = await scene(half({ 'last-modified': date }))
    await assert.rejects(fetchUntilLost())
    answer(rest(10))
    await fetch()
    assert.deepEqual([asked[1]?.range, asked[1]?.['if-range']], ['bytes=10-', date])
  })

  it('begins anew with a weak tag, or none', async () => {
    for (const headers of [{ etag: 'W/"one"' }, {}]) {
      const { asked, fetch, fetchUntilLost, text, answer } = await scene(half(headers))
      await assert.rejects(fetchUntilLost())
      answer(whole())
      await fetch()
      assert.equal(asked[1]?.range, undefined)
      assert.equal(text(), content)
    }
  })

  it('takes the whole of another version', async () => {
    const { fetch, fetchUntilLost, text, answer } = await scene(half({ etag: '"one"' }, 20))
    await assert.rejects(fetchUntilLost())
    answer((_, response) => response.writeHead(200, { etag: '"two"' }).end('shorter'))
    await fetch()
    assert.equal(text(), 'shorter')
  })

  it('begins anew when the server sends another range, or has none', async () => {
    const refusals: readonly RequestListener[] = [
      rest(5),
      (_, response) => response.writeHead(206).end('x'),
      (_, response) => response.writeHead(416).end(),
    ]
    for (const refusal of refusals) {
      const { asked, fetch, fetchUntilLost, text, answer } = await scene(half({ etag: '"one"' }))
      await assert.rejects(fetchUntilLost())
      answer((request, response) => (request.headers.range ? refusal(request, response) : whole()(request, response)))
      assert.equal(await fetch(), 'downloaded')
      assert.equal(text(), content)
      assert.deepEqual(
        asked.map(({ range }) => range),
        [undefined, 'bytes=10-', undefined],
      )
    }
  })
})

describe('a file that is there', () => {
  it('is kept where the server has no newer one, by tag or date', async () => {
    const date = 'Wed, 21 Oct 2015 07:28:00 GMT'
    for (const [headers, condition, value] of [
      [{ etag: '"one"', 'last-modified': date }, 'if-none-match', '"one"'],
      [{ 'last-modified': date }, 'if-modified-since', date],
    ] as const) {
      const { asked, fetch, text, answer } = await scene(whole(headers))
      assert.equal(await fetch(), 'downloaded')
      answer((_, response) => response.writeHead(304).end())
      assert.equal(await fetch(), 'kept')
      assert.equal(text(), content)
      assert.equal(asked[0]?.[condition], undefined)
      assert.equal(asked[1]?.[condition], value)
    }
  })

  it('is fetched again without a condition where it is gone, or its state is of another URL or damaged', async () => {
    const { asked, fetch, path, state } = await scene(whole({ etag: '"one"' }))
    await fetch()
    rmSync(path)
    await fetch()
    writeFileSync(state, JSON.stringify({ url: 'http://elsewhere/', complete: { etag: '"one"' } }))
    await fetch()
    writeFileSync(state, '{')
    await fetch()
    assert.deepEqual(
      asked.map((headers) => headers['if-none-match']),
      [undefined, undefined, undefined, undefined],
    )
  })
})

describe('what was downloaded', () => {
  it('must have the checksum that is published, in either case and with a file name', async () => {
    const no = ['not found', '<html>'.repeat(500), `0${sha256}`, `sha256=${other}`, other.slice(1)]
    for (const published of [sha256, `${sha256.toUpperCase()}  file\n`, ` ${sha256}`, ...no]) {
      const { fetch, text } = await scene(whole(), published)
      await fetch()
      assert.equal(text(), content)
    }
    for (const published of [other, ` ${other}`, `${other.toUpperCase()}  file`]) {
      const { fetch, path, part } = await scene(whole(), published)
      await assert.rejects(fetch({ attempts: 2 }), { code: 'UNAVAILABLE', message: new RegExp(`checksum ${sha256}`) })
      assert.deepEqual([existsSync(path), existsSync(part)], [false, false])
    }
  })

  it('takes its place only when it is what was expected', async () => {
    const { asked, fetch, path, part, text } = await scene(whole())
    writeFileSync(path, 'before')
    const verify = (file: string) => {
      assert.equal(readFileSync(file, 'utf8'), content)
      rmSync(file)
      throw new Error('no pipeline')
    }
    await assert.rejects(fetch({ verify }), { code: 'UNAVAILABLE', message: 'no pipeline' })
    assert.equal(text(), 'before')
    assert.deepEqual([asked.length, existsSync(part)], [1, false])
  })

  it('is told byte by byte, with the whole where that is known', async () => {
    const seen: (readonly [number, number | undefined])[] = []
    const onProgress = (done: number, total: number | undefined) => seen.push([done, total])
    const known = await scene(half({ etag: '"one"' }))
    await assert.rejects(known.fetchUntilLost(onProgress))
    assert.deepEqual(seen.at(-1), [10, content.length])
    known.answer((_, response) =>
      response.writeHead(206, { 'content-range': 'bytes 10-26/27', 'content-length': '17' }).end(content.slice(10)),
    )
    await known.fetch({ onProgress })
    assert.deepEqual(seen.at(-1), [content.length, content.length])
    const unknown = await scene(whole({ 'transfer-encoding': 'chunked' }))
    await unknown.fetch({ onProgress })
    assert.deepEqual(seen.at(-1), [content.length, undefined])
  })

  it('may have just as many bytes as are allowed', async () => {
    for (const headers of [{}, { 'content-length': String(content.length) }]) {
      const { fetch, text } = await scene(whole(headers))
      await fetch({ maxBytes: content.length })
      assert.equal(text(), content)
      await assert.rejects((await scene(whole(headers))).fetch({ maxBytes: content.length - 1 }), {
        code: 'LIMIT_EXCEEDED',
        message: new RegExp(`more than ${content.length - 1} bytes`),
      })
    }
  })

  it('is not received when it is announced as too large', async () => {
    const { fetch } = await scene((_, response) => response.writeHead(200, { 'content-length': '100' }).write('some'))
    const seen: number[] = []
    const fetching = fetch({ maxBytes: 99, idleTimeout: 200, attempts: 1, onProgress: (done) => seen.push(done) })
    await assert.rejects(fetching, { code: 'LIMIT_EXCEEDED', message: /more than 99 bytes/ })
    assert.deepEqual(seen, [])
  })

  it('needs no checksum that cannot be had, but a server', async () => {
    for (const checksum of ['lost', 'endless']) {
      const { fetch, text } = await scene(whole(), checksum)
      await fetch({ totalTimeout: 20_000, attempts: 1 })
      assert.equal(text(), content)
    }
    const nobody = download('http://127.0.0.1:1/file', join(temporaryFolder(), 'file'), { attempts: 2, retryDelay: 1 })
    await assert.rejects(nobody, { code: 'UNAVAILABLE', message: /127\.0\.0\.1:1/ })
  })

  const noFullDevice = process.platform === 'linux' ? false : 'needs /dev/full, which Linux has'
  it('is not asked for again while the disk is full, which is said', { skip: noFullDevice }, async () => {
    const { asked, fetch, part } = await scene(whole())
    symlinkSync('/dev/full', part)
    await assert.rejects(fetch(), (error) => {
      assert.match(String(error), /\/file cannot be kept: ENOSPC/)
      assert.equal(diskErrorCode(error), 'ENOSPC')
      return true
    })
    assert.equal(asked.length, 1)
    const lost = await scene(half({}))
    await assert.rejects(lost.fetchUntilLost(), ({ cause }: Error) => cause instanceof Error)
  })

  it('must come in time, and not once it is no longer wanted', async () => {
    const { fetch } = await scene((_, response) => void response.writeHead(200).write('a'))
    await assert.rejects(fetch({ attempts: 1, totalTimeout: 100 }), {
      code: 'UNAVAILABLE',
      message: /no whole answer within 0\.1 s/,
    })
    await assert.rejects(fetch({ signal: AbortSignal.abort() }), { code: 'CANCELLED' })
  })
})
