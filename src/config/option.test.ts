import assert from 'node:assert/strict'
import { pathToFileURL } from 'node:url'
import { describe, it } from 'node:test'
import * as kinds from './option.js'

const row = { group: 'Network', description: 'x' } as const
const number = { ...row, default: 5 }
const nothing = { ...row, default: undefined }
const names = { ...row, default: [] as readonly string[] }

/** What a setting of a kind makes of texts, and which it refuses with which message. */
function holds(
  option: kinds.Option<unknown>,
  taken: readonly (readonly [string, unknown])[],
  refused: readonly string[] = [],
  message = /^expected /,
) {
  for (const [given, value] of taken) assert.deepEqual(option.parse(given), value, given)
  for (const given of refused) assert.throws(() => option.parse(given), { message }, given)
}

describe('a setting', () => {
  it('is frozen, and no secret unless it says so', () => {
    const option = kinds.text({ ...nothing, defaultText: 'none' })
    assert.ok(Object.isFrozen(option))
    const { parse: _, ...rest } = option
    assert.deepEqual(rest, { ...nothing, defaultText: 'none', secret: false, kind: 'text' })
    assert.equal(kinds.text({ ...nothing, secret: true }).secret, true)
  })

  it('that is a text, a path or a condition is taken as it is', () => {
    for (const [kind, option] of [
      ['text', kinds.text(nothing)],
      ['path', kinds.path(nothing)],
      ['label matchers, comma-separated', kinds.matchers(nothing)],
    ] as const) {
      assert.equal(option.kind, kind)
      holds(option, [['a,b c', 'a,b c']])
    }
  })

  it('that is true or false takes the words for them in any case, and no other', () => {
    const taken = ['true', '1', 'yes', 'ON'].map((text) => [text, true] as const)
    const not = ['False', '0', 'no', 'off'].map((text) => [text, false] as const)
    const message = /^expected true or false$/
    holds(
      kinds.flag({ ...row, default: true }),
      [...taken, ...not],
      ['', '2', 'truey', 'ayes', 'xoff', 'none'],
      message,
    )
  })

  it('that is a whole number has two bounds, both included', () => {
    const option = kinds.integer(number, 2, 30)
    assert.equal(option.kind, 'whole number, 2 to 30')
    const message = /^expected a whole number from 2 to 30$/
    holds(
      option,
      [
        ['2', 2],
        ['30', 30],
        ['007', 7],
      ],
      ['1', '31', '-3', '2.5', '', 'x3', '3x', '0x10', '1e1'],
      message,
    )
    const large = kinds.integer(number, 0, 1e16)
    holds(large, [['9'.repeat(15), 999_999_999_999_999]], ['9'.repeat(16)])
  })

  it('that is a number has two bounds, both included', () => {
    const option = kinds.decimal(number, 0.5, 30)
    assert.equal(option.kind, 'number, 0.5 to 30')
    const message = /^expected a number from 0\.5 to 30$/
    const wrong = ['0.49', '30.01', '-1', '', '.5', '5.', '1e1', 'x5', '5x', 'NaN', 'Infinity']
    holds(
      option,
      [
        ['0.5', 0.5],
        ['30', 30],
        ['29.999', 29.999],
      ],
      wrong,
      message,
    )
    const fine = kinds.decimal(number, 0, 1e13)
    holds(
      fine,
      [[`${'9'.repeat(12)}.${'1'.repeat(12)}`, 999_999_999_999.1111]],
      ['9'.repeat(13), `1.${'1'.repeat(13)}`],
    )
  })

  it('that is a port may stand in the address that Kubernetes sets', () => {
    const option = kinds.port(number)
    assert.equal(option.kind, 'port')
    const message = /^expected a port from 0 to 65535$/
    const taken = [
      ['0', 0],
      ['65535', 65_535],
      ['tcp://10.0.0.1:8100', 8100],
      ['tcp://[::1]:80', 80],
    ] as const
    holds(
      option,
      taken,
      ['65536', '123456', '-1', 'x80', '80x', 'tcp://a/b:80', 'udp://a:80', 'tcp://:80', ''],
      message,
    )
  })

  it('that is a choice takes it in any case, and what others call it', () => {
    const option = kinds.choice({ ...row, default: 'warn' }, ['warn', 'error'], { warning: 'warn' })
    assert.equal(option.kind, 'warn, error')
    const message = /^expected one of warn, error$/
    holds(
      option,
      [
        ['WARN', 'warn'],
        ['error', 'error'],
        ['Warning', 'warn'],
      ],
      ['warn ', 'loud', ''],
      message,
    )
    holds(kinds.choice({ ...row, default: 'a' }, ['a', 'b']), [['b', 'b']], ['warning'])
  })

  it('that is a list has its items, without spaces and empty ones', () => {
    assert.equal(kinds.list(names).kind, 'comma-separated')
    assert.equal(kinds.semicolonList(names).kind, 'semicolon-separated')
    holds(kinds.list(names), [
      [' a, b;c ,,d,', ['a', 'b;c', 'd']],
      [',', []],
    ])
    holds(kinds.semicolonList(names), [[' a, b;c ;; d', ['a, b', 'c', 'd']]])
  })
})

describe('a setting that is a URL', () => {
  const web = kinds.url(nothing, ['http', 'https'])
  const download = kinds.url(nothing, ['http', 'https', 'file'])

  it('has one of some protocols', () => {
    assert.equal(web.kind, 'URL')
    const message = /^expected a URL that starts with http:\/\/ or https:\/\/$/
    const wrong = ['ftp://h', 'h:80', 'file:///a', '/a', './a', 'http//h', 'http://', '']
    holds(
      web,
      [
        ['http://h/a?b', 'http://h/a?b'],
        ['HTTPS://h', 'HTTPS://h'],
      ],
      wrong,
      message,
    )
  })

  it('may be a path where files are taken', () => {
    for (const path of ['/a/b.zip', './b.zip', '../b.zip']) {
      assert.equal(download.parse(path), pathToFileURL(path).href)
    }
    holds(
      download,
      [
        ['file:///a', 'file:///a'],
        ['https://h/./a', 'https://h/./a'],
      ],
      ['b.zip', '.../a', 'a/../b'],
    )
  })

  it('may be several', () => {
    const option = kinds.urlList(nothing, ['http', 'file'])
    assert.equal(option.kind, 'URLs, comma-separated')
    holds(option, [['http://a , /b', ['http://a', 'file:///b']]], ['http://a,https://b'])
  })
})

describe('a setting as it is shown', () => {
  it('is quoted, without passwords, and hidden where it is a secret', () => {
    assert.equal(kinds.shownValue({ secret: true }, 'x'), '***')
    assert.equal(kinds.shownValue({ secret: false }, 'x y'), '"x y"')
    const urls = 'http://me:pw@h/a@b,https://u@i'
    assert.equal(kinds.shownValue({ secret: false }, urls), '"http://***@h/a@b,https://***@i"')
    assert.equal(kinds.shownValue({ secret: false }, 'http://h/a@b //x y@z'), '"http://h/a@b //x y@z"')
  })
})
