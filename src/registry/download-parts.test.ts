import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { content, downloadScene, half, rest, whole } from '../../test/support/download-scene.js'
import { recordedLog } from '../../test/support/recorded-log.js'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { readDownloadState, writeDownloadState } from './download-state.js'

describe('the part of a download that is there', () => {
  it('is asked on from only where there is one, of at least a byte', async () => {
    const gone = await downloadScene(half({ etag: '"one"' }))
    await assert.rejects(gone.fetchUntilLost())
    rmSync(gone.part)
    gone.answer(whole())
    await gone.fetch()
    assert.equal(gone.asked[1]?.range, undefined)
    assert.equal(gone.text(), content)

    const empty = await downloadScene((_, response) => {
      response.writeHead(200, { etag: '"one"', 'content-length': String(content.length) }).flushHeaders()
      setImmediate(() => response.destroy())
    })
    await assert.rejects(empty.fetch({ attempts: 1 }))
    empty.answer(whole())
    await empty.fetch()
    assert.equal(empty.asked[1]?.range, undefined)
  })

  it('is of no range but the one that was asked for, in bytes', async () => {
    for (const range of [`bytes 100-126/127`, `byte 10-26/27`, `x bytes 10-26/27`, 'bytes x-26/27']) {
      const { asked, fetch, fetchUntilLost, answer } = await downloadScene(half({ etag: '"one"' }))
      await assert.rejects(fetchUntilLost())
      answer((request, response) => (request.headers.range ? rest(10, range) : whole())(request, response))
      await fetch()
      assert.equal(asked.length, 3, range)
    }
  })

  it('is none of what was downloaded from elsewhere, whatever a server sends of its own accord', async () => {
    const { asked, fetch, fetchUntilLost, answer, state, text } = await downloadScene(half({ etag: '"one"' }))
    await assert.rejects(fetchUntilLost())
    writeDownloadState(state, { url: 'http://elsewhere/', partial: { etag: '"one"' } })
    answer((request, response) => (asked.length === 2 ? rest(10) : whole())(request, response))
    await fetch()
    assert.deepEqual([asked.length, text()], [3, content])
    const fresh = await downloadScene((request, response) =>
      (fresh.asked.length === 1 ? rest(10) : whole())(request, response),
    )
    await fresh.fetch()
    assert.equal(fresh.text(), content)
  })

  it('is of no answer that says something else of the range', async () => {
    const { text, fetch, fetchUntilLost, answer } = await downloadScene(half({ etag: '"one"' }))
    await assert.rejects(fetchUntilLost())
    answer((_, response) => response.writeHead(404, { 'content-range': 'bytes 10-26/27' }).end('x'.repeat(17)))
    await assert.rejects(fetch({ attempts: 1 }), { code: 'UNAVAILABLE' })
    answer(whole())
    await fetch()
    assert.equal(text(), content)
  })

  it('is gone where the rest makes it too large', async () => {
    const { fetch, fetchUntilLost, answer, part } = await downloadScene(half({ etag: '"one"' }))
    await assert.rejects(fetchUntilLost())
    answer((_, response) =>
      response.writeHead(206, { 'content-range': 'bytes 10-26/27', 'content-length': '17' }).end(content.slice(10)),
    )
    await assert.rejects(fetch({ maxBytes: 26 }), { code: 'LIMIT_EXCEEDED' })
    assert.equal(existsSync(part), false)
  })
})

describe('a checksum', () => {
  it('that is never answered is waited for as long as bytes are, and that is said', { timeout: 20_000 }, async () => {
    const logger = recordedLog()
    const { fetch, text, url } = await downloadScene(whole(), 'silent')
    await fetch({ idleTimeout: 100, logger })
    assert.equal(text(), content)
    const [line, ...others] = logger.lines
    assert.deepEqual(
      [line?.level, line?.message, line?.fields.url, others],
      ['debug', 'no checksum', `${url}.sha256`, []],
    )
    assert.equal(typeof line?.fields.reason, 'string')
  })

  it('is no error page, which is no trouble either', async () => {
    const logger = recordedLog()
    const { fetch, text } = await downloadScene(whole(), '<html>not found</html>')
    await fetch({ logger })
    assert.deepEqual([text(), logger.lines], [content, []])
  })

  it('is that of the path, whatever is behind it', async () => {
    const { fetch, asked } = await downloadScene(whole())
    await fetch()
    assert.equal(asked.length, 1, 'that of the checksum is no request for the file')
  })
})

describe('the state of a download', () => {
  const path = () => join(temporaryFolder(), '.file.state')

  it('is what was written of the same URL', () => {
    const file = path()
    const state = { url: 'http://x/', complete: { etag: '"a"' }, partial: { lastModified: 'then' } }
    writeDownloadState(file, state)
    assert.deepEqual(readDownloadState(file, 'http://x/'), state)
    assert.deepEqual(readDownloadState(file, 'http://y/'), { url: 'http://y/' })
  })

  it('is none where there is no file, or what is in it is none', () => {
    const file = path()
    const none = { url: 'http://x/' }
    assert.deepEqual(readDownloadState(file, 'http://x/'), none)
    for (const text of [
      '',
      '[]',
      '{"complete": {}}',
      `{"url": "http://x/", "complete": {"etag": "${'a'.repeat(1025)}"}}`,
      `{"url": "http://x/", "partial": {"lastModified": "${'a'.repeat(257)}"}}`,
    ]) {
      writeFileSync(file, text)
      assert.deepEqual(readDownloadState(file, 'http://x/'), none, text.slice(0, 60))
    }
    const longest = { url: 'http://x/', complete: { etag: 'a'.repeat(1024), lastModified: 'a'.repeat(256) } }
    writeFileSync(file, JSON.stringify(longest))
    assert.deepEqual(readDownloadState(file, 'http://x/'), longest)
  })

  it('is of the whole file once that is there', async () => {
    const { fetch, state, url, path: file } = await downloadScene(whole({ etag: '"one"', 'last-modified': 'then' }))
    await fetch()
    assert.deepEqual(JSON.parse(readFileSync(state, 'utf8')), {
      url,
      complete: { etag: '"one"', lastModified: 'then' },
    })
    assert.equal(statSync(file).size, content.length)
  })
})
