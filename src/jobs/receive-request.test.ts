import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { temporaryFolder } from '../../test/support/temporary-folder.js'
import { errorCode } from '../core/errors.js'
import { seededRandom } from '../numeric/random.js'
import { type ReceiveOptions, receiveRequest } from './receive-request.js'

describe('receiving a training request', () => {
  const folder = temporaryFolder()
  let files = 0
  const minimal = { name: 'mine', energy_source: 'acpi', trainer: {} }
  const receive = (body: string | readonly Buffer[], more: Partial<ReceiveOptions> = {}) => {
    const path = join(folder, `${files++}.json`)
    const options = { path, gzip: false, maxBytes: 1e9, ...more }
    const chunks = typeof body === 'string' ? [Buffer.from(body)] : body
    return { path, received: receiveRequest(Readable.from(chunks, { objectMode: false }), options) }
  }
  const refused = async (body: string | readonly Buffer[], expected: object, more: Partial<ReceiveOptions> = {}) => {
    const { path, received } = receive(body, more)
    await assert.rejects(received, expected)
    assert.equal(existsSync(path), false, 'nothing of it stays on disk')
  }

  it('notes where the responses stand, and keeps the bytes as they came', async () => {
    const text = `{"prom_response": {"a": []}, ${JSON.stringify({ ...minimal, trainer: { idle_prom_response: { b: [] } } }).slice(1)}`
    const { path, received } = receive(text)
    const { request, parts } = await received
    assert.equal(request.name, 'mine')
    assert.equal(text.slice(parts.response.start, parts.response.end), ' {"a": []}')
    assert.equal(text.slice(parts.idle?.start, parts.idle?.end), '{"b":[]}')
    assert.equal(readFileSync(path, 'utf8'), text)
  })

  it('takes the spelling of the documentation too, where the other is absent or null', async () => {
    const other = JSON.stringify({ ...minimal, prome_response: { a: [] } })
    assert.ok((await receive(other).received).parts.response)
    const both = `{"prom_response": null ,${other.slice(1)}`
    const { parts } = await receive(both).received
    assert.equal(both.slice(parts.response.start, parts.response.end), '{"a":[]}')
    const first = `{"prom_response":{"b":[]},${other.slice(1)}`
    const chosen = (await receive(first).received).parts.response
    assert.equal(first.slice(chosen.start, chosen.end), '{"b":[]}')
  })

  it('needs a response, and of the idle node too for the profile isolator', async () => {
    await refused(JSON.stringify(minimal), { code: 'INVALID_REQUEST', field: 'prom_response' })
    await refused(JSON.stringify({ ...minimal, prom_response: null }), { field: 'prom_response' })
    const profile = { ...minimal, trainer: { isolator: 'ProfileBackgroundIsolator' }, prom_response: {} }
    await refused(JSON.stringify(profile), { field: 'trainer.idle_prom_response' })
    const nothing = { ...profile, trainer: { ...profile.trainer, idle_prom_response: null } }
    await refused(JSON.stringify(nothing), { field: 'trainer.idle_prom_response' })
    const both = { ...profile, trainer: { ...profile.trainer, idle_prom_response: {} } }
    assert.ok((await receive(JSON.stringify(both)).received).parts.idle)
  })

  it('has null for a response, with white space around it, in 64 bytes', async () => {
    const of = (space: number) => {
      const text = JSON.stringify(minimal).slice(0, -1)
      return `${text},"prom_response":${' '.repeat(space)}null}`
    }
    await refused(of(60), { code: 'INVALID_REQUEST', field: 'prom_response' })
    // More is left to whoever reads it.
    const { start, end } = (await receive(of(61)).received).parts.response
    assert.equal(end - start, 65)
  })

  it('is bounded in bytes, after unpacking', async () => {
    const text = JSON.stringify({ ...minimal, prom_response: {} })
    await receive(text, { maxBytes: text.length }).received
    const code = 'LIMIT_EXCEEDED'
    await refused(
      text,
      { code, message: `the request is larger than ${text.length - 1} bytes` },
      { maxBytes: text.length - 1 },
    )
    const packed = [gzipSync(text)]
    await receive(packed, { gzip: true, maxBytes: text.length }).received
    await refused(packed, { code }, { gzip: true, maxBytes: text.length - 1 })
  })

  it('refuses what unpacks to more than 200 times its size, once it is large', async () => {
    const padded = (length: number, response = {}) => {
      const text = JSON.stringify({ ...minimal, prom_response: response })
      return [gzipSync(text.slice(0, -2) + ' '.repeat(length - text.length) + text.slice(-2))]
    }
    await receive(padded(16 << 20), { gzip: true }).received
    // Larger, but packed to a hundredth.
    const random = seededRandom(1)
    const noise = Array.from({ length: 300_000 }, () => Math.floor(16 * random.next()).toString(16)).join('')
    await receive(padded(17 << 20, { noise }), { gzip: true }).received
    await refused(padded((16 << 20) + 1), { code: 'LIMIT_EXCEEDED', message: /200 times its size/ }, { gzip: true })
  })

  it('says that a body is not gzip, or not JSON', async () => {
    await refused('{}', { code: 'INVALID_REQUEST', message: /^the body is not gzip/ }, { gzip: true })
    await refused([gzipSync('{}').subarray(0, 10)], { code: 'INVALID_REQUEST' }, { gzip: true })
    await refused('{"name": ', { code: 'INVALID_REQUEST' })
  })

  it('says once that somebody really sends one: after 64 KiB', async () => {
    let told = 0
    const onSubstantial = () => void told++
    const text = JSON.stringify({ ...minimal, prom_response: {} })
    const first = Buffer.from(text.slice(0, -1) + ' '.repeat(65_535 - text.length + 1))
    assert.equal(first.length, 65_535)
    await receive([first, Buffer.from('}')], { onSubstantial }).received
    assert.equal(told, 1)
    told = 0
    await receive([Buffer.from(text.slice(0, -1) + ' '.repeat(65_000 - text.length)), Buffer.from('}')], {
      onSubstantial,
    }).received
    assert.equal(told, 0)
    const refusal = () => {
      throw new Error('no place')
    }
    await assert.rejects(receive([first, Buffer.from(' }')], { onSubstantial: refusal }).received)
  })

  it('has to arrive at 16 KiB a second once it is substantial, or at the rate that is asked for', async (t) => {
    let now = 0
    t.mock.method(performance, 'now', () => now)
    const slowly = (milliseconds: number) =>
      (async function* () {
        for (let i = 0; i < 3; i++) {
          // Whoever waits has begun to before anything happens.
          await undefined
          now += milliseconds
          yield Buffer.alloc(65_536, ' ')
        }
      })() as unknown as Readable
    const slow = { code: 'INVALID_REQUEST', message: /less than 16384 bytes a second/ }
    const options = () => ({ path: join(folder, `${files++}.json`), gzip: false, maxBytes: 1e9 })
    await assert.rejects(receiveRequest(slowly(10_000), options()), slow)
    await assert.rejects(receiveRequest(slowly(3000), options()), { message: /stops short/ })
    const leastRate = { bytesPerSecond: 1e6, window: 1000 }
    await assert.rejects(receiveRequest(slowly(3000), { ...options(), leastRate }), { message: /less than 1000000/ })
  })

  it('has the cause of what went wrong', async () => {
    const causeOf = (received: Promise<unknown>) =>
      received.then(
        () => assert.fail('it failed'),
        ({ cause }: Error) => errorCode(cause),
      )
    assert.equal(await causeOf(receive('{}', { gzip: true }).received), 'Z_DATA_ERROR')
    assert.equal(await causeOf(receive('{}', { path: join(folder, 'missing/x.json') }).received), 'ENOENT')
    const body = new Readable({ read() {} })
    const path = join(folder, 'closed.json')
    const received = receiveRequest(body, { path, gzip: false, maxBytes: 100 })
    setImmediate(() => body.destroy())
    await assert.rejects(received, { code: 'INVALID_REQUEST', message: 'the request broke off' })
    assert.equal(await causeOf(received), 'ERR_STREAM_PREMATURE_CLOSE')
    assert.equal(existsSync(path), false)
  })

  it('says that the client left, and that the disk does not take it', async () => {
    const body = new Readable({ read() {} })
    body.push('{"name"')
    const path = join(folder, 'left.json')
    const received = receiveRequest(body, { path, gzip: false, maxBytes: 100 })
    setImmediate(() => body.destroy(new Error('reset')))
    await assert.rejects(received, { code: 'INVALID_REQUEST', message: 'the request broke off' })
    assert.equal(existsSync(path), false)
    const nowhere = receive('{}', { path: join(folder, 'missing/x.json') }).received
    await assert.rejects(nowhere, { code: 'UNAVAILABLE', message: /^the request cannot be kept: ENOENT/ })
  })
})
